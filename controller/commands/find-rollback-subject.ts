import { UsageError } from '../core/errors.ts';
import { subjectOfRecord, type RecordPlace } from '../core/plan/subject-of-record.ts';
import type { AppPlace } from '../core/policy/places.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments } from './command.ts';
import { loadPolicies, type LoadedPolicies, WITHOUT_POLICIES } from './load-policies.ts';

const NEXT =
  'Say where its record is: headgate rollback <app> <environment> --bucket <bucket> --region <region>';

export interface RollbackSubject {
  readonly subject: EnvironmentSubject;
  /** What the policies have, as far as they can be used. */
  readonly policies: readonly EnvironmentSubject[];
}

/**
 * The environment to roll back: by its policy, or where that is missing or has an issue by its record,
 * which is where the policy's file, or the command line, says.
 */
export async function findRollbackSubject(
  { positionals, values }: Arguments,
  context: Context,
): Promise<RollbackSubject> {
  const [app, environment, ...rest] = positionals;
  if (app === undefined || environment === undefined || rest.length > 0) {
    throw new UsageError(
      'rollback needs an app and an environment.',
      'For example: headgate rollback shop prod',
    );
  }
  const isPlaced = values['bucket'] !== undefined;
  const loaded = isPlaced
    ? undefined
    : await loadPolicies(context.files, String(values['policies']), { instead: WITHOUT_POLICIES });
  const policies = loaded === undefined ? [] : subjectsOf(loaded.policies);
  const usable = policies.find(
    (one) => one.app.app === app && one.environment.name === environment,
  );
  if (usable !== undefined) return { subject: usable, policies };
  const names = policies.map((one) => `${one.app.app}/${one.environment.name}`);
  const known = names.length === 0 ? '' : `; the policies have ${names.join(', ')}`;
  const place = isPlaced ? placeOf(values) : findPlace(loaded, app);
  if (place === undefined) {
    throw new UsageError(`No policy says where ${app}/${environment} is${known}.`, NEXT);
  }
  const stored = await context.records(place).read(app, environment);
  if (stored === undefined) {
    throw new UsageError(
      `There is no record of ${app}/${environment} in bucket ${place.bucket}${known}.`,
      NEXT,
    );
  }
  context.terminal.note(
    `note: no usable policy for ${app}/${environment}: hosts and store are those of its record`,
  );
  return { subject: subjectOfRecord(stored.record, place), policies };
}

function placeOf(values: Arguments['values']): RecordPlace {
  const { bucket, region } = values;
  if (typeof region !== 'string') throw new UsageError('--bucket needs --region.', NEXT);
  return { file: 'the command line', bucket: String(bucket), region };
}

function findPlace(loaded: LoadedPolicies | undefined, app: string): AppPlace | undefined {
  return loaded?.places.find((place) => place.app === app);
}
