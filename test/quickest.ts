const TRIES = 10;

/** Milliseconds of the quickest of some tries, of which the first that is quick enough is the last: others may use the machine, too. */
export function timeQuickest(enough: number, work: () => void): number {
  let quickest = Infinity;
  for (let tries = 0; tries < TRIES && quickest >= enough; tries++) {
    const began = performance.now();
    work();
    quickest = Math.min(quickest, performance.now() - began);
  }
  return quickest;
}
