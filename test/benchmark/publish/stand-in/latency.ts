export interface Latency {
  /** Does the work when the time of a request is over. */
  readonly after: (work: () => void) => void;
  readonly set: (milliseconds: number) => void;
  /** By how much answers were late on average, in milliseconds: what the machine adds to the latency. */
  readonly late: () => number;
}

/** One timer for all: every request takes as long as every other, so the first to come is the first to go. */
export function createLatency(): Latency {
  let milliseconds = 0;
  let queue: { readonly due: number; readonly work: () => void }[] = [];
  let first = 0;
  let isSet = false;
  const lateness = { sum: 0, count: 0 };

  function turn(): void {
    isSet = false;
    const now = performance.now();
    while (first < queue.length) {
      const next = queue[first];
      if (next === undefined || next.due > now) break;
      first += 1;
      lateness.sum += now - next.due;
      lateness.count += 1;
      next.work();
    }
    if (first === queue.length) {
      queue = [];
      first = 0;
    }
    wait();
  }

  function wait(): void {
    const next = queue[first];
    if (isSet || next === undefined) return;
    isSet = true;
    setTimeout(turn, Math.max(1, Math.ceil(next.due - performance.now())));
  }

  return {
    after(work) {
      if (milliseconds === 0) {
        work();
        return;
      }
      queue.push({ due: performance.now() + milliseconds, work });
      wait();
    },
    set(next) {
      milliseconds = next;
      Object.assign(lateness, { sum: 0, count: 0 });
    },
    late: () => (lateness.count === 0 ? 0 : lateness.sum / lateness.count),
  };
}
