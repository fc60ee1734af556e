import * as z from 'zod';
import type { output, ZodType } from 'zod';
import { ServiceError, type ServiceRequest } from '../service.ts';
import type { LambdaCode } from '../lambda-runtime/environment.ts';
import { Environment } from './environment-variables.ts';
import { BadZip, readZip } from './zip.ts';

/** The body of a request, in its shape: members that aren't imitated are refused by name. */
export function readInput<Shape extends ZodType>(
  shape: Shape,
  { body }: ServiceRequest,
): output<Shape> {
  const parsed = shape.safeParse(parseBody(body.toString('utf8')));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' };
  throw invalidParameter(`${path.join('.') || 'Input'}: ${message}`);
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ServiceError(400, 'InvalidRequestContentException', 'The body is not JSON.');
  }
}

// Whom the role trusts can't be asked here: any well-formed one will do.
const Role = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/);
const Runtime = z.enum(['nodejs20.x', 'nodejs22.x', 'nodejs24.x']);
const Handler = z.literal('index.handler', 'The local cloud runs index.handler.');
const Timeout = z.int().min(1).max(900);
const MemorySize = z.int().min(128).max(10_240);
const Description = z.string().max(256);
const Archive = z.base64().transform((text) => Buffer.from(text, 'base64'));
const RevisionId = z.string().optional();

export const createShape = z.strictObject({
  FunctionName: z.string(),
  Role,
  Runtime,
  Handler,
  Code: z.strictObject({ ZipFile: Archive }),
  PackageType: z.literal('Zip').optional(),
  Architectures: z.tuple([z.enum(['x86_64', 'arm64'])]).default(['x86_64']),
  Timeout: Timeout.default(3),
  MemorySize: MemorySize.default(128),
  Description: Description.default(''),
  Environment: Environment.default({ Variables: {} }),
  Publish: z.boolean().default(false),
});

export const codeShape = z.strictObject({
  ZipFile: Archive,
  Architectures: z.tuple([z.enum(['x86_64', 'arm64'])]).optional(),
  Publish: z.boolean().default(false),
  RevisionId,
});

export const configurationShape = z.strictObject({
  Role: Role.optional(),
  Runtime: Runtime.optional(),
  Handler: Handler.optional(),
  Timeout: Timeout.optional(),
  MemorySize: MemorySize.optional(),
  Description: Description.optional(),
  Environment: Environment.optional(),
  RevisionId,
});

export const publishShape = z.strictObject({
  CodeSha256: z.string().optional(),
  Description: Description.default(''),
  RevisionId,
});

const ZIPPED_LIMIT = 50 * 1024 * 1024;
const UNZIPPED_LIMIT = 250 * 1024 * 1024;

/** Refuses an archive that Lambda couldn't unpack, or that has no `index.js`. */
export function checkArchive(archive: Buffer): void {
  if (archive.length > ZIPPED_LIMIT) {
    const message = `The archive is larger than ${ZIPPED_LIMIT} bytes.`;
    throw new ServiceError(413, 'RequestEntityTooLargeException', message);
  }
  try {
    const files = readZip(archive, UNZIPPED_LIMIT);
    if (ENTRIES.some((entry) => files.has(entry))) return;
  } catch (error) {
    if (!(error instanceof BadZip)) throw error;
    throw invalidParameter(`Could not unzip uploaded file: it is ${error.message}.`);
  }
  throw invalidParameter(
    `The archive has no ${ENTRIES.join(' or ')}; the local cloud runs index.handler.`,
  );
}

/** In the order in which Lambda looks for them. */
const ENTRIES = ['index.js', 'index.mjs'] as const;

/** The code in an archive that was checked. */
export function readCode(archive: Buffer): LambdaCode {
  const files = readZip(archive, UNZIPPED_LIMIT);
  const entry = ENTRIES.find((name) => files.has(name)) ?? 'index.js';
  const texts = [...files].filter(([name]) => entry === 'index.mjs' || name === entry);
  return {
    entry,
    files: Object.fromEntries(texts.map(([name, content]) => [name, content.toString('utf8')])),
  };
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError(400, 'InvalidParameterValueException', message);
}
