import { UsageError } from '../core/errors.ts';
import { parseSeconds, positiveDuration } from '../core/policy/values.ts';
import type { Arguments } from './command.ts';

/** Seconds that `--<name> 10m` says; undefined: it isn't there. */
export function readDuration(
  name: string,
  written: Arguments['values'][string],
): number | undefined {
  if (written === undefined) return undefined;
  const text = String(written);
  if (positiveDuration.safeParse(text).success) return parseSeconds(text);
  const expects = String(positiveDuration.meta()?.['expects']);
  throw new UsageError(
    `--${name} ${JSON.stringify(text)} is not ${expects}.`,
    `For example: --${name} 10m`,
  );
}
