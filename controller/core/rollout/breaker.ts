/** Stops rollouts where they keep failing: what is released next would most likely fail as well. */
import type { BreakerPolicy } from '../policy/policy.ts';
import type { RollbackSeen } from '../state/record.ts';
import type { Block } from './blocked.ts';

/**
 * The rollbacks that tripped the breaker, newest first; none: it isn't tripped. Time doesn't mend it:
 * with nothing released, nothing could be learned. A lift forgets that rollback and all before it.
 */
function findTrip(
  rollbacks: readonly RollbackSeen[],
  { rollbacks: limit, lift }: BreakerPolicy,
): readonly RollbackSeen[] {
  if (limit === 0) return [];
  const lifted = rollbacks.find(
    (one) => one.rollback === lift?.rollback && one.early?.includes(lift.reason) !== true,
  );
  const counted = rollbacks.filter((one) => one.rollback > (lifted?.rollback ?? 0));
  return counted.length < limit ? [] : counted;
}

/** Why no rollout starts, with the way out; none: it isn't tripped. */
export function findTripBlock(
  rollbacks: readonly RollbackSeen[],
  breaker: BreakerPolicy,
): readonly Block[] {
  const [last, ...others] = findTrip(rollbacks, breaker);
  if (last === undefined) return [];
  const numbers = [last, ...others].map(({ rollback }) => rollback).toReversed();
  const count = numbers.length === 1 ? '1 rollback' : `${numbers.length} rollbacks`;
  const why = `the breaker is open: ${count} within a day (${numbers.join(', ')})`;
  const lift = `guard: { breaker: { lift: { rollback: ${last.rollback}, reason: why it is safe now } } }`;
  return [
    {
      kind: 'breaker',
      why,
      wayOut: `When it is clear why they failed, lift it: \`${lift}\``,
      since: last.at,
    },
  ];
}

/** For the history of the rollout that starts because of it. */
export function describeLift(
  rollbacks: readonly RollbackSeen[],
  breaker: BreakerPolicy,
): readonly string[] {
  const { lift, ...strict } = breaker;
  const isLifted = findTrip(rollbacks, strict).length > findTrip(rollbacks, breaker).length;
  return lift !== undefined && isLifted
    ? [`breaker lifted (rollback ${lift.rollback}): ${lift.reason}`]
    : [];
}
