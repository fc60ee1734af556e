import { nameSubject, type Plan, type PlanSet } from '../core/plan/plan.ts';
import type { Outcome } from '../core/report/outcome.ts';
import { applyPlan } from './apply.ts';
import { applyRollback } from './apply-rollback.ts';
import { applyTrain } from './apply-train.ts';
import type { Around } from './around.ts';
import { findBlock } from './block.ts';
import { concludeDone, concludeFailed } from './conclude.ts';
import { tellAll } from './tell.ts';

/** Carries out every plan in order, those of one train together; one that fails leaves the others going. */
export async function applyAll(set: PlanSet, around: Around): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const plans of groupByTrain(set.plans)) {
    tellProgress(plans, around);
    const [plan, ...others] = plans;
    // In order: rollbacks first, and no route before the edge code it may need.
    const isAlone = others.length === 0 && !isRollbackInStore(plan);
    const done = isAlone
      ? [await applyOne(plan, outcomes, around)]
      : await applyTrain(plans, outcomes, around);
    outcomes.push(...done);
  }
  await tellAll(
    outcomes.flatMap(({ plan }) => plan.tell ?? []),
    around.context,
  );
  return outcomes;
}

/** Each train where the first of it stands. */
function groupByTrain(plans: readonly Plan[]): readonly (readonly [Plan, ...Plan[]])[] {
  return plans.flatMap((plan, index) => {
    const id = idOf(plan);
    if (id === undefined) return [[plan] as const];
    const isFirst = plans.findIndex((other) => idOf(other) === id) === index;
    const others = plans.filter((other) => other !== plan && idOf(other) === id);
    return isFirst ? [[plan, ...others] as const] : [];
  });
}

/** When another run comes between, there may be more to roll back with it than there was. */
function isRollbackInStore({ direction, changes }: Plan): boolean {
  return direction === 'rollback' && changes.some(({ kind }) => kind === 'write-route');
}

function idOf({ train }: Plan): string | undefined {
  return train?.id;
}

function tellProgress(plans: readonly Plan[], { context: { terminal } }: Around): void {
  const writes = plans.reduce((sum, { changes }) => sum + changes.length, 0);
  const names = plans.map(({ subject }) => nameSubject(subject)).join(', ');
  if (writes > 0) terminal.progress(`${names}: ${writes} write(s)`);
}

async function applyOne(plan: Plan, before: readonly Outcome[], around: Around): Promise<Outcome> {
  const block = findBlock(plan, before, around);
  if (block !== undefined) return { plan, status: 'skipped', ...block };
  try {
    if (plan.direction === 'rollback') return await applyRollback(plan, around);
    await applyPlan(plan, around.context);
    return concludeDone(plan);
  } catch (error) {
    return concludeFailed(plan, error);
  }
}
