import { UsageError } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments } from './command.ts';
import { loadPolicies, WITHOUT_POLICIES } from './load-policies.ts';

/** Where the record and the history of an environment are. */
export interface RecordPlaceFound {
  readonly app: string;
  readonly environment: string;
  readonly bucket: string;
  readonly region: string;
}

/**
 * By `<app> <environment>` and the policy, of which app, bucket and region are enough: what happened
 * can be read while the policy is wrong. Without any by `--bucket` and `--region`.
 */
export async function findRecordPlace(
  { positionals, values }: Arguments,
  context: Context,
  command: string,
): Promise<RecordPlaceFound> {
  const [app, environment, ...rest] = positionals;
  if (app === undefined || environment === undefined || rest.length > 0) {
    throw new UsageError(
      `${command} needs an app and an environment.`,
      `For example: headgate ${command} shop prod`,
    );
  }
  const { bucket, region } = values;
  if (bucket === undefined && region === undefined) {
    return findInPolicies({ app, environment, command }, String(values['policies']), context);
  }
  if (typeof bucket === 'string' && typeof region === 'string') {
    return { app, environment, bucket, region };
  }
  throw new UsageError(
    '--bucket and --region go together.',
    `For example: headgate ${command} ${app} ${environment} --bucket acme-web-builds --region us-east-1`,
  );
}

async function findInPolicies(
  { app, environment, command }: { app: string; environment: string; command: string },
  directory: string,
  context: Context,
): Promise<RecordPlaceFound> {
  const { places } = await loadPolicies(context.files, directory, { instead: WITHOUT_POLICIES });
  const place = places.find((one) => one.app === app && one.environments.includes(environment));
  if (place !== undefined) {
    return { app, environment, bucket: place.bucket, region: place.region };
  }
  const names = places.flatMap((one) => one.environments.map((name) => `${one.app} ${name}`));
  throw new UsageError(
    `No usable policy for ${app} ${environment}; there is ${names.join(', ') || 'none'}.`,
    `For example: headgate ${command} ${names[0] ?? '<app> <environment> --bucket <bucket> --region <region>'}`,
  );
}
