import { readOnlyHeaders, isDisallowedHeader } from './header-rules.ts';
import {
  valuesOf,
  type EventRequest,
  type EventResponse,
  type EventType,
  type Field,
  type Fields,
  type FunctionEvent,
} from './event.ts';

/** What a function may hand back: the request, to go on, or a response, to end here. */
export type Output =
  | { readonly kind: 'request'; readonly request: EventRequest }
  | { readonly kind: 'response'; readonly response: EventResponse };

/** The function ran but returned something CloudFront answers with 502. */
export class InvalidOutput extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidOutput';
  }
}

const URI_LIMIT = 8192;

/** Checks what a function returned against the rules of its event type. Throws InvalidOutput. */
export function readOutput(event: FunctionEvent, output: unknown): Output {
  const { eventType } = event.context;
  if (!isObject(output)) throw new InvalidOutput(`the function returned ${describe(output)}`);
  if ('statusCode' in output || eventType === 'viewer-response') {
    return { kind: 'response', response: readResponse(event, output) };
  }
  return { kind: 'request', request: readRequest(event.request, output) };
}

function readRequest(before: EventRequest, output: Members): EventRequest {
  const { method, uri } = output;
  if (method !== before.method) throw new InvalidOutput('request.method is read-only');
  if (typeof uri !== 'string' || !uri.startsWith('/')) {
    throw new InvalidOutput(`request.uri must begin with "/", got ${describe(uri)}`);
  }
  if (uri.length >= URI_LIMIT) {
    throw new InvalidOutput(`request.uri must stay under ${URI_LIMIT} characters`);
  }
  const querystring = readFields('request.querystring', output['querystring']);
  const headers = readHeaders('viewer-request', before.headers, output['headers']);
  if ('cookie' in headers) throw new InvalidOutput('use request.cookies, not the header cookie');
  const cookies = readFields('request.cookies', output['cookies']);
  return { method: before.method, uri, querystring, headers, cookies };
}

function readResponse(event: FunctionEvent, output: Members): EventResponse {
  const { statusCode, statusDescription, body } = output;
  const isStatus = typeof statusCode === 'number' && Number.isInteger(statusCode);
  if (!isStatus || statusCode < 200 || statusCode > 599) {
    throw new InvalidOutput(`response.statusCode must be 200 to 599, got ${describe(statusCode)}`);
  }
  if (statusDescription !== undefined && typeof statusDescription !== 'string') {
    throw new InvalidOutput('response.statusDescription must be a string');
  }
  const before = event.response?.headers ?? {};
  const headers = readHeaders('viewer-response', before, output['headers']);
  if ('set-cookie' in headers) {
    throw new InvalidOutput('use response.cookies, not the header set-cookie');
  }
  return {
    statusCode,
    ...(statusDescription === undefined ? {} : { statusDescription }),
    headers,
    cookies: readFields('response.cookies', output['cookies']),
    ...(body === undefined ? {} : { body: readBody(body) }),
  };
}

function readBody(body: unknown): string | { encoding: 'text' | 'base64'; data: string } {
  if (typeof body === 'string') return body;
  if (isObject(body) && typeof body['data'] === 'string') {
    const { encoding = 'text', data } = body;
    if (encoding === 'text' || encoding === 'base64') return { encoding, data };
  }
  throw new InvalidOutput(
    'response.body must be a string or { encoding: "text" | "base64", data }',
  );
}

function readHeaders(eventType: EventType, before: Fields, after: unknown): Fields {
  const headers = readFields('headers', after);
  for (const [name, field] of Object.entries(headers)) {
    if (name !== name.toLowerCase()) {
      throw new InvalidOutput(`header names must be lower case, got ${JSON.stringify(name)}`);
    }
    if (isDisallowedHeader(name)) throw new InvalidOutput(`the header ${name} is not allowed`);
    if (valuesOf(field).some((value) => /[\r\n]/.test(value))) {
      throw new InvalidOutput(`the header ${name} has a line break in its value`);
    }
  }
  for (const name of readOnlyHeaders(eventType)) {
    if (JSON.stringify(before[name]) !== JSON.stringify(headers[name])) {
      throw new InvalidOutput(`the header ${name} is read-only`);
    }
  }
  return headers;
}

function readFields(where: string, value: unknown): Fields {
  if (value === undefined) return {};
  if (!isObject(value)) throw new InvalidOutput(`${where} must be an object`);
  for (const [name, field] of Object.entries(value)) {
    if (!isField(field)) {
      throw new InvalidOutput(`${where}["${name}"] must be { value: string, multiValue?: [...] }`);
    }
  }
  return value as Fields;
}

function isField(field: unknown): field is Field {
  if (!isObject(field)) return false;
  const { value, multiValue = [], attributes = '' } = field;
  if (typeof attributes !== 'string' || !Array.isArray(multiValue)) return false;
  const areStrings = multiValue.every(
    (item) => isObject(item) && typeof item['value'] === 'string',
  );
  return areStrings && typeof value === 'string';
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}
