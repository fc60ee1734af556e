/**
 * How many new visitors a minute may bring. It looks at the minutes before and at nobody's arm, so
 * leaving visitors out by it favours no build.
 */

/** So few are never too many. */
const LEAST = 1000;
/** Times the median of the minutes before. */
const TIMES = 20;
/** Before so many minutes nobody knows what is usual. */
const MINUTES_BEFORE = 5;

const MINUTE = 60_000;

export interface Ceiling {
  /** Whether this new visitor counts. */
  admits(at: number): boolean;
  /** Begin of the last minute that was over it. */
  surgedAt(): number | undefined;
}

export function createCeiling(): Ceiling {
  /** Ascending: a rollout of weeks has too many minutes to sort them at each. */
  const earlier: number[] = [];
  let minute: number | undefined;
  let count = 0;
  let limit = Infinity;
  let surgedAt: number | undefined;
  const turnTo = (next: number): void => {
    if (minute !== undefined) {
      // An hour of silence says no more than a few minutes of it.
      const silent = Math.min(next - minute - 1, 60);
      earlier.splice(findPlace(earlier, count), 0, count);
      earlier.unshift(...Array.from({ length: silent }, () => 0));
    }
    minute = next;
    count = 0;
    limit = earlier.length < MINUTES_BEFORE ? Infinity : Math.max(LEAST, TIMES * median(earlier));
  };
  return {
    admits(at) {
      const now = Math.floor(at / MINUTE);
      if (now !== minute) turnTo(now);
      count++;
      if (count <= limit) return true;
      surgedAt = now * MINUTE;
      return false;
    },
    surgedAt: () => surgedAt,
  };
}

function median(ascending: readonly number[]): number {
  return ascending[Math.floor(ascending.length / 2)] ?? 0;
}

function findPlace(ascending: readonly number[], value: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ascending[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
