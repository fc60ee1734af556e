import { STATUS_CODES } from 'node:http';
import type { Answer } from '../core/answer.ts';
import type { Field, Fields } from '../core/fields.ts';
import type { Visitor } from '../core/visitor.ts';
import type { LambdaConfig, LambdaHeaders, LambdaRequest, LambdaResponse } from './event.ts';

/** Lambda@Edge's shapes, from and to those of the core, which are CloudFront Functions'. */

export function toVisitor(request: LambdaRequest, config: LambdaConfig): Visitor {
  return {
    headers: toFields(request.headers),
    cookies: parseCookies(request.headers),
    id: config.requestId,
    now: Math.floor(Date.now() / 1000),
    path: request.uri,
    query: request.querystring,
    ip: request.clientIp,
    method: request.method,
  };
}

/** The first value of a header, empty when there is none. */
export function readHeader(headers: LambdaHeaders, name: string): string {
  return headers[name]?.[0]?.value ?? '';
}

export function setHeader(headers: LambdaHeaders, name: string, value: string): void {
  headers[name] = [{ key: name, value }];
}

function toFields(headers: LambdaHeaders): Fields {
  return gather(
    Object.entries(headers).flatMap(([name, lines = []]) =>
      name === 'cookie' ? [] : lines.map(({ value }) => [name, { value }] as const),
    ),
  );
}

/** As CloudFront does it for its functions: values as they are, of a repeated name the first. */
function parseCookies({ cookie = [] }: LambdaHeaders): Fields {
  const pairs = cookie.flatMap(({ value }) => value.split(';')).map((pair) => pair.trimStart());
  return gather(
    pairs.filter(Boolean).map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return [name, { value: rest.join('=') }] as const;
    }),
  );
}

function gather(pairs: readonly (readonly [name: string, field: Field])[]): Fields {
  // No prototype: a cookie may be called `__proto__`.
  const fields = Object.create(null) as Record<string, Field>;
  for (const [name, field] of pairs) {
    const { value, multiValue } = fields[name] ?? {};
    fields[name] =
      value === undefined ? field : { value, multiValue: [...(multiValue ?? [{ value }]), field] };
  }
  return fields;
}

/** What is answered at the edge. */
export function toResponse({ statusCode, headers, cookies, body }: Answer): LambdaResponse {
  const response = makeResponse(statusCode, body.data);
  for (const [name, { value }] of Object.entries(headers)) setHeader(response.headers, name, value);
  addCookies(response.headers, cookies);
  return response;
}

export function makeResponse(status: number, body: string): LambdaResponse {
  return {
    status: String(status),
    statusDescription: STATUS_CODES[status] ?? '',
    headers: {},
    body,
  };
}

/** Behind those that the origin sets. */
export function addCookies(headers: LambdaHeaders, cookies: Fields): void {
  const lines = Object.entries(cookies).map(([name, { value = '', attributes = '' } = {}]) => ({
    key: 'set-cookie',
    value: `${name}=${value}; ${attributes}`,
  }));
  if (lines.length > 0) headers['set-cookie'] = [...(headers['set-cookie'] ?? []), ...lines];
}
