import { before } from 'headgate:before';
import { GOLDEN_HOST } from '../contract/route.ts';
import type { CloudFrontRequest, CloudFrontResponse, RequestEvent } from './event.ts';
import { handler as route } from './request.ts';
import { readHost } from './translate.ts';

/** viewer-request with the team's own code first: its response is the answer, its request goes on to ours. */
export async function handler(
  event: RequestEvent,
): Promise<CloudFrontRequest | CloudFrontResponse> {
  // Golden events are about our part: a login or a redirect would answer them.
  if (readHost(event).indexOf(GOLDEN_HOST) < 0) {
    const given = await before(event);
    if (given && 'statusCode' in given) return given;
    if (given) event.request = given;
  }
  return route(event);
}
