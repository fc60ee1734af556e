import type { EnvironmentPolicy } from '../policy/policy.ts';

/** A priority token lives at most this long; sooner, the gate's `since` revokes all. */
export const PRIORITY_SECONDS_LIMIT = 30 * 86_400;

/** How long after its signing any token of this environment may still be valid, in seconds. */
export function longestLifetime({ preview, gate }: EnvironmentPolicy): number {
  return Math.max(
    preview.access === 'signed' ? preview.ttlSeconds : 0,
    gate === undefined ? 0 : gate.capSeconds,
    gate?.priority === undefined ? 0 : PRIORITY_SECONDS_LIMIT,
  );
}
