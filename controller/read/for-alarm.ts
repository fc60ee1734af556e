import { planRollback } from '../core/plan/rollback.ts';
import type { Plan } from '../core/plan/plan.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import type { AlarmName } from '../core/policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import { judgeRollout } from '../core/rollout/verdict.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback, type StoredRecord } from './for-rollback.ts';

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
  | { readonly kind: 'roll-back'; readonly plan: Plan }
  | { readonly kind: 'nothing'; readonly why: string }
  /** CloudWatch doesn't tell yet what the event says: ask again. */
  | { readonly kind: 'unseen'; readonly why: string };

/**
 * What an alarm means for its environment. The event only wakes: what counts is what the alarms say now,
 * and said since the rollout began. Asks as little as can be, because visitors wait: the record, the
 * alarms, the store's revision and its keys.
 */
export async function planForAlarm(context: Context, call: AlarmCall): Promise<AlarmAnswer> {
  const { stored, problem } = await readRecord(context, call);
  const subject = findGuarded(stored, call) ?? (await findInCopy(context, call));
  if (subject === undefined) {
    const why = problem ?? `${call.alarm.name} (${call.alarm.region}) guards no rollout here`;
    return { kind: 'nothing', why };
  }
  const [{ facts }, alarms] = await Promise.all([
    readForRollback(context, subject, stored),
    context.alarms.read(subject.environment.guard.alarms, { plain: true }),
  ]);
  const { adoption, pause, now } = facts;
  if (pause !== undefined)
    return nothing(`paused by ${pause.by} since ${pause.at}: ${pause.reason}`);
  const rollout = adoption.record?.rollout;
  if (rollout === undefined) return nothing('nothing is rolling out');
  const { guard } = subject.environment;
  const present = { alarms, entered: [], enteredUnreadable: undefined };
  const first = judgeRollout(present, guard, now);
  if (first.kind === 'fail') return rollBack(facts, first.evidence);
  const entered = await context.alarms.entered(guard.alarms, rollout.startedAt);
  const verdict = judgeRollout({ ...present, entered }, guard, now);
  if (verdict.kind === 'fail') return rollBack(facts, verdict.evidence);
  const seen = [...entered, ...alarms.filter(({ state }) => state === 'ALARM')];
  return conclude(call, {
    startedAt: rollout.startedAt,
    isSeen: seen.some((one) => isSame(one, call.alarm)),
    evidence: verdict.evidence,
  });
}

function rollBack(
  facts: Parameters<typeof planRollback>[0],
  evidence: readonly string[],
): AlarmAnswer {
  return { kind: 'roll-back', plan: planRollback(facts, { reason: 'alarm', evidence }) };
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

/** By what the record remembers of its policy; an interrupted run's counts, it may be what is live. */
function findGuarded(
  stored: StoredRecord,
  { alarm, bucket, region }: AlarmCall,
): EnvironmentSubject | undefined {
  if (stored === undefined) return undefined;
  const { intent } = stored.record;
  const guarded = [intent, stored.record].find((record) =>
    record?.remembered?.alarms.some((one) => isSame(one, alarm)),
  );
  return guarded && subjectOfRecord(guarded, { file: 'the record', bucket, region });
}

/** By the policy itself: it got the alarm after the last generation, or the record is lost. */
async function findInCopy(
  context: Context,
  { app, environment, alarm, ...place }: AlarmCall,
): Promise<EnvironmentSubject | undefined> {
  const stored = await context.policyCopies(place).read(app);
  if (stored === undefined) return undefined;
  // Seldom needed, and what parses policies takes long to load.
  const { readPolicies } = await import('../core/policy/read-policies.ts');
  const { policies } = readPolicies(stored.copy.files);
  return subjectsOf(policies).find(
    (subject) =>
      subject.environment.name === environment &&
      subject.environment.guard.alarms.some((one) => isSame(one, alarm)),
  );
}

function isSame(one: AlarmName, other: AlarmName): boolean {
  return one.name === other.name && one.region === other.region;
}
