import cloudfront from 'cloudfront';
import { decide } from '../core/decide.ts';
import { floorRoute, readRoute } from '../core/read-route.ts';
import type { CloudFrontRequest, CloudFrontResponse, RequestEvent } from './event.ts';
import { applyDecision, readHost, toVisitor } from './translate.ts';

/** viewer-request: sends the visitor to a build, or answers. One read; a second when the first was no use. */
export async function handler(
  event: RequestEvent,
): Promise<CloudFrontRequest | CloudFrontResponse> {
  const host = readHost(event);
  const visitor = toVisitor(event);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      // In a variable of its own: the runtime refuses `await` among call arguments.
      const text = await cloudfront.kvs().get(host);
      const route = readRoute(text);
      if (route) return applyDecision(decide(route, visitor), event.request);
    } catch {
      // A missing key, a failed read, a broken route: once more, then the floor.
    }
  }
  const floor = floorRoute(HEADGATE_FLOOR[host], visitor.page);
  return applyDecision(decide(floor, visitor), event.request);
}
