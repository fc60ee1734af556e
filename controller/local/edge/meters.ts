import type { FunctionRunAtEdge } from './edge.ts';

/** What the runs of one function used so far. */
export interface FunctionUse {
  readonly runs: number;
  readonly totalMillis: number;
  readonly maximumMillis: number;
  readonly maximumBytes: number;
}

export interface Meters {
  add(run: FunctionRunAtEdge): void;
  /** By name. */
  all(): Readonly<Record<string, FunctionUse>>;
}

/** CloudFront's documented limit for a function's memory. */
const MEMORY_BYTES = 2 * 1024 ** 2;
const NONE: FunctionUse = { runs: 0, totalMillis: 0, maximumMillis: 0, maximumBytes: 0 };

/** Logs a function's figures after 1, 10, 100... runs, and the first time it may be over its memory. */
export function createMeters(log: (line: string) => void): Meters {
  const uses = new Map<string, FunctionUse>();
  return {
    add({ name, millis, allocatedBytes }) {
      const before = uses.get(name) ?? NONE;
      const use = {
        runs: before.runs + 1,
        totalMillis: before.totalMillis + millis,
        maximumMillis: Math.max(before.maximumMillis, millis),
        maximumBytes: Math.max(before.maximumBytes, allocatedBytes),
      };
      uses.set(name, use);
      const isNewlyOver = allocatedBytes > MEMORY_BYTES && before.maximumBytes <= MEMORY_BYTES;
      if (isNewlyOver || /^10*$/.test(String(use.runs))) log(describe(name, use));
    },
    all: () => Object.fromEntries(uses),
  };
}

/** `headgate-prod-request: 100 runs, 0.21 ms on average, 1.30 ms at most; 84 KB allocated at most, of 2048` */
function describe(name: string, { runs, totalMillis, maximumMillis, maximumBytes }: FunctionUse) {
  const times = `${(totalMillis / runs).toFixed(2)} ms on average, ${maximumMillis.toFixed(2)} ms at most`;
  const memory = `${Math.ceil(maximumBytes / 1024)} KB allocated at most, of ${MEMORY_BYTES / 1024}`;
  return `${name}: ${runs} ${runs === 1 ? 'run' : 'runs'}, ${times}; ${memory}`;
}
