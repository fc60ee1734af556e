/** The guard's rollbacks that the breaker may still count. */
import type { BreakerPolicy } from '../policy/policy.ts';
import type { RollbackSeen } from './record.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** As many as a policy can ask for. */
const REMEMBERED_LIMIT = 20;

/** With one more, newest first: those of the day before it, which is all that can still count. */
export function addRollback(
  known: readonly RollbackSeen[],
  last: RollbackSeen,
): readonly RollbackSeen[] {
  const others = known.filter(
    ({ rollback, at }) =>
      rollback !== last.rollback && Date.parse(last.at) - Date.parse(at) < DAY_MILLISECONDS,
  );
  return [last, ...others].slice(0, REMEMBERED_LIMIT);
}

/** As `markEarly` of quarantines: a lift that the policy has already can't be meant for this one. */
export function markEarlyLift(
  seen: RollbackSeen,
  rollback: number,
  { lift }: { readonly lift?: BreakerPolicy['lift'] | undefined },
): RollbackSeen {
  const isEarly = seen.rollback === rollback && lift?.rollback === rollback;
  return isEarly ? { ...seen, early: [lift.reason] } : seen;
}
