/** A release that the policy asks for and that something keeps from beginning. */
import type { EnvironmentFacts } from '../plan/facts.ts';
import type { Plan } from '../plan/plan.ts';
import type { Build } from '../state/build.ts';
import { applyLifts, findQuarantine } from '../state/quarantine.ts';

export type Start =
  | { readonly kind: 'kept-back'; readonly build: Build; readonly why: string }
  | { readonly kind: 'none' };

/**
 * What waits for an alarm, a freeze, another environment or a person. A build that isn't published, or is
 * barred, doesn't wait: nothing but an edit of the policy changes that. Nor does a first release, which
 * has no record yet that could remember it.
 */
export function findStart(facts: EnvironmentFacts, plan: Plan): Start {
  const { adoption, builds, environment } = facts;
  const { record } = adoption;
  const build = builds.get(environment.release.build)?.build;
  if (record === undefined || build === undefined || plan.direction === 'rollback') {
    return { kind: 'none' };
  }
  const lifted = applyLifts(record.quarantine, environment.quarantine);
  const isBarred = findQuarantine(lifted, build) !== undefined;
  const isServed = [record.stable, record.rollout?.canary].some(
    (one) => one?.digest === build.digest,
  );
  if (isServed || isBarred || starts(plan, build)) return { kind: 'none' };
  return { kind: 'kept-back', build, why: plan.refusals[0]?.message ?? plan.why };
}

function starts({ changes }: Plan, { digest }: Build): boolean {
  return changes.some(
    (change) => change.kind === 'write-record' && change.record.rollout?.canary.digest === digest,
  );
}
