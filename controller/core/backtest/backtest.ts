/** Past rollouts under a policy: what it would have done, beside what was done. */
import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Event, HistoryEntry, RollbackSeen } from '../state/record.ts';
import type { AlarmRecord, AlarmTransition } from './alarm-record.ts';
import { listPastRollouts, listQuoted, type PastRollout } from './past-rollouts.ts';
import { replay, type LoggedVisitors, type Replayed } from './replay.ts';

export interface Backtested extends Replayed {
  readonly build: string;
  readonly generation: number;
  readonly startedAt: string;
  /** What was done; undefined: it goes on. */
  readonly was: { readonly event: Event; readonly at: string; readonly why: string } | undefined;
  /** It would have ended in another way. */
  readonly differs: boolean;
  /** From then on the alarms saw visitors without the canary, so that nothing more could be learned. ISO 8601. */
  readonly blindFrom?: string;
}

export interface BacktestFacts {
  readonly policy: EnvironmentPolicy;
  readonly history: readonly HistoryEntry[];
  readonly alarms: AlarmRecord;
  /** Of rollouts, by the generation that they began with. */
  readonly visitors?: ReadonlyMap<number, LoggedVisitors>;
  readonly since: Date;
  readonly now: Date;
}

/** The oldest first. */
export function backtest(facts: BacktestFacts): readonly Backtested[] {
  const { policy, history, since, now } = facts;
  const alarms = withQuoted(facts);
  const rollbacks: RollbackSeen[] = [];
  return listPastRollouts(history, { since, now }).map((rollout) => {
    const visitors = facts.visitors?.get(rollout.generation);
    const replayed = replay(rollout, { policy, alarms, rollbacks, visitors });
    const last = replayed.events.at(-1);
    if (replayed.outcome === 'rolled-back' && last !== undefined) {
      rollbacks.unshift({ rollback: rollout.generation, at: last.at });
    }
    return { ...describePast(rollout), ...replayed, ...compare(rollout, replayed) };
  });
}

function withQuoted({ policy, history, alarms }: BacktestFacts): AlarmRecord {
  // Of an entry that both know CloudWatch's own stays.
  const all = [...listQuoted(history, policy.guard.alarms), ...alarms.transitions];
  const once = [...new Map(all.map((one) => [keyOf(one), one])).values()];
  return { ...alarms, transitions: once.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)) };
}

/** An entry is the same at the same time, however it is known. */
function keyOf({ region, name, to, at }: AlarmTransition): string {
  return JSON.stringify([region, name, to, Date.parse(at)]);
}

function describePast({ canary, generation, startedAt, ended }: PastRollout) {
  const was = ended && { event: ended.event, at: ended.at, why: ended.why };
  return { build: canary.build, generation, startedAt, was };
}

function compare(
  { ended }: PastRollout,
  { outcome, events }: Replayed,
): Pick<Backtested, 'differs' | 'blindFrom'> {
  const isGuards = ended?.event === 'rolled-back' && !ended.why.includes('(manual)');
  const last = events.at(-1);
  const wentOn =
    isGuards &&
    last !== undefined &&
    (outcome === 'cut' || Date.parse(last.at) > Date.parse(ended.at));
  return { differs: differs(ended, outcome), ...(wentOn && { blindFrom: ended.at }) };
}

function differs(ended: HistoryEntry | undefined, outcome: Replayed['outcome']): boolean {
  if (ended?.event === 'rollout-finished') return outcome !== 'released';
  if (ended?.event === 'rolled-back' && !ended.why.includes('(manual)')) {
    return outcome !== 'rolled-back';
  }
  // Superseded, ended by a person, or on its way: the same if the replay got as far.
  return outcome !== 'cut' && outcome !== 'waiting';
}
