import { madeAt } from '../../../edge/contract/kid.ts';

/** Which master keys are live, and when the next may be made. A kid is the time it was made. */

/** Two are live, so that what the older one signed stays valid while the newer one signs. */
export const LIVE_KEYS = 2;

/**
 * The time in milliseconds, base 36, after a letter: `kmm6zh1c0` (March 2026). Kids of one environment
 * grow even when the clocks of two runners disagree.
 */
export function makeKid(now: Date, newest: string | undefined): string {
  const after = newest === undefined ? 0 : madeAt(newest) + 1;
  return `k${Math.max(now.getTime(), after).toString(36)}`;
}

/** A new key begins to sign within this time, or is replaced: how long it took is stored nowhere. */
export const PROMOTED_WITHIN_SECONDS = 86_400;

/**
 * When the keys beyond the live ones may go: a key signs until the next newer one does, and what it
 * signed last is valid for `lifetimeSeconds` from then. undefined: now.
 *
 * Worked example: with previews of 7 days and kids of 1 March and 4 March, a third key would drop
 * that of 1 March, which signed until 5 March at the latest: not before 12 March.
 */
export function mayDropAt(
  kids: readonly string[],
  lifetimeSeconds: number,
  now: Date,
): Date | undefined {
  const replacedBy = kids[LIVE_KEYS - 1];
  if (kids.length <= LIVE_KEYS || replacedBy === undefined || lifetimeSeconds === 0) {
    return undefined;
  }
  const at = madeAt(replacedBy) + (PROMOTED_WITHIN_SECONDS + lifetimeSeconds) * 1000;
  return at > now.getTime() ? new Date(at) : undefined;
}
