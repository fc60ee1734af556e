import { HeadgateError, UnansweredError } from '../core/errors.ts';
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

/**
 * Tries a fenced write until it says that it is done; false: it gave up, because others kept writing.
 * What we know (moved, refused, not allowed) ends it. An unanswered write may have been carried out: the
 * next attempt looks before it writes. The SDK has tried for a while by then, so forward it is left to
 * the next run; a rollback goes on.
 */
export async function tryUntilWritten(
  { clock, isRollback }: { readonly clock: Clock; readonly isRollback: boolean },
  write: (attempt: number) => Promise<boolean>,
): Promise<boolean> {
  const attempts = isRollback ? ATTEMPTS.rollback : ATTEMPTS.forward;
  let failure: unknown;
  for (let attempt = 0; attempt < attempts; attempt++) {
    await pauseBefore(attempt, clock);
    try {
      if (await write(attempt)) return true;
    } catch (error) {
      if (error instanceof HeadgateError && !(isRollback && error instanceof UnansweredError)) {
        throw error;
      }
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return false;
}
