import type { LambdaEventType } from '../cloudfront/lambda-rules.ts';
import { isDisallowedHeader } from '../function-runtime/header-rules.ts';
import { valuesOf } from '../function-runtime/event.ts';
import type { EdgeDistribution, Origin } from './configuration.ts';
import { collectFields, parseCookies, parseQuery } from './fields.ts';
import { S3_DOMAIN, type OriginCall } from './origin.ts';
import type { Headers } from './time-to-live.ts';
import type { Viewer } from './viewer.ts';

/** The event a Lambda@Edge function gets, as documented under "Lambda@Edge event structure". */

/** By lower-case name; cookies are headers like any other. */
export type LambdaHeaders = Readonly<
  Record<string, readonly { readonly key?: string | undefined; readonly value: string }[]>
>;

export interface LambdaRequest {
  readonly clientIp: string;
  readonly method: string;
  readonly uri: string;
  /** Without the question mark. */
  readonly querystring: string;
  readonly headers: LambdaHeaders;
  readonly body?: LambdaBody;
  /** At origin events only: one of the two. */
  readonly origin?: LambdaOrigin;
}

export interface LambdaBody {
  readonly inputTruncated: boolean;
  readonly action: 'read-only' | 'replace';
  readonly encoding: 'base64' | 'text';
  readonly data: string;
}

export interface LambdaOrigin {
  readonly s3?: OriginParts & { readonly region: string; readonly authMethod: string };
  readonly custom?: OriginParts & { readonly port: number; readonly protocol: string };
}

interface OriginParts {
  readonly domainName: string;
  readonly path: string;
  readonly customHeaders: LambdaHeaders;
}

export interface LambdaResponse {
  readonly status: string;
  readonly statusDescription: string;
  readonly headers: LambdaHeaders;
}

/** One exchange, as far as it has come. */
export interface LambdaExchange {
  readonly request: LambdaRequest;
  readonly response?: LambdaResponse;
}

export function composeEvent(
  eventType: LambdaEventType,
  {
    distribution,
    requestId,
  }: { readonly distribution: EdgeDistribution; readonly requestId: string },
  exchange: LambdaExchange,
) {
  const config = {
    distributionDomainName: distribution.domain,
    distributionId: distribution.id,
    eventType,
    requestId,
  };
  return { Records: [{ cf: { config, ...exchange } }] };
}

/** A viewer's request as functions at viewer events see it. */
export function fromViewer(viewer: Viewer): LambdaRequest {
  const { request, query = '', cookie, ip } = viewer;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, field]) => [name, valuesOf(field)]),
  );
  return {
    clientIp: ip,
    method: request.method,
    uri: request.uri,
    querystring: query,
    headers: toLambdaHeaders({ ...headers, ...(cookie === undefined ? {} : { cookie }) }),
  };
}

/** The viewer's request as a function left it. */
export function toViewer(
  before: Viewer,
  { uri, querystring, headers }: Pick<LambdaRequest, 'uri' | 'querystring' | 'headers'>,
): Viewer {
  const { cookie: cookies, ...others } = headers;
  const cookie = cookies?.map(({ value }) => value).join('; ');
  const pairs = Object.entries(others).flatMap(([name, values]) =>
    values.map(({ value }) => [name, { value }] as const),
  );
  return {
    ...before,
    query: querystring === '' ? undefined : querystring,
    cookie,
    request: {
      method: before.request.method,
      uri,
      querystring: parseQuery(querystring),
      headers: collectFields(pairs),
      cookies: parseCookies(cookie ?? ''),
    },
  };
}

/** What the origin would be sent, as functions at origin events see it. */
export function fromOriginCall(ip: string, { origin, request }: OriginCall): LambdaRequest {
  return {
    clientIp: ip,
    method: request.method,
    uri: request.path,
    querystring: request.query,
    headers: toLambdaHeaders({ host: origin.domain, ...request.headers }),
    origin: fromOrigin(origin),
  };
}

function fromOrigin(origin: Origin): LambdaOrigin {
  const { domain: domainName, path, protocol, port, headers, readSeconds } = origin;
  const parts = { domainName, path, customHeaders: toLambdaHeaders(headers) };
  const bucket = S3_DOMAIN.exec(domainName);
  if (bucket !== null) return { s3: { ...parts, region: bucket[2] ?? '', authMethod: 'none' } };
  const timeouts = { readTimeout: readSeconds, keepaliveTimeout: 5, sslProtocols: ['TLSv1.2'] };
  return { custom: { ...parts, port, protocol, ...timeouts } };
}

/** Headers as functions see them: without what is none of their business. */
export function toLambdaHeaders(headers: Headers): LambdaHeaders {
  const visible = Object.entries(headers).filter(([name]) => !isDisallowedHeader(name));
  return Object.fromEntries(
    visible.map(([name, value]) => [
      name,
      [value].flat().map((one) => ({ key: capitalise(name), value: one })),
    ]),
  );
}

/** Headers after a function: its own, and those it never saw. */
export function fromLambdaHeaders(after: LambdaHeaders, before: Headers = {}): Headers {
  const hidden = Object.entries(before).filter(([name]) => isDisallowedHeader(name));
  const own = Object.entries(after).map(([name, values]) => {
    const [first = '', ...more] = values.map(({ value }) => value);
    return [name, more.length === 0 ? first : [first, ...more]] as const;
  });
  return Object.fromEntries([...hidden, ...own]);
}

/** `user-agent` is `User-Agent`: what the viewer wrote isn't known any more. */
function capitalise(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

const BODY_LIMITS = { viewer: 40 * 1024, origin: 1024 ** 2 };

/** A request's body for a function that asked for it, cut at 40 KB (viewer) or 1 MB (origin). */
export function composeBody(body: Buffer, where: 'viewer' | 'origin'): LambdaBody {
  const limit = BODY_LIMITS[where];
  return {
    inputTruncated: body.length > limit,
    action: 'read-only',
    encoding: 'base64',
    data: body.subarray(0, limit).toString('base64'),
  };
}
