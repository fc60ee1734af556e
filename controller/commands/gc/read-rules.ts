import { UsageError } from '../../core/errors.ts';
import type { Rules } from '../../core/gc/facts.ts';
import type { Arguments } from '../command.ts';
import { readDuration } from '../read-duration.ts';

/** All but what GitHub says. */
export type Grace = Omit<Rules, 'pullRequests'>;

const HOUR_SECONDS = 3600;

/** By `--keep`, `--younger` and `--grace`. */
export function readRules(values: Arguments['values']): Grace {
  const newest = Number(values['keep'] ?? 20);
  if (!Number.isSafeInteger(newest) || newest < 1) {
    throw new UsageError(
      `--keep must be a whole number from 1 on, not ${String(values['keep'])}.`,
      'For example: --keep 20',
    );
  }
  const graceSeconds = readDuration('grace', values['grace'] ?? '24h') ?? 0;
  if (graceSeconds < HOUR_SECONDS) {
    throw new UsageError(
      `--grace must be 1h or more, not ${String(values['grace'])}: it covers runs and requests that are under way.`,
      'For example: --grace 24h',
    );
  }
  const youngerSeconds = readDuration('younger', values['younger'] ?? '30d') ?? 0;
  return { newest, youngerSeconds, graceSeconds };
}
