import { applyAll } from '../apply/apply-all.ts';
import { sealPlanSet, type PlanSet } from '../core/plan/plan.ts';
import type { Context } from '../ports/context.ts';
import { planForAlarm, type AlarmCall } from '../read/for-alarm.ts';
import { RetryError, type Answer } from './answer.ts';

/** Rolls back if the alarm says so, as `headgate rollback` and the guard do. Throws RetryError when the event must come again. */
export async function answerAlarm(context: Context, call: AlarmCall): Promise<Answer> {
  const first = await planForAlarm(context, call);
  if (first.kind === 'unseen') throw new RetryError(first.why);
  if (first.kind === 'nothing') return { outcome: 'nothing', why: first.why };
  const makePlans = async (): Promise<{ set: PlanSet }> => {
    const again = await planForAlarm(context, call);
    return { set: sealPlanSet(again.kind === 'roll-back' ? [again.plan] : []) };
  };
  const set = sealPlanSet([first.plan]);
  const [outcome] = await applyAll(set, { context, makePlans });
  if (outcome === undefined) throw new Error('no outcome of a rollback');
  const { status, plan, problem } = outcome;
  if (status === 'failed') throw new RetryError(problem ?? 'the rollback failed');
  return {
    outcome: plan.direction === 'rollback' ? 'rolled-back' : 'nothing',
    why: plan.why,
    evidence: plan.evidence,
    ...(problem !== undefined && { problem }),
  };
}
