import { applyAll } from '../apply/apply-all.ts';
import { EXIT, HeadgateError, UsageError } from '../core/errors.ts';
import type { RollbackRequest } from '../core/fast-lane/request.ts';
import { nameSubject } from '../core/plan/plan.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import { planByHand, requireRollback, setOf, type ByHand } from '../read/by-hand.ts';
import type { StoredRecord } from '../read/for-rollback.ts';
import type { Answer } from './answer.ts';

/**
 * What `headgate rollback` does, for somebody who may ask for it and do nothing else. This is what keeps
 * them to going back: to stable, or to a build that history calls stable, which is not quarantined.
 */
export async function answerRollback(
  context: Context,
  request: RollbackRequest,
): Promise<readonly Answer[]> {
  try {
    const found = await findSubject(context, request);
    const { to, reason } = request;
    const plan = () => planByHand(context, { ...found, to, reason });
    const makePlans = async () => ({ set: setOf(await plan()) });
    const planned = await plan();
    requireRollback(planned);
    const outcomes = await applyAll(setOf(planned), { context, makePlans });
    return outcomes.map((outcome) => describe(outcome, planned.notes));
  } catch (error) {
    // Somebody waits for the answer, and asks again if they want to: nothing is tried twice here.
    if (!(error instanceof HeadgateError)) throw error;
    const { message: why, next, exitCode } = error;
    const subject = `${request.app}/${request.environment}`;
    const outcome = exitCode === EXIT.unsafe ? 'refused' : 'failed';
    return [{ subject, outcome, why, next, exitCode }];
  }
}

/** By its record; where that can't be used, by the policy in force. */
async function findSubject(
  context: Context,
  { app, environment, ...place }: RollbackRequest,
): Promise<Pick<ByHand, 'subject' | 'policies'>> {
  const at = { bucket: place.bucket, region: place.region };
  const stored = await readRecord(context, at, [app, environment]);
  if (stored !== undefined) {
    const subject = subjectOfRecord(stored.record, { file: 'the record', ...at });
    return { subject, policies: [] };
  }
  const policies = await readCopied(context, at, app);
  const subject = policies.find(
    (one) => one.app.app === app && one.environment.name === environment,
  );
  if (subject !== undefined) return { subject, policies };
  throw new UsageError(
    `Neither a record nor a policy of ${app}/${environment} is in bucket ${at.bucket}.`,
    'Look at the names; a first release has nothing to go back to.',
  );
}

async function readCopied(
  context: Context,
  place: Place,
  app: string,
): Promise<readonly EnvironmentSubject[]> {
  const stored = await context.policyCopies(place).read(app);
  if (stored === undefined) return [];
  // Seldom needed, and what parses policies takes long to load.
  const { readPolicies } = await import('../core/policy/read-policies.ts');
  return subjectsOf(readPolicies(stored.copy.files, { isPart: true }).policies);
}

interface Place {
  readonly bucket: string;
  readonly region: string;
}

async function readRecord(
  context: Context,
  place: Place,
  [app, environment]: readonly [string, string],
): Promise<StoredRecord> {
  try {
    return await context.records(place).read(app, environment);
  } catch (error) {
    // A record that nobody can read must not stop a rollback.
    if (error instanceof HeadgateError) return undefined;
    throw error;
  }
}

function describe({ plan, problem, exitCode }: Outcome, notes: readonly string[]): Answer {
  return {
    subject: nameSubject(plan.subject),
    outcome: exitCode === EXIT.rolledBack ? 'rolled-back' : 'failed',
    why: plan.why,
    evidence: [...plan.evidence, ...notes],
    exitCode,
    ...(problem !== undefined && { problem }),
  };
}
