import type { Collection } from './plan.ts';

/** What a collection would say of a build. */
export interface Reason {
  readonly isKept: boolean;
  readonly why: string;
}

export interface Reasons {
  readonly byBuild: ReadonlyMap<string, Reason>;
  /** What makes them less than sure. */
  readonly notes: readonly string[];
}

/** Why each build is there: the plan of a collection that nobody carries out. */
export function listReasons({ kept, condemned, doubts }: Collection): Reasons {
  const staying = kept.map(({ build, why }) => [build, { isKept: true, why }] as const);
  const going = condemned.map(({ build, why }) => [build, { isKept: false, why }] as const);
  return {
    byBuild: new Map<string, Reason>([...going, ...staying]),
    notes: doubts.map((doubt) => `headgate gc deletes nothing while ${doubt}`),
  };
}
