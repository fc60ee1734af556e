import { BUILD_HEADER, BUILD_METADATA } from '../contract/route.ts';
import { GATE_HEADER } from '../core/gate.ts';
import { markGate } from '../core/mark-gate.ts';
import { markResponse } from '../core/mark-response.ts';
import type { LambdaConfig, LambdaRequest, LambdaResponse } from './event.ts';
import { readName } from './origin-request.ts';
import { addCookies, readHeader, setHeader, toVisitor } from './translate.ts';

/** Says which build was served, and remembers it for the page's files. */
export function markServed(
  response: LambdaResponse,
  request: LambdaRequest,
  config: LambdaConfig,
): LambdaResponse {
  const { headers } = response;
  const viewer = toVisitor(request, config);
  const marks = markResponse(viewer, {
    type: readHeader(headers, 'content-type'),
    build:
      readHeader(headers, `x-amz-meta-${BUILD_METADATA}`) ||
      readName(readHeader(request.headers, BUILD_HEADER)),
  });
  for (const name of Object.keys(headers)) {
    if (name.startsWith('x-amz-meta-headgate')) delete headers[name];
  }
  if (marks.build) setHeader(headers, BUILD_HEADER, marks.build);
  if (marks.noindex) setHeader(headers, 'x-robots-tag', 'noindex');
  addCookies(headers, marks.cookies);
  if (FEATURE_GATE) {
    // The session of an admitted visitor: held ones were answered by viewer-request.
    const admitted = markGate(viewer, readHeader(request.headers, GATE_HEADER));
    if (admitted) addCookies(headers, admitted.cookies);
  }
  return response;
}
