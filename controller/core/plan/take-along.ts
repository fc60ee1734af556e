import type { EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';
import { planRollback, type RollbackCause } from './rollback.ts';

/** Why an environment goes back that moves together with others: one of them does. */
export interface First {
  /** Such as `shop/prod`. */
  readonly member: string;
  readonly cause: Pick<RollbackCause, 'reason' | 'evidence'>;
}

/**
 * The rollbacks of all that roll out together with one that goes back. What is idle or held stays: of what
 * went out with the other it has nothing.
 */
export function takeAlong(
  mates: readonly EnvironmentFacts[],
  { member, cause }: First,
): readonly Plan[] {
  const evidence = [`${member} goes back, together with which it moves`, ...cause.evidence];
  return mates
    .filter(({ adoption }) => adoption.record?.rollout !== undefined)
    .map((facts) => planRollback(facts, { reason: cause.reason, evidence }))
    .filter(({ direction }) => direction === 'rollback');
}
