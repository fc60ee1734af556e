import { UsageError } from '../core/errors.ts';
import * as names from '../core/policy/values.ts';
import type { Place } from '../ports/context.ts';
import type { Arguments } from './command.ts';

/** Where the builds of an app are, as the command line says, and what is wrong with that. */
export interface PlaceRead {
  readonly app: string;
  readonly place: Place;
  readonly problems: readonly string[];
}

/** `--bucket`, `--app` and `--region`. */
export function readPlace(values: Arguments['values']): PlaceRead {
  const read = (name: string): string => String(values[name] ?? '');
  const [bucket, app, region] = [read('bucket'), read('app'), read('region')];
  const problems = [
    ...checkFlag('bucket', bucket, names.bucket),
    ...checkFlag('app', app, names.appName),
    ...(region === '' ? [] : checkFlag('region', region, names.region)),
  ];
  return { app, place: { bucket, region: region === '' ? undefined : region }, problems };
}

/** A flag has the rules of the policy field of the same name. */
export function checkFlag(
  name: string,
  value: string,
  rule: typeof names.build,
): readonly string[] {
  if (value === '') return [`--${name} is missing`];
  if (rule.safeParse(value).success) return [];
  return [`--${name} ${JSON.stringify(value)} is not ${String(rule.meta()?.['expects'])}`];
}

/** All that is wrong with the arguments, at once. */
export function refuseArguments(problems: readonly string[], next: string): void {
  if (problems.length > 0) throw new UsageError(`${problems.join('; ')}.`, next);
}
