import type { CloudFrontResponse } from '../../edge/cloudfront-function/event.ts';
import type { Field } from '../../edge/core/fields.ts';
import type {
  LambdaEvent,
  LambdaHeaders,
  LambdaRequest,
  LambdaResponse,
} from '../../edge/lambda-edge/event.ts';
import type { Output } from './cloudfront-event.ts';
import type { EdgeRequest, ResponseVector, Values } from './edge.ts';

/** Turns vectors into Lambda@Edge's events, and what the function returns into CloudFront Functions' words. */

export type LambdaOutput = LambdaRequest | LambdaResponse;

/** The distribution's own domain, which no test has in its host table. */
const DISTRIBUTION = 'd111111abcdef8.cloudfront.net';

export function toLambdaRequest(
  request: EdgeRequest & { readonly method?: string },
  host: string,
): LambdaEvent {
  const own = {
    'if-modified-since': 'Wed, 21 Oct 2026 07:28:00 GMT',
    'x-headgate-build': 'forged',
    'x-headgate-gate': '200 1',
    'x-headgate-other': 'forged',
  };
  return compose('viewer-request', request, { ...own, ...request.headers, host });
}

export function toLambdaResponse(vector: ResponseVector): LambdaEvent {
  const { request, status = 200, headers } = vector;
  const event = compose('viewer-response', request, request.headers ?? {});
  const response = {
    status: String(status),
    statusDescription: 'OK',
    headers: toHeaders(headers),
  };
  return { Records: [{ cf: { ...event.Records[0].cf, response } }] };
}

function compose(
  eventType: string,
  request: EdgeRequest & { readonly method?: string },
  headers: Values,
): LambdaEvent {
  const { path, query = '', requestId = 'a', ip = '192.0.2.1', method = 'GET' } = request;
  const config = { distributionDomainName: DISTRIBUTION, eventType, requestId };
  const cookie = toCookieLines(request);
  return {
    Records: [
      {
        cf: {
          config,
          request: {
            clientIp: ip,
            method,
            uri: path,
            querystring: query,
            headers: { ...toHeaders(headers, request.doubled), ...(cookie && { cookie }) },
          },
        },
      },
    ],
  };
}

/** A header sent twice is two lines; its `key` is as the viewer wrote it. */
function toHeaders(values: Values, doubled: Values = {}): LambdaHeaders {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const second = doubled[name];
      const key = name.toUpperCase();
      return [name, [{ key, value }, ...(second === undefined ? [] : [{ key, value: second }])]];
    }),
  );
}

/** HTTP/2 may split cookies into several lines: here the first stands alone. */
function toCookieLines({ cookies = {}, doubled = {} }: EdgeRequest) {
  const all = Object.entries(cookies).flatMap(([name, value]) => {
    const second = doubled[name];
    return [`${name}=${value}`, ...(second === undefined ? [] : [`${name}=${second}`])];
  });
  const [first, ...rest] = all;
  if (first === undefined) return undefined;
  const lines = rest.length > 0 ? [first, rest.join('; ')] : [first];
  return lines.map((value) => ({ key: 'Cookie', value }));
}

/** What must be gone or readable only in Lambda@Edge is checked here, and named. */
export function toOutput(output: LambdaOutput): Output {
  if ('status' in output) return toCloudFrontResponse(output);
  const { uri, method, headers } = output;
  const others = Object.keys(headers).filter((name) => name.startsWith('x-headgate-'));
  const leak = others.find((name) => !/-(build|gate)$/.test(name));
  if (leak !== undefined) throw new Error(`${leak} of a viewer goes on`);
  return { method, uri, querystring: {}, headers: toFields(headers), cookies: {} };
}

export function toCloudFrontResponse(response: LambdaResponse): CloudFrontResponse {
  const { status, headers, body = '' } = response;
  const { 'set-cookie': cookies = [], ...others } = headers;
  return {
    statusCode: Number(status),
    headers: toFields(others),
    cookies: Object.fromEntries(
      cookies.map(({ value }) => {
        const [, name = '', text = '', attributes = ''] = /^([^=]*)=(.*?); (.*)$/.exec(value) ?? [];
        return [name, { value: text, attributes }];
      }),
    ),
    body: { encoding: 'text', data: body },
  };
}

function toFields(headers: LambdaHeaders): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, lines = []]) => [name, { value: lines[0]?.value ?? '' }]),
  );
}
