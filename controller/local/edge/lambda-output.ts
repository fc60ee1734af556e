import * as z from 'zod';
import type { LambdaEventType } from '../cloudfront/lambda-rules.ts';
import { isDisallowedHeader } from '../function-runtime/header-rules.ts';
import { InvalidOutput } from '../function-runtime/output.ts';
import type { LambdaHeaders, LambdaRequest, LambdaResponse } from './lambda-event.ts';

const HeadersShape = z.record(
  z.string(),
  z.array(z.object({ key: z.string().optional(), value: z.string() })),
);
const OriginShape = z.object({
  domainName: z.string().min(1).max(253),
  path: z
    .string()
    .max(255)
    .regex(/^(\/.*[^/])?$/, 'begins with "/" and ends without one')
    .default(''),
  customHeaders: HeadersShape.default({}),
});
const BodyShape = z.object({
  action: z.enum(['read-only', 'replace']),
  encoding: z.enum(['base64', 'text']).default('text'),
  data: z.string().default(''),
});
const RequestShape = z.object({
  method: z.string(),
  uri: z.string().startsWith('/'),
  querystring: z
    .string()
    .regex(/^[^\s#\p{Cc}]*$/u, 'no spaces, control characters or #')
    .default(''),
  headers: HeadersShape.default({}),
  body: BodyShape.optional(),
  origin: z
    .union([
      z.strictObject({ s3: OriginShape }),
      z.strictObject({
        custom: OriginShape.extend({
          port: z.int(),
          protocol: z.enum(['http', 'https']),
          readTimeout: z.int().min(1).max(120).optional(),
        }),
      }),
    ])
    .optional(),
});
const ResponseShape = z.object({
  status: z
    .union([z.string().regex(/^\d{3}$/), z.int()])
    .transform(Number)
    .refine((status) => status >= 200 && status <= 599, 'a status is 200 to 599'),
  statusDescription: z
    .string()
    .regex(/^[^\r\n]*$/)
    .optional(),
  headers: HeadersShape.default({}),
  body: z.string().optional(),
  bodyEncoding: z.enum(['text', 'base64']).default('text'),
});

export type RequestOutput = z.output<typeof RequestShape>;
export type ResponseOutput = z.output<typeof ResponseShape>;

const URL_LIMIT = 8192;
const GENERATED_LIMITS = { viewer: 40 * 1024, origin: 1024 ** 2 };

/** What a request event's function returned: the request, to go on, or a response in its place. Throws InvalidOutput. */
export function readRequestOutput(
  eventType: LambdaEventType,
  before: LambdaRequest,
  output: unknown,
): { readonly request: RequestOutput } | { readonly response: ResponseOutput } {
  if (typeof output === 'object' && output !== null && 'status' in output) {
    const response = parse(ResponseShape, output);
    checkHeaders(eventType, {}, response.headers);
    checkGenerated(eventType, output, response);
    return { response };
  }
  const request = parse(RequestShape, output);
  if (request.method !== before.method) throw new InvalidOutput('request.method is read-only');
  if (request.uri.length + request.querystring.length >= URL_LIMIT) {
    throw new InvalidOutput(`uri and querystring must stay under ${URL_LIMIT} characters`);
  }
  checkHeaders(eventType, before.headers, request.headers);
  return { request };
}

/** What a response event's function returned. Throws InvalidOutput. */
export function readResponseOutput(
  eventType: LambdaEventType,
  before: LambdaResponse,
  output: unknown,
): ResponseOutput {
  const response = parse(ResponseShape, output);
  checkHeaders(eventType, before.headers, response.headers);
  if (eventType === 'viewer-response') {
    if (response.status !== Number(before.status)) {
      throw new InvalidOutput('a viewer-response function cannot change the status');
    }
    if (response.body !== undefined) {
      throw new InvalidOutput('a viewer-response function cannot replace the body');
    }
  } else if (response.body !== undefined) checkGenerated(eventType, output, response);
  return response;
}

export function sideOf(eventType: LambdaEventType): 'viewer' | 'origin' {
  return eventType.startsWith('viewer-') ? 'viewer' : 'origin';
}

function checkGenerated(
  eventType: LambdaEventType,
  output: unknown,
  { status, body }: ResponseOutput,
): void {
  if (status === 204 && (body ?? '') !== '') throw new InvalidOutput('204 has no body');
  const limit = GENERATED_LIMITS[sideOf(eventType)];
  // Headers and body count as they are written, base64 included.
  const bytes = Buffer.byteLength(JSON.stringify(output));
  if (bytes > limit) throw new InvalidOutput(`the response has ${bytes} bytes, more than ${limit}`);
}

function parse<Shape extends z.ZodType>(shape: Shape, output: unknown): z.output<Shape> {
  const parsed = shape.safeParse(output);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' };
  throw new InvalidOutput(`${path.join('.') || 'the result'}: ${message}`);
}

/** Functions see these and must hand them back unchanged. */
const READ_ONLY: Readonly<Record<LambdaEventType, readonly string[]>> = {
  'viewer-request': ['cdn-loop', 'content-length', 'host', 'transfer-encoding', 'via'],
  'origin-request': [
    'accept-encoding',
    'content-length',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
    'transfer-encoding',
    'via',
  ],
  'origin-response': ['transfer-encoding', 'via'],
  'viewer-response': ['content-encoding', 'content-length', 'transfer-encoding', 'warning', 'via'],
};

function checkHeaders(
  eventType: LambdaEventType,
  before: LambdaHeaders,
  after: LambdaHeaders,
): void {
  for (const [name, values] of Object.entries(after)) {
    if (name !== name.toLowerCase()) {
      throw new InvalidOutput(`header names must be lower case, got ${JSON.stringify(name)}`);
    }
    if (isDisallowedHeader(name)) throw new InvalidOutput(`the header ${name} is not allowed`);
    for (const { key = name, value } of values) {
      if (key.toLowerCase() !== name) {
        throw new InvalidOutput(`the header ${name} has the key ${JSON.stringify(key)}`);
      }
      if (/[\r\n]/.test(value)) throw new InvalidOutput(`the header ${name} has a line break`);
    }
  }
  for (const name of READ_ONLY[eventType]) {
    if (readValues(before, name) !== readValues(after, name)) {
      throw new InvalidOutput(`the header ${name} is read-only`);
    }
  }
}

function readValues(headers: LambdaHeaders, name: string): string {
  return JSON.stringify(headers[name]?.map(({ value }) => value) ?? []);
}
