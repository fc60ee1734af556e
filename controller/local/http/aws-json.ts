import { gunzipSync } from 'node:zlib';
import type { output, ZodType } from 'zod';
import { ServiceError, type Service, type ServiceRequest } from '../service.ts';

/** One operation: the parsed input and the request it came in. Its result is sent as JSON. */
export type JsonOperation = (input: JsonObject, request: ServiceRequest) => unknown;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonServiceOptions {
  readonly signingName: string;
  /** The part of `X-Amz-Target` before the dot. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/** A service that speaks awsJson: the operation is named in a header, errors in the body. */
export function createJsonService(options: JsonServiceOptions): Service {
  const headers = { 'content-type': `application/x-amz-json-${options.version}` };
  return {
    protocol: 'aws-json',
    signingNames: [options.signingName],
    async handle(request) {
      const operation = findOperation(options, request.headers['x-amz-target'] ?? '');
      const output = await operation(parseBody(request), request);
      return { status: 200, headers, body: JSON.stringify(output ?? {}) };
    },
    renderError(error) {
      return {
        status: error.status,
        headers,
        body: JSON.stringify({ __type: error.code, message: error.message, ...error.details }),
      };
    },
  };
}

function findOperation(options: JsonServiceOptions, target: string): JsonOperation {
  const [service, name = ''] = target.split('.');
  const known = service === options.target && Object.hasOwn(options.operations, name);
  const operation = known ? options.operations[name] : undefined;
  if (operation !== undefined) return operation;
  throw new ServiceError(
    400,
    'UnknownOperationException',
    `The local cloud has no operation "${target}". It has: ${Object.keys(options.operations).join(', ')}.`,
  );
}

function parseBody(request: ServiceRequest): JsonObject {
  const zipped = request.headers['content-encoding'] === 'gzip';
  const text = (zipped ? gunzipSync(request.body) : request.body).toString('utf8');
  try {
    const input: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
      return input as JsonObject;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ServiceError(400, 'SerializationException', 'The body is not a JSON object.');
}

/**
 * Joins an operation to the shape of its input. Members the shape doesn't name are refused: what
 * isn't imitated must not be accepted and ignored.
 */
export function defineOperation<Shape extends ZodType>(
  shape: Shape,
  run: (input: output<Shape>, request: ServiceRequest) => unknown,
  code = 'ValidationException',
): JsonOperation {
  return (written, request) => {
    const parsed = shape.safeParse(written);
    if (parsed.success) return run(parsed.data, request);
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'invalid' };
    throw new ServiceError(400, code, `${path.join('.') || 'Input'}: ${message}`);
  };
}
