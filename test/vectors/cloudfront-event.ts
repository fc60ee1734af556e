import { isDeepStrictEqual } from 'node:util';
import type {
  CloudFrontRequest,
  CloudFrontResponse,
  RequestEvent,
  ResponseEvent,
} from '../../edge/cloudfront-function/event.ts';
import type { Field } from '../../edge/core/fields.ts';
import type { EdgeRequest, ResponseVector, Values } from './edge.ts';

/** Turns vectors into CloudFront's events, and what functions return into the vectors' words. */

export type Output = CloudFrontRequest | CloudFrontResponse;

export function toRequestEvent(request: EdgeRequest, host: string): RequestEvent {
  return {
    context: { requestId: request.requestId ?? 'a' },
    viewer: { ip: request.ip ?? '192.0.2.1' },
    request: {
      method: 'GET',
      uri: request.path,
      querystring: toQuerystring(request.query ?? ''),
      rawQueryString: () => request.query ?? '',
      headers: toFields(
        {
          'if-modified-since': 'Wed, 21 Oct 2026 07:28:00 GMT',
          'x-headgate-build': 'forged',
          ...request.headers,
          host,
        },
        request.doubled,
      ),
      cookies: toFields(request.cookies ?? {}, request.doubled),
    },
  };
}

export function toResponseEvent(vector: ResponseVector): ResponseEvent {
  const { request } = vector;
  return {
    context: { requestId: request.requestId ?? 'a' },
    viewer: { ip: request.ip ?? '192.0.2.1' },
    request: {
      method: 'GET',
      uri: request.path,
      querystring: {},
      headers: toFields(request.headers ?? {}),
      cookies: toFields(request.cookies ?? {}, request.doubled),
    },
    response: { statusCode: vector.status ?? 200, headers: toFields(vector.headers), cookies: {} },
  };
}

function toFields(values: Values, doubled: Values = {}): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const second = doubled[name];
      return [name, repeat(second === undefined ? [{ value }] : [{ value }, { value: second }])];
    }),
  );
}

/** As CloudFront shows a name that was sent more than once. */
function repeat(all: readonly Field[]): Field {
  return { value: all[0]?.value ?? '', ...(all.length > 1 ? { multiValue: all } : {}) };
}

function toQuerystring(query: string): CloudFrontRequest['querystring'] {
  const all = new Map<string, Field[]>();
  for (const parameter of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = parameter.split('=');
    all.set(name, [...(all.get(name) ?? []), { value: value.join('=') }]);
  }
  return Object.fromEntries([...all].map(([name, values]) => [name, repeat(values)]));
}

/**
 * See `RequestVector.expect`. What every output must have beside that is checked here, and named when it
 * hasn't. `origin`: the whole origin that the request was sent to.
 */
export function renderRequestOutput(output: Output, origin?: string): string {
  return 'statusCode' in output ? renderAnswer(output) : renderServed(output, origin);
}

function renderServed({ uri, headers }: CloudFrontRequest, chosen?: string): string {
  // Lambda@Edge's origin-request finds the origin behind the build's name.
  const [named, origin = chosen] = headers['x-headgate-build']?.value.split(' ') ?? [];
  if ('if-modified-since' in headers) return `${uri} with if-modified-since`;
  if (origin !== undefined) return `${origin.replace(/\/$/, '')}${uri} as ${named}`;
  const isShared = /^\/\w+\/(pool|pages)\//.test(uri);
  const isNamed = named === undefined ? isShared : !isShared && uri.includes(`/${named}/`);
  return isNamed ? uri : `${uri} but x-headgate-build: ${named}`;
}

/** What a function told CloudFront of a whole origin: its id, or its URL without a path. */
export function renderOrigin(told: unknown): string | undefined {
  if (told === null || typeof told === 'string') return told ?? undefined;
  const { domainName, customOriginConfig, ...rest } = told as RequestOrigin;
  const { port, ...protocols } = customOriginConfig;
  const usual = {
    protocols: { protocol: 'https', sslProtocols: ['TLSv1.2'] },
    rest: { hostHeader: domainName, originAccessControlConfig: { enabled: false } },
  };
  const isUsual = isDeepStrictEqual({ protocols, rest }, usual);
  return isUsual ? `https://${domainName}${port === 443 ? '' : `:${port}`}` : JSON.stringify(told);
}

interface RequestOrigin {
  readonly domainName: string;
  readonly customOriginConfig: { readonly port: number };
}

function renderAnswer({ statusCode, headers, cookies = {}, body }: CloudFrontResponse): string {
  const wanted: Readonly<Record<string, string>> = {
    'cache-control': 'no-store',
    'content-type': statusCode === 200 ? 'application/json' : 'text/plain',
    ...(statusCode === 302 ? { 'referrer-policy': 'no-referrer' } : {}),
    ...(statusCode === 503 ? { 'retry-after': '5' } : {}),
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (headers[name]?.value !== value) return `${statusCode} without ${name}: ${value}`;
  }
  return [
    String(statusCode),
    ...(headers['location'] ? [headers['location'].value] : []),
    ...Object.entries(cookies).map(renderCookie),
    ...(statusCode === 200 ? [body?.data ?? ''] : []),
  ].join(' ');
}

/** See `ResponseVector.expect`. */
export function renderResponseOutput({ headers, cookies = {} }: CloudFrontResponse): string {
  const internal = Object.keys(headers).find((name) => name.startsWith('x-amz-meta-'));
  if (internal !== undefined) return `${internal} leaks`;
  return [
    headers['x-headgate-build']?.value,
    headers['x-robots-tag']?.value,
    ...Object.entries(cookies).map(renderCookie),
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

const LIFETIME: Readonly<Record<string, string>> = { hg_slot: '; Max-Age=31536000' };

function renderCookie([name, field]: readonly [string, Field | undefined]): string {
  // The badge is drawn by the page itself; the other one is only ever removed.
  const isReadable = name === 'hg_preview_build' || name === 'Override';
  const common = `Path=/; Secure; SameSite=Lax${isReadable ? '' : '; HttpOnly'}`;
  if (field?.attributes === `${common}; Max-Age=0`) return `${name}=`;
  const expected = common + (LIFETIME[name] ?? '');
  return `${name}=${field?.value}${field?.attributes === expected ? '' : ` ${field?.attributes}`}`;
}
