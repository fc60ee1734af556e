import { EXIT } from '../core/errors.ts';
import { gravestExit, type Plan } from '../core/plan/plan.ts';
import { explainError, exitCodeOf } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';

/** Of a plan that was carried out, all of it. */
export function concludeDone(plan: Plan): Outcome {
  if (plan.refusals.length > 0) {
    const exitCode = gravestExit(plan.refusals.map((refusal) => refusal.exitCode));
    return { plan, status: 'refused', exitCode };
  }
  const status = plan.changes.length > 0 ? 'applied' : 'unchanged';
  return { plan, status, exitCode: EXIT.done };
}

export function concludeFailed(plan: Plan, error: unknown): Outcome {
  return { plan, status: 'failed', exitCode: exitCodeOf(error), problem: explainError(error) };
}
