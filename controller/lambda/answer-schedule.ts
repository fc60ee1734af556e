import { applyAll } from '../apply/apply-all.ts';
import { EXIT } from '../core/errors.ts';
import { nameSubject } from '../core/plan/plan.ts';
import { explainError, explainFailures } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import { planScheduled } from '../read/plan-scheduled.ts';
import type { Answer } from './answer.ts';
import type { Schedule } from './event.ts';

/** Times that a policy may change while its plans are made. */
const ATTEMPTS = 3;

/** What a run on schedule is called in the history. */
const BY = 'the fast lane (schedule)';

/** Does what `reconcile` does, but for edge code. The next minute is its second try, so nothing is thrown. */
export async function answerApps(context: Context, schedule: Schedule): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const app of schedule.apps) {
    try {
      // One after the other: each reads all its environments at once.
      answers.push(...(await answerApp(context, schedule, app)));
    } catch (error) {
      answers.push({ subject: app, outcome: 'failed', why: explainError(error) });
    }
  }
  return answers;
}

async function answerApp(
  context: Context,
  { bucket, region }: Schedule,
  app: string,
): Promise<readonly Answer[]> {
  const copies = context.policyCopies({ bucket, region });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await copies.read(app);
    if (stored === undefined) {
      const why = `s3://${bucket} has no policies of ${app}: run \`headgate reconcile\` once`;
      return [{ subject: app, outcome: 'refused', why }];
    }
    const run = { by: BY, commit: stored.copy.commit };
    const own: Context = {
      ...context,
      surroundings: { ...context.surroundings, facts: async () => run },
    };
    const makePlans = () => planScheduled(own, stored.copy, run);
    const planned = await makePlans();
    const writes = planned.set.plans.some(({ changes }) => changes.length > 0);
    // A reconcile writes its policy before it moves anything: if that is still the one that these plans are
    // made by, they can't take back what a newer policy has just done.
    if (writes && (await copies.read(app))?.revision !== stored.revision) continue;
    const { failures } = planned;
    const outcomes = await applyAll(planned.set, { context: own, makePlans, failures });
    const failed = explainFailures(failures).map((why): Answer => ({
      subject: app,
      outcome: 'failed',
      why,
    }));
    return [...outcomes.map(describe), ...failed];
  }
  return [{ subject: app, outcome: 'waits', why: 'its policy kept changing' }];
}

function describe({ plan, status, exitCode, problem }: Outcome): Answer {
  return {
    subject: nameSubject(plan.subject),
    outcome: outcomeOf(status, exitCode),
    why: plan.refusals[0]?.message ?? plan.why,
    ...(plan.evidence.length > 0 && { evidence: plan.evidence }),
    ...(problem !== undefined && { problem }),
  };
}

function outcomeOf(status: Outcome['status'], exitCode: Outcome['exitCode']): Answer['outcome'] {
  if (exitCode === EXIT.rolledBack) return 'rolled-back';
  switch (status) {
    case 'applied':
      return 'applied';
    case 'unchanged':
      return 'nothing';
    case 'refused':
      return 'refused';
    case 'skipped':
      return 'waits';
    case 'failed':
      // Another run was faster; the next one sees what it did.
      return exitCode === EXIT.moved ? 'waits' : 'failed';
  }
}
