import type { LambdaEvent, LambdaRequest, LambdaResponse } from './event.ts';
import { chooseOrigin } from './origin-request.ts';
import { routeViewer } from './viewer-request.ts';
import { markServed } from './viewer-response.ts';

/** One function for all three triggers, so that they are always of one version. */
export async function handler(event: LambdaEvent): Promise<LambdaRequest | LambdaResponse> {
  const { config, request, response } = event.Records[0].cf;
  if (response) return markServed(response, request, config);
  if (config.eventType === 'viewer-request') return await routeViewer(request, config);
  return FEATURE_ORIGINS ? chooseOrigin(request) : request;
}
