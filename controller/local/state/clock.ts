import type { CloudClock } from '../service.ts';

/** Real time of day; `speed` shortens only how long things take. */
export function createClock(speed: number): CloudClock {
  if (!(speed > 0)) throw new RangeError(`speed must be above 0, got ${speed}`);
  return { now: () => new Date(), speed };
}
