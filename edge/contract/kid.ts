/** Names of signing keys: a letter and the time they were made, in milliseconds and base 36. */

/**
 * Assumed: so long after it was written, every edge location reads a value of a KeyValueStore. AWS says
 * "within a few seconds".
 */
export const SPREAD_SECONDS = 60;

/** Milliseconds since the epoch. */
export function madeAt(kid: string): number {
  return parseInt(kid.slice(1), 36);
}

/**
 * When a key that Lambda@Edge reads from SSM begins to sign, in milliseconds: every instance has read
 * its keys anew by then, so that whatever one signs the others know.
 */
export function signsFrom(kid: string, maxAgeSeconds: number): number {
  return madeAt(kid) + (maxAgeSeconds + SPREAD_SECONDS) * 1000;
}

/** Which of the live keys (newest first) signs: the newest, unless it is too young for it. */
export function orderToSign<Key extends { readonly kid: string }>(
  keys: readonly Key[],
  { now, maxAgeSeconds }: { readonly now: number; readonly maxAgeSeconds: number },
): readonly Key[] {
  const [newest, former] = keys;
  if (newest === undefined || former === undefined) return keys;
  return signsFrom(newest.kid, maxAgeSeconds) > now ? [former, newest] : [newest, former];
}
