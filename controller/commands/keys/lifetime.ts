import { UsageError } from '../../core/errors.ts';
import * as values from '../../core/policy/values.ts';

/** The seconds that `--ttl` says; left out, `usual`. */
export function readLifetime(
  written: string | boolean | undefined,
  { usual, limit, why }: { readonly usual: number; readonly limit: number; readonly why: string },
): number {
  if (written === undefined) return usual;
  const text = String(written);
  if (!values.positiveDuration.safeParse(text).success) {
    const expects = String(values.positiveDuration.meta()?.['expects']);
    throw new UsageError(`--ttl ${JSON.stringify(text)} is not ${expects}.`, 'Such as --ttl 1d');
  }
  // Tokens count in whole ones.
  const seconds = Math.ceil(values.parseSeconds(text));
  if (seconds <= limit) return seconds;
  throw new UsageError(
    `--ttl ${text} is longer than ${renderDuration(limit)}: ${why}.`,
    `Ask for ${renderDuration(limit)} or less.`,
  );
}

/** `604800` is `7d`. */
function renderDuration(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds}s`;
}
