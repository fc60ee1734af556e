import { BUILD_HEADER, BUILD_METADATA } from '../contract/route.ts';
import type { Decision } from '../core/decide.ts';
import { readField } from '../core/fields.ts';
import { GATE_HEADER } from '../core/gate.ts';
import { markGate } from '../core/mark-gate.ts';
import { markResponse } from '../core/mark-response.ts';
import type { Viewer, Visitor } from '../core/visitor.ts';
import type {
  CloudFrontRequest,
  CloudFrontResponse,
  RequestEvent,
  ResponseEvent,
} from './event.ts';

/** The route's key: the host in lower case, without a port. */
export function readHost(event: RequestEvent): string {
  return readField(event.request.headers, 'host').toLowerCase().split(':')[0] as string;
}

export function toVisitor(event: RequestEvent): Visitor {
  const request = event.request;
  return {
    headers: request.headers,
    cookies: request.cookies,
    id: event.context.requestId,
    now: FEATURE_SESSION || FEATURE_SIGNED || FEATURE_GATE ? (Date.now() / 1000) >>> 0 : 0,
    path: request.uri,
    // As sent, or where that isn't told (perhaps in TestFunction) put together again: of repeated parameters the first.
    query:
      (request.rawQueryString && request.rawQueryString()) ||
      Object.keys(request.querystring)
        .map((name) => name + '=' + readField(request.querystring, name))
        .join('&'),
    ip: FEATURE_COHORTS ? event.viewer.ip : '',
    method: request.method,
  };
}

/** What to answer, or what to ask the origin for. */
export function applyDecision(
  decision: Decision,
  request: CloudFrontRequest,
  visitor: Visitor,
): CloudFrontRequest | CloudFrontResponse {
  if (!('uri' in decision)) return decision;
  const headers = request.headers;
  request.uri = decision.uri;
  // A build's file may be older than the one it replaces (a rollback); ETags still tell them apart.
  delete headers['if-modified-since'];
  // Set or gone: a viewer's own value must not reach viewer-response.
  tell(headers, BUILD_HEADER, decision.build);
  if (FEATURE_GATE) tell(headers, GATE_HEADER, visitor.told);
  return request;
}

function tell(
  headers: CloudFrontRequest['headers'],
  name: string,
  value: string | false | undefined,
): void {
  if (value) headers[name] = { value };
  else delete headers[name];
}

/** Marks the response with what was served: the object's own word, else what viewer-request asked for. */
export function applyMarks(event: ResponseEvent): CloudFrontResponse {
  const request = event.request;
  const response = event.response;
  const headers = response.headers;
  const viewer: Viewer = {
    headers: request.headers,
    cookies: request.cookies,
    id: event.context.requestId,
    now: FEATURE_SESSION || FEATURE_SIGNED || FEATURE_GATE ? (Date.now() / 1000) >>> 0 : 0,
  };
  const marks = markResponse(viewer, {
    type: readField(headers, 'content-type'),
    build:
      readField(headers, 'x-amz-meta-' + BUILD_METADATA) ||
      readField(request.headers, BUILD_HEADER),
  });
  for (const name in headers) if (name.indexOf('x-amz-meta-headgate') === 0) delete headers[name];
  if (marks.build) headers[BUILD_HEADER] = { value: marks.build };
  if (marks.noindex) headers['x-robots-tag'] = { value: 'noindex' };
  const cookies = response.cookies || {};
  for (const name in marks.cookies) cookies[name] = marks.cookies[name];
  response.cookies = cookies;
  return FEATURE_GATE ? applyGate(response, viewer) : response;
}

function applyGate(response: CloudFrontResponse, viewer: Viewer): CloudFrontResponse {
  const marks = markGate(viewer, readField(viewer.headers, GATE_HEADER));
  if (!marks) return response;
  const cookies = response.cookies || {};
  for (const name in marks.cookies) cookies[name] = marks.cookies[name];
  response.cookies = cookies;
  if (marks.status) {
    response.statusCode = marks.status;
    response.headers['cache-control'] = { value: 'no-store' };
    response.headers['retry-after'] = { value: marks.retryAfter };
  }
  return response;
}
