import { keys } from '../state/keys.ts';
import type { CollectionFacts } from './facts.ts';
import type { Mark } from './marks.ts';
import { isWhole, type Stored } from './stored.ts';

/** More than clocks may differ by where S3 takes requests at all (documented: 15 minutes). */
const CLOCK_SLACK_SECONDS = 300;

/** Why nothing may be deleted: what was read doesn't fit together. */
export function findDoubts(
  { app, references, objects, now }: CollectionFacts,
  { marks, stored }: { readonly marks: ReadonlyMap<string, Mark>; readonly stored: Stored },
): readonly string[] {
  const present = new Set(references.builds.map(({ build }) => build));
  const tombstones = new Map(references.tombstones.map((one) => [one.build, one]));
  const missing = [...marks].flatMap(([build, { why, isRequired }]) => {
    const tombstone = tombstones.get(build);
    const comesBack = tombstone !== undefined && isWhole(stored, app, tombstone);
    if (!isRequired || present.has(build) || comesBack) return [];
    return [`build ${build} (${why}) has no manifest at ${keys.manifest({ app }, build)}`];
  });
  const latest = now.getTime() + CLOCK_SLACK_SECONDS * 1000;
  const ahead = objects.find(({ modified }) => modified.getTime() > latest);
  const clock =
    ahead === undefined
      ? []
      : [
          `${ahead.key} was written ${ahead.modified.toISOString()}, and it is ${now.toISOString()} here: one of the clocks is wrong`,
        ];
  return [...references.doubts, ...missing, ...clock];
}
