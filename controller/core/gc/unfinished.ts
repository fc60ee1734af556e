import { countFiles } from '../publish/report.ts';

/** A large file of which parts are there, and no object. Its parts cost what stored bytes cost, and no listing of objects shows them. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly id: string;
  readonly begun: Date;
}

/** What was done with those of one app. */
export interface UnfinishedTold {
  readonly app: string;
  readonly isApplied: boolean;
  /** Begun longer ago than the grace period. */
  readonly givenUp: readonly UnfinishedUpload[];
  /** Somebody may be at them, or come back to them. */
  readonly young: number;
}

/** A publish that is at one for longer than this begins it anew: it loses time, and no file. */
export function findGivenUp(
  uploads: readonly UnfinishedUpload[],
  { now, graceSeconds }: { readonly now: Date; readonly graceSeconds: number },
): readonly UnfinishedUpload[] {
  const limit = now.getTime() - graceSeconds * 1000;
  return uploads.filter(({ begun }) => begun.getTime() < limit);
}

/** A line for people; undefined: there is nothing to say. */
export function renderUnfinished(told: UnfinishedTold): string | undefined {
  const { app, isApplied, givenUp, young } = told;
  const parts = [
    ...(givenUp.length > 0
      ? [`${countFiles(givenUp.length)} given up, ${isApplied ? 'now' : 'would be'} aborted`]
      : []),
    ...(young > 0 ? [`${countFiles(young)} younger than the grace period`] : []),
  ];
  return parts.length === 0 ? undefined : `Unfinished uploads of ${app}: ${parts.join('; ')}.`;
}
