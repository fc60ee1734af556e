/** What happened in one cache behaviour. */
export interface BehaviourStats {
  readonly requests: number;
  readonly hits: number;
  readonly viewerRequestRuns: number;
  readonly viewerResponseRuns: number;
}

export interface Counters {
  count(behaviour: string, what: keyof BehaviourStats): void;
  all(): Readonly<Record<string, BehaviourStats>>;
}

export function createCounters(): Counters {
  const counts = new Map<string, BehaviourStats>();
  return {
    count(behaviour, what) {
      const known = counts.get(behaviour) ?? NONE;
      counts.set(behaviour, { ...known, [what]: known[what] + 1 });
    },
    all: () => Object.fromEntries(counts),
  };
}

const NONE = { requests: 0, hits: 0, viewerRequestRuns: 0, viewerResponseRuns: 0 };
