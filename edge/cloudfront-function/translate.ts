import { BUILD_METADATA } from '../contract/route.ts';
import type { Decision } from '../core/decide.ts';
import { readField } from '../core/fields.ts';
import { markResponse } from '../core/mark-response.ts';
import { readVisitor } from '../core/visitor.ts';
import type { Visitor } from '../core/visitor.ts';
import type {
  CloudFrontRequest,
  CloudFrontResponse,
  Repeatable,
  RequestEvent,
  ResponseEvent,
} from './event.ts';

/** Names the build: from viewer-request to viewer-response, and to the browser. */
const BUILD_HEADER = 'x-headgate-build';

/** The route's key: the host in lower case, without a port. */
export function readHost(event: RequestEvent): string {
  return readField(event.request.headers, 'host').toLowerCase().replace(/:\d+$/, '');
}

export function toVisitor(event: RequestEvent): Visitor {
  return readVisitor(event.request, readQuery(event.request), event.context.requestId);
}

/** The query as sent, or where that isn't told the same parameters put together again, repeated ones side by side. */
function readQuery(request: CloudFrontRequest): string {
  const sent = request.rawQueryString && request.rawQueryString();
  if (sent) return sent;
  const parameters: string[] = [];
  const query = request.querystring;
  for (const name in query) {
    const first = query[name] as Repeatable;
    (first.multiValue || [first]).forEach((one) =>
      parameters.push(name + (one.value && '=' + one.value)),
    );
  }
  return parameters.join('&');
}

export function applyDecision(
  decision: Decision,
  request: CloudFrontRequest,
): CloudFrontRequest | CloudFrontResponse {
  if ('statusCode' in decision) return decision;
  const headers = request.headers;
  request.uri = decision.uri;
  // A build's file may be older than the one it replaces (a rollback); ETags still tell them apart.
  delete headers['if-modified-since'];
  // Set or gone: a viewer's own value must not reach viewer-response.
  if (decision.build) headers[BUILD_HEADER] = { value: decision.build };
  else delete headers[BUILD_HEADER];
  return request;
}

/** Marks the response with what was served: the object's own word, else what viewer-request asked for. */
export function applyMarks(event: ResponseEvent): CloudFrontResponse {
  const request = event.request;
  const response = event.response;
  const headers = response.headers;
  const marks = markResponse(request, event.context.requestId, {
    type: readField(headers, 'content-type'),
    build:
      readField(headers, 'x-amz-meta-' + BUILD_METADATA) ||
      readField(request.headers, BUILD_HEADER),
  });
  for (const name in headers) if (/^x-amz-meta-headgate/.test(name)) delete headers[name];
  if (marks.build) headers[BUILD_HEADER] = { value: marks.build };
  if (marks.noindex) headers['x-robots-tag'] = { value: 'noindex' };
  const cookies = response.cookies || {};
  for (const name in marks.cookies) cookies[name] = marks.cookies[name];
  response.cookies = cookies;
  return response;
}
