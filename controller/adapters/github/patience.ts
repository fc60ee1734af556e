/** How long one process waits because GitHub limits it, over all its requests. */
const SECONDS = 60;
/** `reconcile --watch` lives for hours: an hour later it may wait again. */
const RENEWED_AFTER_MILLISECONDS = 3_600_000;

export interface Patience {
  /** Whether the wait is still affordable; if so it is counted. */
  spend(seconds: number): boolean;
}

export function createPatience(now: () => number = Date.now): Patience {
  let spent = 0;
  let since = now();
  return {
    spend(seconds) {
      if (now() - since >= RENEWED_AFTER_MILLISECONDS) [spent, since] = [0, now()];
      if (spent + seconds > SECONDS) return false;
      spent += seconds;
      return true;
    },
  };
}
