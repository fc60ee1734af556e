import { madeAt, SPREAD_SECONDS } from '../../../edge/contract/kid.ts';
import { writeKeys } from '../../apply/write-keys.ts';
import { parseDerivedKeys } from '../../core/tokens/derived-keys.ts';
import { LIVE_KEYS, makeKid, PROMOTED_WITHIN_SECONDS } from '../../core/tokens/rotation.ts';
import type { MasterKey } from '../../ports/key-store.ts';
import { renderKeys } from '../../read/keys.ts';
import { createAlone, kidsOf, refuseEarlyDrop, type Job, type Rotation } from './rotation.ts';

/** The ring of derived keys in the KeyValueStore; its first key signs, both verify. */
interface Ring {
  readonly store: string;
  readonly key: string;
  /** Text; undefined: there is none. */
  readonly value: string | undefined;
}

/**
 * A KeyValueStore reaches its locations one after the other. So the new key is written second (it
 * verifies, and signs nothing), and first once every location has it:
 * masters b a, ring b a -> masters c b a, ring b c -> masters c b -> (wait) ring c b.
 */
export async function rotateRing(
  job: Job,
  masters: readonly MasterKey[],
  ring: Ring,
): Promise<Rotation> {
  const { context, subject } = job;
  const { known, unused, isStaged } = judge(masters, ring, context.clock.now());
  if (known.length > 0 && isStaged) return promote(job, { masters: known, unused, ring });
  if (known.length > 0 && unused.length === 0 && !isWhole(job, known, ring)) {
    return { ...(await put(job, { masters: known, unused, ring })), outcome: 'finished' };
  }
  const kid = makeKid(context.clock.now(), masters[0]?.kid);
  refuseEarlyDrop(job, [kid, ...kidsOf(known)]);
  const created = await createAlone(job, kid, kidsOf(masters));
  const [signing] = known;
  const next = [created, ...known];
  const outcome = unused.length > 0 ? 'finished' : 'rotated';
  // The first key has nobody to wait for.
  if (signing === undefined)
    return { ...(await put(job, { masters: next, unused, ring })), outcome };
  const value = renderKeys([signing, created], subject);
  await writeKeys({ ...ring, value, replaces: ring.value }, context);
  return promote(job, { masters: next, unused, ring: { ...ring, value } }, outcome);
}

interface Judged {
  /** Those that the edge has, or had. */
  readonly known: readonly MasterKey[];
  /** Newer ones that never signed anything, so that they can go at any time. */
  readonly unused: readonly string[];
  /** The newest is in the ring, and doesn't sign yet. */
  readonly isStaged: boolean;
}

function judge(masters: readonly MasterKey[], { value }: Ring, now: Date): Judged {
  const kids = Object.keys(parseDerivedKeys(value) ?? {});
  const newest = masters.findIndex(({ kid }) => kids.includes(kid));
  // The edge lost them: no location verifies anything, and no order is better than another.
  if (newest < 0) return { known: masters, unused: [], isStaged: false };
  const isStaged = masters[newest]?.kid !== kids[0] && masters.length > newest + 1;
  const age = now.getTime() - madeAt(masters[newest]?.kid ?? '');
  // So late a promotion could end tokens early: see `mayDropAt`.
  const isStale = isStaged && age > PROMOTED_WITHIN_SECONDS * 1000;
  const first = isStale ? newest + 1 : newest;
  return {
    known: masters.slice(first),
    unused: kidsOf(masters.slice(0, first)),
    isStaged: isStaged && !isStale,
  };
}

function isWhole({ subject }: Job, masters: readonly MasterKey[], { value }: Ring): boolean {
  return masters.length <= LIVE_KEYS && value === renderKeys(masters, subject);
}

interface Rotating {
  readonly masters: readonly MasterKey[];
  readonly unused: readonly string[];
  readonly ring: Ring;
}

/** Makes the newest key sign, once it has spread. `outcome` undefined: an earlier run has staged it. */
async function promote(
  job: Job,
  rotating: Rotating,
  outcome?: Rotation['outcome'],
): Promise<Rotation> {
  const { context, waitSeconds } = job;
  const dropped = await drop(job, rotating);
  const live = kidsOf(rotating.masters.slice(0, LIVE_KEYS));
  const now = context.clock.now().getTime();
  const isNew = outcome !== undefined;
  const spread = waitSeconds === 0 ? SPREAD_SECONDS : waitSeconds;
  const until = (isNew ? now : Math.min(madeAt(live[0] ?? ''), now)) + spread * 1000;
  if (waitSeconds === 0 && until > now) {
    return { outcome: 'staged', live, dropped, from: new Date(until).toISOString() };
  }
  await waitUntil(job, until);
  const masters = rotating.masters.slice(0, LIVE_KEYS);
  await put(job, { ...rotating, masters, unused: [] });
  return { outcome: outcome ?? 'finished', live, dropped };
}

const STEP_MILLIS = 10_000;

async function waitUntil({ context: { clock, terminal } }: Job, until: number): Promise<void> {
  let left = until - clock.now().getTime();
  while (left > 0) {
    terminal.progress(`the new key spreads over the edge: ${Math.ceil(left / 1000)} s left`);
    await clock.sleep(Math.min(left, STEP_MILLIS));
    left -= STEP_MILLIS;
  }
}

/** Brings the KeyValueStore, then SSM, to the newest masters and nothing else. */
async function put(job: Job, rotating: Rotating): Promise<Pick<Rotation, 'live' | 'dropped'>> {
  const { masters, ring } = rotating;
  refuseEarlyDrop(job, kidsOf(masters));
  const live = masters.slice(0, LIVE_KEYS);
  const value = renderKeys(live, job.subject);
  await writeKeys({ ...ring, value, replaces: ring.value }, job.context);
  return { live: kidsOf(live), dropped: await drop(job, rotating) };
}

/** Takes away what is no longer in the ring. */
async function drop(job: Job, { masters, unused }: Rotating): Promise<readonly string[]> {
  const { app, environment } = job.subject;
  refuseEarlyDrop(job, kidsOf(masters));
  const dropped = [...kidsOf(masters.slice(LIVE_KEYS)), ...unused];
  await job.context.keys(app.region).remove(app.app, environment.name, dropped);
  return dropped;
}
