import { countFiles } from '../publish/report.ts';
import { buildOf } from './stored.ts';

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
  /** Older, and a publish that is under way may be at them. */
  readonly underWay: number;
  /** Somebody may be at them, or come back to them. */
  readonly young: number;
}

interface Scene {
  readonly app: string;
  /** Builds whose publishes are under way. */
  readonly publishing: readonly string[];
  readonly now: Date;
  readonly graceSeconds: number;
}

/** A publish whose upload is aborted all the same begins it anew: it loses time, and no file. */
export function splitUnfinished(
  uploads: readonly UnfinishedUpload[],
  { app, publishing, now, graceSeconds }: Scene,
): Pick<UnfinishedTold, 'givenUp' | 'underWay' | 'young'> {
  const limit = now.getTime() - graceSeconds * 1000;
  const old = uploads.filter(({ begun }) => begun.getTime() < limit);
  const givenUp = old.filter(({ key }) => {
    const build = buildOf(app, key);
    // Whose a pooled file is, its key doesn't tell.
    return build === undefined ? publishing.length === 0 : !publishing.includes(build);
  });
  const underWay = old.length - givenUp.length;
  return { givenUp, underWay, young: uploads.length - old.length };
}

/** A line for people; undefined: there is nothing to say. */
export function renderUnfinished(told: UnfinishedTold): string | undefined {
  const { app, isApplied, givenUp, underWay, young } = told;
  const parts = [
    ...(givenUp.length > 0
      ? [`${countFiles(givenUp.length)} given up, ${isApplied ? 'now' : 'would be'} aborted`]
      : []),
    ...(underWay > 0 ? [`${countFiles(underWay)} of publishes under way`] : []),
    ...(young > 0 ? [`${countFiles(young)} younger than the grace period`] : []),
  ];
  return parts.length === 0 ? undefined : `Unfinished uploads of ${app}: ${parts.join('; ')}.`;
}
