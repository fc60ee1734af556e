import { ConflictError } from '../core/errors.ts';
import type { WriteRoute } from '../core/plan/change.ts';
import type { Plan, PlanSet } from '../core/plan/plan.ts';
import { explainError } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';
import { applyRollback, concludeRollback, findPlan, ROLLBACK_ATTEMPTS } from './apply-rollback.ts';
import type { Around } from './around.ts';
import { concludeFailed } from './conclude.ts';
import { writeRoutes, type LeftOut } from './write-route.ts';

/**
 * Rolls several environments back: one write for all of them first, then each one's records. What another
 * run moved meanwhile is planned again with all the others, so that those that belong together go back in
 * one write.
 */
export async function rollBackTrain(
  first: readonly Plan[],
  around: Around,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let plans = first;
  for (let attempt = 1; plans.length > 0; attempt++) {
    const written = await tryRoutes(plans, around);
    if (!('error' in written)) {
      for (const plan of plans) outcomes.push(await finish(plan, written.leftOut, around));
      return outcomes;
    }
    const { error } = written;
    const isMoved = error instanceof ConflictError && attempt < ROLLBACK_ATTEMPTS;
    const again = isMoved ? await replanAll(around) : NO_PLANS;
    const next = findNext(again, plans);
    for (const plan of plans) {
      const found = findPlan(again, plan);
      if (found !== undefined && next.includes(found)) continue;
      outcomes.push(await concludeEach(plan, { error, again: found }, around));
    }
    plans = next;
  }
  return outcomes;
}

const NO_PLANS = { plans: [] };

/** When nothing can be read any more, what the edge serves still tells what became of each. */
async function replanAll({ makePlans, context }: Around): Promise<Pick<PlanSet, 'plans'>> {
  try {
    return (await makePlans()).set;
  } catch (error) {
    context.terminal.note(`A rollback could not be planned again: ${explainError(error)}`);
    return NO_PLANS;
  }
}

/** The rollbacks that are still to be made, and those that belong to them now. */
function findNext({ plans }: Pick<PlanSet, 'plans'>, before: readonly Plan[]): readonly Plan[] {
  const found = before.flatMap((plan) => {
    const again = findPlan({ plans }, plan);
    return again?.direction === 'rollback' ? [again] : [];
  });
  const ids = found.flatMap(({ train }) => (train?.together === true ? [train.id] : []));
  const joined = plans.filter(({ train }) => train !== undefined && ids.includes(train.id));
  return [...new Set([...found, ...joined])];
}

async function tryRoutes(
  plans: readonly Plan[],
  { context }: Around,
): Promise<{ readonly leftOut: LeftOut } | { readonly error: unknown }> {
  const isWhole = plans.length === 1 || plans.some(({ train }) => train?.together === true);
  const [first, ...others] = plans.flatMap((plan) => routeOf(plan) ?? []);
  if (first === undefined) return { leftOut: new Map() };
  try {
    const how = { isRollback: true, isWhole };
    return { leftOut: await writeRoutes([first, ...others], context, how) };
  } catch (error) {
    return { error };
  }
}

function routeOf({ changes }: Plan): WriteRoute | undefined {
  return changes.find((change) => change.kind === 'write-route');
}

/** One that was left out, because it alone had moved, is planned again by itself. */
async function finish(plan: Plan, leftOut: LeftOut, around: Around): Promise<Outcome> {
  const route = routeOf(plan);
  const written = route !== undefined && leftOut.has(route) ? undefined : route;
  try {
    return await applyRollback(plan, around, written);
  } catch (error) {
    return concludeFailed(plan, error);
  }
}

async function concludeEach(
  plan: Plan,
  found: { readonly error: unknown; readonly again: Plan | undefined },
  around: Around,
): Promise<Outcome> {
  try {
    return await concludeRollback(plan, found, around);
  } catch (error) {
    return concludeFailed(plan, error);
  }
}
