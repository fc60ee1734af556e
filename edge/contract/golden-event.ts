import { BUILD_METADATA, GOLDEN_HOST } from './route.ts';

export interface GoldenCase {
  readonly name: string;
  readonly function: 'request' | 'response';
  /** For TestFunction. */
  readonly event: unknown;
  /** What is wrong with the function's output; undefined: nothing. */
  readonly check: (output: unknown) => string | undefined;
}

export type Values = Readonly<Record<string, string>>;

export interface GoldenRequest {
  readonly host?: string;
  readonly uri: string;
  readonly query?: Values;
  readonly headers?: Values;
  readonly cookies?: Values;
}

/** `parts` must all be in the function's output, as JSON. */
export function requestCase(
  name: string,
  request: GoldenRequest,
  parts: readonly string[],
): GoldenCase {
  return {
    name,
    function: 'request',
    event: makeEvent('viewer-request', request),
    check: (output) => findMissing(output, parts),
  };
}

export function findMissing(output: unknown, parts: readonly string[]): string | undefined {
  const text = JSON.stringify(output) || 'nothing';
  const missing = parts.filter((part) => text.indexOf(part) < 0);
  return missing.length ? 'expected ' + missing.join(' and ') + ' in ' + text : undefined;
}

function makeEvent(eventType: string, request: GoldenRequest) {
  const host = { host: { value: request.host || GOLDEN_HOST } };
  return {
    version: '1.0',
    context: { eventType, requestId: 'golden' },
    viewer: { ip: '192.0.2.1' },
    request: {
      method: 'GET',
      uri: request.uri,
      querystring: makeFields(request.query, {}),
      headers: makeFields(request.headers, host),
      cookies: makeFields(request.cookies, {}),
    },
  };
}

export function responseEvent(told: Values) {
  const event = makeEvent('viewer-response', { uri: '/', headers: told });
  const headers: Record<string, Field> = { 'content-type': { value: 'text/html' } };
  headers['x-amz-meta-' + BUILD_METADATA] = { value: 'stable' };
  const response = { statusCode: 200, statusDescription: 'OK', headers, cookies: {} };
  return {
    version: event.version,
    context: event.context,
    viewer: event.viewer,
    request: event.request,
    response,
  };
}

interface Field {
  readonly value: string;
}

function makeFields(values: Values | undefined, start: Record<string, Field>) {
  for (const name in values) start[name] = { value: values[name] || '' };
  return start;
}
