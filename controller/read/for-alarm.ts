import { coupleTrains } from '../core/plan/couple.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { nameSubject, type Plan } from '../core/plan/plan.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import { takeAlong } from '../core/plan/take-along.ts';
import type { AlarmName } from '../core/policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import { judgeRollout } from '../core/rollout/verdict.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback, type StoredRecord } from './for-rollback.ts';
import { readMates, type Mates } from './mates.ts';

/** An alarm of an environment changed. */
export interface AlarmCall {
  readonly bucket: string;
  readonly region: string;
  readonly app: string;
  readonly environment: string;
  readonly alarm: AlarmName;
  /** When it entered ALARM; undefined: it left it. ISO 8601. */
  readonly firedAt: string | undefined;
}

export type AlarmAnswer =
  /** Its own, and those of all that roll out together with it. `problems`: who goes without, and why. */
  | {
      readonly kind: 'roll-back';
      readonly plan: Plan;
      readonly mates: readonly Plan[];
      readonly problems: readonly string[];
    }
  | { readonly kind: 'nothing'; readonly why: string }
  /** CloudWatch doesn't tell yet what the event says: ask again. */
  | { readonly kind: 'unseen'; readonly why: string };

/** A store that many write to is not waited for. */
const ATTEMPTS = 3;

/**
 * What an alarm means for its environment. The event only wakes: what counts is what the alarms say now,
 * and said since the rollout began. Asks as little as can be, because visitors wait: the record, the
 * alarms, the store's revision and its keys.
 */
export async function planForAlarm(
  context: Context,
  call: AlarmCall,
  attempt = 1,
): Promise<AlarmAnswer> {
  const { stored, problem } = await readRecord(context, call);
  const found = findGuarded(stored, call) ?? (await findInCopy(context, call));
  if (found === undefined) {
    const why = problem ?? `${call.alarm.name} (${call.alarm.region}) guards no rollout here`;
    return { kind: 'nothing', why };
  }
  const { subject, policies } = found;
  const { guard } = subject.environment;
  const [{ facts }, alarms, mates] = await Promise.all([
    readForRollback(context, subject, stored),
    context.alarms.read(guard.alarms, { plain: true }),
    readMates(context, subject, { record: stored?.record, policies }),
  ]);
  const paused = [facts, ...mates.mates].find(({ pause }) => pause !== undefined);
  if (paused?.pause !== undefined) return nothing(describePaused(paused, facts));
  // A train may have started between the two readings.
  const isUneven = mates.mates.some(({ live }) => live.revision !== facts.live.revision);
  if (isUneven && attempt < ATTEMPTS) return planForAlarm(context, call, attempt + 1);
  const { adoption, now } = facts;
  const rollout = adoption.record?.rollout;
  if (rollout === undefined) return nothing('nothing is rolling out');
  const present = { alarms, entered: [], enteredUnreadable: undefined };
  const first = judgeRollout(present, guard, now);
  if (first.kind === 'fail') return rollBack(facts, mates, first.evidence);
  const entered = await context.alarms.entered(guard.alarms, rollout.startedAt);
  const verdict = judgeRollout({ ...present, entered }, guard, now);
  if (verdict.kind === 'fail') return rollBack(facts, mates, verdict.evidence);
  const seen = [...entered, ...alarms.filter(({ state }) => state === 'ALARM')];
  return conclude(call, {
    startedAt: rollout.startedAt,
    isSeen: seen.some((one) => isSame(one, call.alarm)),
    evidence: verdict.evidence,
  });
}

/** A pause of one is a pause of all that move together: without it there would be half of them. */
function describePaused(paused: EnvironmentFacts, own: EnvironmentFacts): string {
  const { app, environment, pause } = paused;
  const whose = paused === own ? '' : `${app.app}/${environment.name}, which moves with it, is `;
  return `${whose}paused by ${pause?.by} since ${pause?.at}: ${pause?.reason}`;
}

function rollBack(
  facts: EnvironmentFacts,
  { mates, problems }: Mates,
  evidence: readonly string[],
): AlarmAnswer {
  const cause = { reason: 'alarm', evidence } as const;
  const member = `${facts.app.app}/${facts.environment.name}`;
  const own = planRollback(facts, cause);
  const plans = [own, ...takeAlong(mates, { member, cause })];
  const together = plans.map(({ subject }) => nameSubject(subject));
  const [plan = own, ...others] = coupleTrains(plans, [together]);
  return { kind: 'roll-back', plan, mates: others, problems };
}

function nothing(why: string): AlarmAnswer {
  return { kind: 'nothing', why };
}

/**
 * No failure, as CloudWatch has it. The event may be older than the rollout, or one alarm of several that
 * are needed; or CloudWatch is not that far yet, which it is when the event comes again.
 */
function conclude(
  { alarm, firedAt }: AlarmCall,
  seen: {
    readonly startedAt: string;
    readonly isSeen: boolean;
    readonly evidence: readonly string[];
  },
): AlarmAnswer {
  if (firedAt !== undefined && Date.parse(firedAt) < Date.parse(seen.startedAt)) {
    return nothing(`${alarm.name} entered ALARM at ${firedAt}, before the rollout began`);
  }
  if (firedAt === undefined || seen.isSeen) return nothing(seen.evidence.join('; '));
  const why = `${alarm.name} is said to have entered ALARM at ${firedAt}, which CloudWatch does not show`;
  return { kind: 'unseen', why };
}

/** A record that can't be used must not stop a rollback: the copy of the policy tells where things are. */
async function readRecord(
  context: Context,
  { bucket, region, app, environment }: AlarmCall,
): Promise<{ stored: StoredRecord; problem: string | undefined }> {
  try {
    const stored = await context.records({ bucket, region }).read(app, environment);
    const problem = stored === undefined ? 'there is no record of it' : undefined;
    return { stored, problem };
  } catch (error) {
    return { stored: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}

interface Found {
  readonly subject: EnvironmentSubject;
  /** Of itself and of those that move together with it, where the copy of its policy had to be read. */
  readonly policies: readonly EnvironmentSubject[];
}

/** By what the record remembers of its policy; an interrupted run's counts, it may be what is live. */
function findGuarded(
  stored: StoredRecord,
  { alarm, bucket, region }: AlarmCall,
): Found | undefined {
  if (stored === undefined) return undefined;
  const { intent } = stored.record;
  const guarded = [intent, stored.record].find((record) =>
    record?.remembered?.alarms.some((one) => isSame(one, alarm)),
  );
  if (guarded === undefined) return undefined;
  const subject = subjectOfRecord(guarded, { file: 'the record', bucket, region });
  return { subject, policies: [] };
}

/** By the policy itself: it got the alarm after the last generation, or the record is lost. */
async function findInCopy(
  context: Context,
  { app, environment, alarm, ...place }: AlarmCall,
): Promise<Found | undefined> {
  const stored = await context.policyCopies(place).read(app);
  if (stored === undefined) return undefined;
  // Seldom needed, and what parses policies takes long to load.
  const { readPolicies } = await import('../core/policy/read-policies.ts');
  const { policies } = readPolicies(stored.copy.files, { isPart: true });
  const subjects = subjectsOf(policies);
  const subject = subjects.find(
    (one) =>
      one.app.app === app &&
      one.environment.name === environment &&
      one.environment.guard.alarms.some((other) => isSame(other, alarm)),
  );
  return subject && { subject, policies: subjects };
}

function isSame(one: AlarmName, other: AlarmName): boolean {
  return one.name === other.name && one.region === other.region;
}
