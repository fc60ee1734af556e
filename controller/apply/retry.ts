import type { Clock } from '../ports/surroundings.ts';

/** Attempts of a fenced write: a rollback keeps trying longest (about 20 s, against about 3 s). */
export const ATTEMPTS = { forward: 6, rollback: 14 } as const;

const FIRST_MILLISECONDS = 100;
const LONGEST_MILLISECONDS = 2000;

/** Waits before attempt n (0: no wait): doubling, bounded, jittered so that two writers part ways. */
export async function pauseBefore(attempt: number, clock: Clock): Promise<void> {
  if (attempt === 0) return;
  const longest = Math.min(FIRST_MILLISECONDS * 2 ** (attempt - 1), LONGEST_MILLISECONDS);
  await clock.sleep(longest * (0.5 + Math.random() / 2));
}
