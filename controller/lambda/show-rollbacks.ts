/** Revert pull requests of the fast lane's rollbacks. Loaded after one, where GitHub is set up, and never before. */
import { explainError } from '../core/report/failure.ts';
import type { GitHubRun } from '../core/github/run.ts';
import { sealPlanSet } from '../core/plan/plan.ts';
import { RefusedError } from '../core/errors.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import { nameMember } from '../core/state/train.ts';
import type { Context } from '../ports/context.ts';
import { openReverts } from '../show/open-reverts.ts';
import type { Log } from './log.ts';

interface RolledBack {
  /** `app/environment`. */
  readonly subjects: readonly string[];
  /** Of whoever the event is about. */
  readonly place: Place;
}

interface Place {
  readonly bucket: string;
  readonly region: string;
}

/**
 * Opens what it can, and says what it can't. Nothing is thrown: Lambda would send the event again for a
 * rollback that is done. The mark stays in the record, so the next workflow run shows the rest.
 */
export async function showRollbacks(
  { context, log }: { readonly context: Context; readonly log: Log },
  run: GitHubRun,
  { subjects, place }: RolledBack,
): Promise<void> {
  // What rolled back together with it may lie in another bucket, which only its record tells.
  const places = new Map<string, Place>();
  for (const subject of subjects) {
    try {
      const at = places.get(subject) ?? place;
      const { train } = await showOne(context, run, { subject, place: at });
      for (const member of train?.members ?? []) places.set(nameMember(member), member);
    } catch (error) {
      const message = `no revert pull request yet, the next workflow run opens it: ${explainError(error)}`;
      log({ level: 'warning', message, subject });
    }
  }
}

async function showOne(
  context: Context,
  run: GitHubRun,
  { subject, place }: { subject: string; place: Place },
): Promise<EnvironmentRecord> {
  const [app = '', environment = ''] = subject.split('/');
  const stored = await context.records(place).read(app, environment);
  if (stored === undefined) {
    throw new RefusedError(
      `s3://${place.bucket} has no record of ${subject}.`,
      'Look at the policies: it may lie in another bucket.',
    );
  }
  const { bucket, region } = place;
  const known = subjectOfRecord(stored.record, { file: 'the record', bucket, region });
  await openReverts(context, {
    run,
    environments: [{ subject: known, stored, plan: undefined }],
    outcomes: [],
    plans: sealPlanSet([]),
    policies: { directory: run.inputs['policies'] ?? 'policies', texts: [] },
  });
  return stored.record;
}
