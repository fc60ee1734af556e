import { BUILD_HEADER } from '../contract/route.ts';
import type { Floor } from '../contract/route.ts';
import { PAGE_COOKIE } from '../core/cookies.ts';
import { decide } from '../core/decide.ts';
import type { Decision } from '../core/decide.ts';
import { readField } from '../core/fields.ts';
import { GATE_HEADER } from '../core/gate.ts';
import { floorRoute } from '../core/read-route.ts';
import type { ReadableRoute } from '../core/read-route.ts';
import type { TokenKeys } from '../core/token.ts';
import type { Visitor } from '../core/visitor.ts';
import type { LambdaConfig, LambdaRequest, LambdaResponse } from './event.ts';
import { answerHeld } from './held.ts';
import { logFailure, logLine } from './log.ts';
import { mac } from './mac.ts';
import { nameTarget } from './origin-request.ts';
import { joinSession } from './session-store.ts';
import { fetchKeys, fetchRoute } from './stored.ts';
import { readHeader, setHeader, toResponse, toVisitor } from './translate.ts';

/** Sends the visitor to a build, or answers. */
export async function routeViewer(
  request: LambdaRequest,
  config: LambdaConfig,
): Promise<LambdaRequest | LambdaResponse> {
  const visitor = toVisitor(request, config);
  const floor = findFloor(request, config);
  const route = floor && (await fetchRoute(floor));
  try {
    if (floor && route) {
      const decided = await decideByRoute(route, visitor, floor);
      return await apply(decided, request, floor);
    }
  } catch (error) {
    logFailure(`route of ${route?.app}/${route?.env}`, error);
  }
  // The floor knows no gate, whatever a decision told that came to nothing.
  visitor.told = false;
  const fallback = floorRoute(floor, readField(visitor.cookies, PAGE_COOKIE));
  const decision = decide(fallback, visitor);
  return await apply({ decision, visitor }, request, floor);
}

/** The row of the host that the viewer asked. */
function findFloor(
  { headers }: LambdaRequest,
  { distributionDomainName }: LambdaConfig,
): Floor | undefined {
  const host = readHeader(headers, 'host').toLowerCase().split(':')[0] || distributionDomainName;
  return Object.hasOwn(HEADGATE_FLOOR, host) ? HEADGATE_FLOOR[host] : undefined;
}

interface Decided {
  readonly decision: Decision;
  /** As the decision saw it, with what the gate told. */
  readonly visitor: Visitor;
}

async function decideByRoute(
  readable: ReadableRoute,
  viewer: Visitor,
  [, , region]: Floor,
): Promise<Decided> {
  const { sessions } = HEADGATE_CONFIG;
  const given = { route: readable, visitor: viewer };
  const { route, visitor } = sessions ? await joinSession(given, sessions) : given;
  if (!FEATURE_SIGNED && !FEATURE_GATE) return { decision: decide(route, visitor), visitor };
  const keys: TokenKeys = { scope: `${route.app}~${route.env}`, mac };
  visitor.keys = keys;
  const decision = decide(route, visitor);
  if (!keys.wanted) return { decision, visitor };
  // Without keys tokens don't count, and the gate's policy says what then.
  keys.ring = await fetchKeys(route, region);
  return { decision: decide(route, visitor), visitor };
}

async function apply(
  { decision, visitor }: Decided,
  request: LambdaRequest,
  floor: Floor | undefined,
): Promise<LambdaRequest | LambdaResponse> {
  if (FEATURE_BEACON && visitor.line) logLine(visitor.line);
  if (!('uri' in decision)) return toResponse(decision);
  if (FEATURE_GATE) {
    const held = await answerHeld(decision.uri, visitor, floor);
    if (held) return held;
  }
  const { headers } = request;
  request.uri = decision.uri;
  // A build's file may be older than the one it replaces (a rollback); ETags still tell them apart.
  delete headers['if-modified-since'];
  // A viewer's own value must reach neither the origin nor the other triggers.
  for (const name of Object.keys(headers)) if (name.startsWith('x-headgate-')) delete headers[name];
  const target = nameTarget(decision);
  if (target !== undefined) setHeader(headers, BUILD_HEADER, target);
  if (FEATURE_GATE && visitor.told) setHeader(headers, GATE_HEADER, visitor.told);
  return request;
}
