import { ConflictError, EXIT } from '../core/errors.ts';
import { gravestExit, nameSubject, type Plan, type PlanSet } from '../core/plan/plan.ts';
import { explainError, exitCodeOf } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import { applyPlan } from './apply.ts';

/** A rollback that meets a moving edge is made anew from what it finds, this many times. */
const ROLLBACK_ATTEMPTS = 5;

interface Surroundings {
  readonly context: Context;
  /** Reads everything again. */
  readonly makePlans: () => Promise<{ readonly set: PlanSet }>;
}

/** Carries out every plan in order; one that fails leaves the others going. */
export async function applyAll(set: PlanSet, around: Surroundings): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const plan of set.plans) {
    const { terminal } = around.context;
    if (plan.changes.length > 0) {
      terminal.progress(`${nameSubject(plan.subject)}: ${plan.changes.length} write(s)`);
    }
    // In order: rollbacks first, and no route before the edge code it may need.
    outcomes.push(await applyOne(plan, outcomes, around));
  }
  return outcomes;
}

async function applyOne(
  plan: Plan,
  before: readonly Outcome[],
  around: Surroundings,
): Promise<Outcome> {
  const blocked = plan.direction === 'forward' ? findFailedGroup(plan, before) : undefined;
  if (blocked !== undefined) {
    const problem = `waits for ${nameSubject(blocked.plan.subject)}, whose edge code could not be published`;
    return { plan, status: 'skipped', exitCode: blocked.exitCode, problem };
  }
  try {
    if (plan.direction === 'rollback') return await applyRollback(plan, around);
    await applyPlan(plan, around.context);
    return summarise(plan);
  } catch (error) {
    return { plan, status: 'failed', exitCode: exitCodeOf(error), problem: explainError(error) };
  }
}

function summarise(plan: Plan): Outcome {
  if (plan.refusals.length > 0) {
    const exitCode = gravestExit(plan.refusals.map((refusal) => refusal.exitCode));
    return { plan, status: 'refused', exitCode };
  }
  const status = plan.changes.length > 0 ? 'applied' : 'unchanged';
  return { plan, status, exitCode: EXIT.done };
}

/** Someone else's write must not stop a rollback: it is planned again on top of what they wrote. */
async function applyRollback(first: Plan, around: Surroundings): Promise<Outcome> {
  let plan = first;
  for (let attempt = 1; ; attempt++) {
    try {
      await applyPlan(plan, around.context);
      return { plan, status: 'applied', exitCode: EXIT.rolledBack };
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === ROLLBACK_ATTEMPTS) throw error;
    }
    const again = await replan(plan, around);
    // The other writer brought stable back itself: what is left to do (the record) is a repair.
    if (again?.direction !== 'rollback') {
      if (again !== undefined) await applyPlan(again, around.context);
      return { plan: again ?? plan, status: 'applied', exitCode: EXIT.rolledBack };
    }
    plan = again;
  }
}

async function replan(plan: Plan, around: Surroundings): Promise<Plan | undefined> {
  const { set } = await around.makePlans();
  const name = nameSubject(plan.subject);
  return set.plans.find((candidate) => nameSubject(candidate.subject) === name);
}

function findFailedGroup(plan: Plan, before: readonly Outcome[]): Outcome | undefined {
  return before.find(
    (outcome) =>
      outcome.status === 'failed' &&
      outcome.plan.subject.kind === 'group' &&
      outcome.plan.subject.group === plan.group,
  );
}
