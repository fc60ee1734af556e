/** Where a run did something else than was reviewed: what is live had moved meanwhile. */
import { isGroupName, nameSubject, type Plan } from '../plan/plan.ts';
import type { Outcome } from '../report/outcome.ts';
import type { ReviewedPlan } from './reviewed-plan.ts';

export interface Difference {
  /** As `nameSubject` says. */
  readonly name: string;
  /** What it was to serve; undefined: the comment had no room to remember. */
  readonly reviewed: string | undefined;
  readonly now: string;
  /** `applied`, or why not. */
  readonly outcome: string;
  readonly why: string;
}

/**
 * Of the subjects that the reviewer saw moving or kept back. What is equal to the letter, or is there
 * already because another run has done it, is no difference; what was none of the review's business (a step
 * that came due meanwhile) isn't one, either.
 */
export function comparePlans(
  { subjects }: Pick<ReviewedPlan, 'subjects'>,
  plans: readonly Plan[],
  outcomes: readonly Outcome[],
): readonly Difference[] {
  const leavesCode = !plans.some(({ subject }) => subject.kind === 'group');
  return subjects.flatMap(({ name, checksum, to }) => {
    const plan = plans.find((one) => nameSubject(one.subject) === name);
    // `reconcile --only routes`: edge code is another job's.
    if (plan === undefined && leavesCode && isGroupName(name)) return [];
    if (plan === undefined) {
      const why = 'It could not be planned, or the policies have it no longer.';
      return [{ name, reviewed: to, now: 'unknown', outcome: 'not planned', why }];
    }
    const isDone = plan.changes.length === 0 && plan.refusals.length === 0 && plan.to === to;
    if (plan.checksum === checksum || isDone) return [];
    const outcome = outcomes.find((one) => nameSubject(one.plan.subject) === name);
    return [
      { name, reviewed: to, now: plan.to, outcome: describe(plan, outcome), why: whyOf(plan) },
    ];
  });
}

function describe(plan: Plan, outcome: Outcome | undefined): string {
  switch (outcome?.status) {
    case 'applied':
      return plan.direction === 'rollback' ? 'rolled back' : 'done';
    case 'failed':
    case 'skipped':
      return `${outcome.status}: ${outcome.problem ?? 'see the run'}`;
    case 'refused':
    case 'unchanged':
      return outcome.status;
    case undefined:
      return 'unknown';
  }
}

function whyOf({ refusals, why }: Plan): string {
  return refusals[0]?.message ?? why;
}
