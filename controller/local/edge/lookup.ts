import type { CloudClock } from '../service.ts';
import type { S3 } from '../s3/s3.ts';
import type { EventRequest } from '../function-runtime/event.ts';
import type { Cache, Entry } from './cache.ts';
import { composeKey, selectForwarded, type CachePolicy, type Forwarded } from './cache-policy.ts';
import {
  ERROR_CACHING_SECONDS,
  type EdgeBehaviour,
  type EdgeDistribution,
} from './configuration.ts';
import type { OriginTriggers } from './lambda-origin.ts';
import { normalisePath } from './path-pattern.ts';
import { fetchOrigin, type OriginAnswer } from './origin.ts';
import { judgeError, judgeSuccess, type Headers } from './time-to-live.ts';

/** Where an answer came from. */
export type Source = 'Hit' | 'Miss' | 'RefreshHit';

export interface Lookup {
  readonly distribution: EdgeDistribution;
  readonly behaviour: EdgeBehaviour;
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
  const kept = isCacheable ? store.cache.get(key) : undefined;
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

/** HEAD is answered from GET; OPTIONS, where it is cached, has entries of its own. */
function keySpace({ id }: EdgeDistribution, { method }: EventRequest): string {
  return method === 'OPTIONS' ? `${id} ${method}` : id;
}

async function askOrigin(
  { s3 }: Store,
  { distribution, behaviour, request, body, triggers }: Lookup,
  ask: { readonly path: string; readonly forwarded: Forwarded; readonly kept: Entry | undefined },
): Promise<OriginAnswer> {
  const contentType = request.headers['content-type'];
  const call = await triggers.before({
    origin: behaviour.origin,
    request: {
      // HEAD is answered from GET: one object in the cache serves both.
      method: request.method === 'HEAD' ? 'GET' : request.method,
      path: ask.path,
      query: ask.forwarded.query,
      headers: {
        'user-agent': 'Amazon CloudFront',
        ...(contentType === undefined ? {} : { 'content-type': contentType.value }),
        ...ask.forwarded.headers,
        ...(ask.kept === undefined ? {} : revalidation(ask.kept)),
      },
      body,
    },
  });
  if ('answer' in call) return call.answer;
  const answer = await fetchOrigin(s3, distribution, call);
  return answer.status === 304 ? answer : await triggers.after(call, answer);
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
  const behaviour = findBehaviour(distribution, path);
  const request = { method: 'GET', path, query: '', headers: {}, body: Buffer.alloc(0) };
  const page = await fetchOrigin(s3, distribution, { origin: behaviour.origin, request });
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
