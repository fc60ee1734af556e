import { applyAll } from '../apply/apply-all.ts';
import { EXIT } from '../core/errors.ts';
import { nameSubject, type Subject } from '../core/plan/plan.ts';
import { explainError, explainFailures } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import type { PolicyCopies } from '../ports/policy-copies.ts';
import { writes } from '../read/believe.ts';
import { planScheduled } from '../read/plan-scheduled.ts';
import type { Answer } from './answer.ts';
import type { Schedule } from './event.ts';
import type { Looks } from './looks.ts';
import { readSchedule, type Family, type StoredCopy } from './read-schedule.ts';

/** Times that a policy may change while its plans are made. */
const ATTEMPTS = 3;

/** What a run on schedule is called in the history. */
const BY = 'the fast lane (schedule)';

/** Does what `reconcile` does, but for edge code. The next minute is its second try, so nothing is thrown. */
export async function answerApps(
  context: Context,
  schedule: Schedule,
  looks: Looks,
): Promise<readonly Answer[]> {
  const { families, answers } = await readSchedule(context, schedule);
  const all = [...answers];
  for (const family of families) {
    const subject = nameFamily(family);
    try {
      // One after the other: each reads all its environments at once.
      all.push(...(await answerFamily(context, { ...schedule, looks }, family)));
    } catch (error) {
      all.push({ subject, outcome: 'failed', why: explainError(error) });
    }
  }
  return all;
}

async function answerFamily(
  context: Context,
  { bucket, region, looks }: Schedule & { readonly looks: Looks },
  family: Family,
): Promise<readonly Answer[]> {
  const copies = context.policyCopies({ bucket, region });
  let found: readonly StoredCopy[] = family;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const policies = found.map(({ copy }) => copy);
    const plan = (believes: boolean) => planScheduled(context, policies, { by: BY, believes });
    const planned = await looks.take(`${bucket} ${nameFamily(family)}`, plan);
    // A reconcile writes its policy before it moves anything: if that is still the one that these plans are
    // made by, they can't take back what a newer policy has just done.
    const now = writes(planned) ? await readAgain(copies, found) : found;
    if (now.length < found.length) break;
    if (now.some(({ revision }, index) => revision !== found[index]?.revision)) {
      found = now;
      continue;
    }
    const { failures } = planned;
    const makePlans = () => plan(false);
    const outcomes = await applyAll(planned.set, { context, makePlans, failures });
    const failed = failures.map((failure): Answer => {
      const why = explainFailures([failure]).join('; ');
      return { subject: nameApp(failure.subject), outcome: 'failed', why };
    });
    return [...outcomes.map(describe), ...failed];
  }
  const why = 'its policy kept changing, or is gone';
  return family.map(({ copy }) => ({ subject: copy.app, outcome: 'waits', why }));
}

function nameFamily(family: Family): string {
  return family.map(({ copy }) => copy.app).join(', ');
}

/** Those that are still there. */
async function readAgain(
  copies: PolicyCopies,
  found: readonly StoredCopy[],
): Promise<readonly StoredCopy[]> {
  const read = await Promise.all(found.map(({ copy }) => copies.read(copy.app)));
  return read.flatMap((stored) => stored ?? []);
}

function nameApp(subject: Subject): string {
  return subject.kind === 'environment' ? subject.app : nameSubject(subject);
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
