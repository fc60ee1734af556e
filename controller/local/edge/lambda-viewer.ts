import type { LambdaAssociation } from '../cloudfront/lambda-rules.ts';
import { composeBody, fromViewer, toViewer } from './lambda-event.ts';
import { readRequestOutput } from './lambda-output.ts';
import {
  applyBody,
  applyResponse,
  NO_BODY,
  runLambda,
  runResponseLambda,
  type LambdaContext,
} from './run-lambda.ts';
import type { Viewer, ViewerAnswer } from './viewer.ts';

/** Runs the viewer-request function: the request as it goes on, or the answer that ends it. */
export async function runLambdaViewerRequest(
  context: LambdaContext,
  association: LambdaAssociation,
  viewer: Viewer,
): Promise<{ readonly viewer: Viewer } | { readonly answer: ViewerAnswer }> {
  const seen = fromViewer(viewer);
  const body = composeBody(viewer.body, 'viewer');
  const request = association.includesBody ? { ...seen, body } : seen;
  const result = await runLambda(context, association, {
    exchange: { request },
    read: (output) => readRequestOutput('viewer-request', request, output),
  });
  if ('response' in result) {
    const headers = { server: 'CloudFront', 'x-cache': 'LambdaGeneratedResponse from cloudfront' };
    return { answer: applyResponse({ status: 200, headers, body: NO_BODY }, result.response) };
  }
  const changed = toViewer(viewer, result.request);
  return { viewer: { ...changed, body: applyBody(viewer.body, result.request) } };
}

/** Runs the viewer-response function on an answer. */
export async function runLambdaViewerResponse(
  context: LambdaContext,
  association: LambdaAssociation,
  { viewer, answer }: { readonly viewer: Viewer; readonly answer: ViewerAnswer },
): Promise<ViewerAnswer> {
  return await runResponseLambda(context, association, { request: fromViewer(viewer), answer });
}
