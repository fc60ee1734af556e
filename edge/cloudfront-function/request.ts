import cloudfront from 'cloudfront';
// Second: what it imports of the runtime must stand at the top of the bundle, and esbuild keeps the order.
import { mac } from './mac.ts';
import { PAGE_COOKIE, PREVIEW_COOKIE } from '../core/cookies.ts';
import { decide } from '../core/decide.ts';
import type { Decision, Served } from '../core/decide.ts';
import { readField } from '../core/fields.ts';
import { isSigned } from '../core/preview.ts';
import { floorRoute, readRoute } from '../core/read-route.ts';
import type { KeyRing, TokenKeys } from '../core/token.ts';
import type { CloudFrontRequest, CloudFrontResponse, RequestEvent } from './event.ts';
import { enterOrigin } from './enter-origin.ts';
import { applyDecision, readHost, toVisitor } from './translate.ts';

/** viewer-request: sends the visitor to a build, or answers. One read, and one for keys; once more when that was no use. */
export async function handler(
  event: RequestEvent,
): Promise<CloudFrontRequest | CloudFrontResponse> {
  const host = readHost(event);
  const visitor = toVisitor(event);
  let decision: Decision | undefined;
  for (let attempts = 2; attempts-- && !decision;) {
    try {
      // In a variable of its own: the runtime refuses `await` among call arguments.
      const text = await cloudfront.kvs().get(host);
      const route = readRoute(text);
      if (route) {
        if (FEATURE_SIGNED || FEATURE_GATE) {
          const keys: TokenKeys = { scope: route.app + '~' + route.env, mac };
          visitor.keys = keys;
          // A preview's token will be read for sure: without keys the first decision would be for nothing.
          if (isSigned(route)) {
            keys.wanted = readField(visitor.cookies, PREVIEW_COOKIE).indexOf('1~p~') === 0;
          }
          if (!keys.wanted) decision = decide(route, visitor);
          if (keys.wanted) {
            try {
              const ring = await cloudfront.kvs().get('keys/' + route.app + '/' + route.env);
              keys.ring = JSON.parse(ring) as KeyRing;
            } catch {
              // No second try: without keys tokens don't count, and the gate's policy says what then.
            }
            decision = decide(route, visitor);
          }
        } else decision = decide(route, visitor);
      }
    } catch {
      // A missing key, a failed read, a broken route: once more, then the floor.
    }
  }
  if (!decision) {
    const floor = floorRoute(HEADGATE_FLOOR[host], readField(visitor.cookies, PAGE_COOKIE));
    decision = decide(floor, visitor);
  }
  // oxlint-disable-next-line no-console -- the only way to CloudWatch Logs
  if (FEATURE_BEACON && visitor.line) console.log(visitor.line);
  const output = applyDecision(decision, event.request, visitor);
  if (FEATURE_ORIGINS) enterOrigin(cloudfront, decision as Served, event.request);
  return output;
}
