import { RefusedError } from '../core/errors.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback } from './for-rollback.ts';

/** The record and the live route, both: who leaves goes by what visitors have, and must know it. */
export async function readForEjection(
  context: Context,
  subject: EnvironmentSubject,
): Promise<EnvironmentFacts> {
  const { facts, problems } = await readForRollback(context, subject);
  if (problems.length === 0) return facts;
  throw new RefusedError(
    `${problems.join('; ')}.`,
    'What visitors have is not known without it. Nothing was changed; run the command again then.',
  );
}
