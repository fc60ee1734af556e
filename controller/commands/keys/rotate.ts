import { writeKeys } from '../../apply/write-keys.ts';
import { ConflictError, RefusedError } from '../../core/errors.ts';
import type { EnvironmentSubject } from '../../core/policy/subjects.ts';
import { deriveKeys } from '../../core/tokens/derived-keys.ts';
import { longestLifetime } from '../../core/tokens/lifetime.ts';
import { LIVE_KEYS, makeKid, mayDropAt } from '../../core/tokens/rotation.ts';
import type { Context } from '../../ports/context.ts';
import type { KeyStore, MasterKey } from '../../ports/key-store.ts';
import { readLiveKeys, type LiveKeys } from '../../read/keys.ts';

export interface Rotation {
  /** `finished`: an interrupted rotation was carried on; no further key was made. */
  readonly outcome: 'rotated' | 'finished';
  /** Kids, newest first. */
  readonly live: readonly string[];
  readonly dropped: readonly string[];
}

interface Job {
  readonly subject: EnvironmentSubject;
  readonly force: boolean;
  readonly context: Context;
}

/**
 * Makes a new master key, SSM first, then what the edge reads. What is stored says how far a run
 * came: the edge lacks a master, or there are more than the live ones. Then that is finished, and
 * no further key is made.
 */
export async function rotateKeys(job: Job): Promise<Rotation> {
  const { app, environment } = job.subject;
  const store = job.context.keys(app.region);
  const [masters, live] = await Promise.all([
    store.read(app.app, environment.name),
    readLiveKeys(job.subject, job.context),
  ]);
  if (masters.length > 0 && !isSettled(masters, live, job.subject)) {
    refuseEarlyDrop(job, kidsOf(masters));
    return { outcome: 'finished', ...(await settle(job, masters, live)) };
  }
  const kid = makeKid(job.context.clock.now(), masters[0]?.kid);
  refuseEarlyDrop(job, [kid, ...kidsOf(masters)]);
  const created = await createAlone(job, store, { kid, before: masters });
  return { outcome: 'rotated', ...(await settle(job, [created, ...masters], live)) };
}

function isSettled(
  masters: readonly MasterKey[],
  live: LiveKeys,
  subject: EnvironmentSubject,
): boolean {
  return masters.length <= LIVE_KEYS && live.value === renderKeys(masters, subject);
}

/** Brings the KeyValueStore, then SSM, to the newest masters and nothing else. */
async function settle(
  { subject, context }: Job,
  masters: readonly MasterKey[],
  { store, key, value: replaces }: LiveKeys,
): Promise<Pick<Rotation, 'live' | 'dropped'>> {
  const { app, environment } = subject;
  const live = masters.slice(0, LIVE_KEYS);
  const dropped = kidsOf(masters.slice(LIVE_KEYS));
  await writeKeys({ store, key, value: renderKeys(live, subject), replaces }, context);
  await context.keys(app.region).remove(app.app, environment.name, dropped);
  return { live: kidsOf(live), dropped };
}

/** Takes the new key back when another run made one meanwhile: together they would drop a live one. */
async function createAlone(
  { subject: { app, environment } }: Job,
  store: KeyStore,
  { kid, before }: { readonly kid: string; readonly before: readonly MasterKey[] },
): Promise<MasterKey> {
  const created = await store.create(app.app, environment.name, kid);
  const known = new Set([kid, ...kidsOf(before)]);
  const others = kidsOf(await store.read(app.app, environment.name));
  if (others.every((other) => known.has(other))) return created;
  await store.remove(app.app, environment.name, [kid]);
  throw new ConflictError(
    `Another run rotated the keys of ${app.app}/${environment.name} at the same time.`,
  );
}

function refuseEarlyDrop(
  { subject: { app, environment }, force, context }: Job,
  kids: readonly string[],
): void {
  const at = mayDropAt(kids, longestLifetime(environment), context.clock.now());
  if (at === undefined || force) return;
  throw new RefusedError(
    `${app.app}/${environment.name} has two live keys, and tokens of the older one may be valid until ${at.toISOString()}.`,
    'Rotate after that; or, when a key has leaked, add --force: every token of the older key stops working.',
  );
}

function renderKeys(masters: readonly MasterKey[], subject: EnvironmentSubject): string {
  const scope = { app: subject.app.app, environment: subject.environment.name };
  return JSON.stringify(deriveKeys(masters, scope));
}

function kidsOf(keys: readonly MasterKey[]): readonly string[] {
  return keys.map(({ kid }) => kid);
}
