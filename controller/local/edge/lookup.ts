import type { CloudClock } from '../service.ts';
import type { Invalidations } from '../cloudfront/invalidations.ts';
import type { S3 } from '../s3/s3.ts';
import type { EventRequest } from '../function-runtime/event.ts';
import type { Cache, Entry } from './cache.ts';
import {
  composeKey,
  forwardAll,
  selectForwarded,
  type CachePolicy,
  type Forwarded,
} from './cache-policy.ts';
import {
  ERROR_CACHING_SECONDS,
  type EdgeBehaviour,
  type EdgeDistribution,
  type Target,
} from './configuration.ts';
import type { OriginTriggers } from './lambda-origin.ts';
import { normalisePath } from './path-pattern.ts';
import type { OriginAnswer } from './origin.ts';
import { askTarget, mayFailOver } from './target.ts';
import { judgeError, judgeSuccess, type Headers } from './time-to-live.ts';

/** Where an answer came from. */
export type Source = 'Hit' | 'Miss' | 'RefreshHit';

export interface Lookup {
  readonly distribution: EdgeDistribution;
  readonly behaviour: EdgeBehaviour;
  /** The behaviour's, or what viewer-request chose: it is no part of the cache key. */
  readonly target: Target;
  readonly policy: CachePolicy;
  /** As viewer-request left it. */
  readonly request: EventRequest;
  readonly body: Buffer;
  readonly triggers: OriginTriggers;
}

export interface Store {
  readonly s3: Pick<S3, 'readAs'>;
  readonly cache: Cache;
  readonly clock: CloudClock;
  readonly invalidations: Pick<Invalidations, 'isInvalidated'>;
}

/** Answers from the cache, or from the origin and keeps what may be kept. */
export async function findEntry(
  store: Store,
  lookup: Lookup,
): Promise<{ readonly entry: Entry; readonly source: Source }> {
  const { distribution, behaviour, policy, request } = lookup;
  const forwarded = selectForwarded(policy, request);
  const isRoot = request.uri === '/' && distribution.defaultRootObject !== '';
  const path = isRoot ? `/${distribution.defaultRootObject}` : request.uri;
  const key = composeKey(keySpace(distribution, request), path, forwarded);
  const isCacheable = behaviour.cachedMethods.has(request.method);
  const kept = isCacheable ? findKept(store, distribution, { key, path }) : undefined;
  if (kept !== undefined && kept.expiresAt > store.clock.now().getTime()) {
    return { entry: kept, source: 'Hit' };
  }
  const answer = await askOrigin(store, lookup, { path, forwarded, kept });
  const isStaleGood = kept !== undefined && kept.originStatus < 400;
  // Expired is better than broken.
  if (isStaleGood && answer.status >= 500) return { entry: kept, source: 'Hit' };
  const isRefreshed = isStaleGood && answer.status === 304;
  const entry = isRefreshed
    ? compose(store, lookup, { ...kept, headers: { ...kept.headers, ...answer.headers } })
    : compose(store, lookup, await replaceError(store, lookup, answer));
  if (isCacheable && entry.expiresAt > entry.storedAt) store.cache.set(key, entry);
  return { entry, source: isRefreshed ? 'RefreshHit' : 'Miss' };
}

/** What the cache has, fresh or expired, unless it was invalidated. */
function findKept(
  { cache, invalidations }: Store,
  { id }: EdgeDistribution,
  { key, path }: { readonly key: string; readonly path: string },
): Entry | undefined {
  const kept = cache.get(key);
  if (kept === undefined || invalidations.isInvalidated(id, path, kept.storedAt)) return undefined;
  return kept;
}

/** HEAD is answered from GET; OPTIONS, where it is cached, has entries of its own. */
function keySpace({ id }: EdgeDistribution, { method }: EventRequest): string {
  return method === 'OPTIONS' ? `${id} ${method}` : id;
}

async function askOrigin(
  { s3 }: Store,
  { distribution, behaviour, target, request, body, triggers }: Lookup,
  ask: { readonly path: string; readonly forwarded: Forwarded; readonly kept: Entry | undefined },
): Promise<OriginAnswer> {
  const contentType = request.headers['content-type'];
  const sent = behaviour.forwardsAll ? forwardAll(request) : ask.forwarded;
  return await askTarget(s3, {
    distribution,
    target,
    triggers,
    failsOver: mayFailOver(behaviour, request.method),
    request: {
      // HEAD is answered from GET: one object in the cache serves both.
      method: request.method === 'HEAD' ? 'GET' : request.method,
      path: ask.path,
      query: sent.query,
      headers: {
        'user-agent': 'Amazon CloudFront',
        ...(contentType === undefined ? {} : { 'content-type': contentType.value }),
        ...sent.headers,
        ...(ask.kept === undefined ? {} : revalidation(ask.kept)),
      },
      body,
    },
  });
}

function revalidation({ headers, originStatus }: Entry): Readonly<Record<string, string>> {
  if (originStatus >= 400) return {};
  if (headers['etag'] !== undefined) return { 'if-none-match': String(headers['etag']) };
  const modified = headers['last-modified'];
  return modified === undefined ? {} : { 'if-modified-since': String(modified) };
}

interface Answered extends OriginAnswer {
  readonly originStatus: number;
}

/** Puts the configured page, if there is one and it can be had, in the place of an error. */
async function replaceError(
  { s3 }: Store,
  { distribution }: Lookup,
  answer: OriginAnswer,
): Promise<Answered> {
  const unchanged = { ...answer, originStatus: answer.status };
  const rule = distribution.errors.get(answer.status);
  if (rule?.page === undefined) return unchanged;
  const path = rule.page;
  const request = { method: 'GET', path, query: '', headers: {}, body: Buffer.alloc(0) };
  const { target } = findBehaviour(distribution, path);
  const page = await askTarget(s3, { distribution, target, request, failsOver: true });
  if (page.status >= 400) return unchanged;
  return { ...page, status: rule.status ?? answer.status, originStatus: answer.status };
}

function compose(
  { clock }: Store,
  { distribution, policy }: Lookup,
  answer: { originStatus: number; status: number; headers: Headers; body: Buffer },
): Entry {
  const { originStatus, status, headers, body } = answer;
  const now = clock.now();
  const rule = distribution.errors.get(originStatus);
  const seconds =
    originStatus >= 400
      ? judgeError(headers, rule?.cachingSeconds ?? ERROR_CACHING_SECONDS, now)
      : judgeSuccess(headers, policy, now);
  const storedAt = now.getTime();
  return { originStatus, status, headers, body, storedAt, expiresAt: storedAt + seconds * 1000 };
}

/** The first behaviour whose pattern matches; the default one matches everything. */
export function findBehaviour({ behaviours }: EdgeDistribution, path: string): EdgeBehaviour {
  const normal = normalisePath(path);
  const found = behaviours.find(({ matches }) => matches(normal));
  if (found === undefined) throw new Error(`No behaviour matches ${path}.`);
  return found;
}
