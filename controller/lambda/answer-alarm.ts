import { applyAll } from '../apply/apply-all.ts';
import { nameSubject, sealPlanSet, type PlanSet } from '../core/plan/plan.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import { planForAlarm, type AlarmAnswer, type AlarmCall } from '../read/for-alarm.ts';
import { RetryError, type Answer } from './answer.ts';

/**
 * Rolls back if the alarm says so, as `headgate rollback` and the guard do, with all that move together
 * with it in the same write. Throws RetryError when the event must come again.
 */
export async function answerAlarm(context: Context, call: AlarmCall): Promise<readonly Answer[]> {
  const first = await planForAlarm(context, call);
  if (first.kind === 'unseen') throw new RetryError(first.why);
  if (first.kind === 'nothing') return [{ outcome: 'nothing', why: first.why }];
  const makePlans = async () => ({ set: plansOf(await planForAlarm(context, call)) });
  const outcomes = await applyAll(plansOf(first), { context, makePlans });
  const failed = outcomes.find(({ status }) => status === 'failed');
  if (failed !== undefined) throw new RetryError(failed.problem ?? 'the rollback failed');
  return outcomes.map((outcome) => describe(outcome, first));
}

function plansOf(answer: AlarmAnswer): PlanSet {
  return sealPlanSet(answer.kind === 'roll-back' ? [answer.plan, ...answer.mates] : []);
}

function describe(
  { plan, problem }: Outcome,
  first: Extract<AlarmAnswer, { kind: 'roll-back' }>,
): Answer {
  const subject = nameSubject(plan.subject);
  const isOwn = subject === nameSubject(first.plan.subject);
  const problems = [...(problem === undefined ? [] : [problem]), ...(isOwn ? first.problems : [])];
  return {
    subject,
    outcome: plan.direction === 'rollback' ? 'rolled-back' : 'nothing',
    why: plan.why,
    evidence: plan.evidence,
    ...(problems.length > 0 && { problem: problems.join('; ') }),
  };
}
