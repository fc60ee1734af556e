import cloudfront from 'cloudfront';
// Second: what it imports of the runtime must stand at the top of the bundle, and esbuild keeps the order.
import { mac } from './mac.ts';
import { PAGE_COOKIE, PREVIEW_COOKIE } from '../core/cookies.ts';
import { decide } from '../core/decide.ts';
import { readField } from '../core/fields.ts';
import { floorRoute, readRoute } from '../core/read-route.ts';
import type { KeyRing, TokenKeys } from '../core/token.ts';
import type { CloudFrontRequest, CloudFrontResponse, RequestEvent } from './event.ts';
import { applyDecision, readHost, toVisitor } from './translate.ts';

/** viewer-request: sends the visitor to a build, or answers. One read; a second when the first was no use. */
export async function handler(
  event: RequestEvent,
): Promise<CloudFrontRequest | CloudFrontResponse> {
  const host = readHost(event);
  const visitor = toVisitor(event);
  for (let attempts = 2; attempts--;) {
    try {
      // In a variable of its own: the runtime refuses `await` among call arguments.
      const text = await cloudfront.kvs().get(host);
      const route = readRoute(text);
      if (route) {
        // A block, not an early return for the others: of those, esbuild would keep what comes after.
        if (FEATURE_SIGNED || FEATURE_GATE) {
          const keys: TokenKeys = { scope: route.app + '~' + route.env, mac };
          visitor.keys = keys;
          visitor.method = event.request.method;
          // A preview's token will be read for sure: without keys the first decision would be for nothing.
          const isSure =
            FEATURE_SIGNED &&
            route.preview === 'signed' &&
            /^1~p/.test(readField(visitor.cookies, PREVIEW_COOKIE));
          let decision = !isSure && decide(route, visitor);
          if (!decision || keys.wanted) {
            try {
              const ring = await cloudfront.kvs().get('keys/' + route.app + '/' + route.env);
              keys.ring = JSON.parse(ring) as KeyRing;
            } catch {
              // No second try: without keys tokens don't count, and the gate's policy says what then.
            }
            decision = decide(route, visitor);
          }
          return applyDecision(decision, event.request, visitor.told);
        } else return applyDecision(decide(route, visitor), event.request);
      }
    } catch {
      // A missing key, a failed read, a broken route: once more, then the floor.
    }
  }
  const floor = floorRoute(HEADGATE_FLOOR[host], readField(visitor.cookies, PAGE_COOKIE));
  return applyDecision(decide(floor, visitor), event.request);
}
