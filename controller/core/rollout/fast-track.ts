import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Build } from '../state/build.ts';
import type { EnvironmentRecord, Served } from '../state/record.ts';
import { servedOf } from '../state/served.ts';

/** When this build was last stable here, if the policy lets such a one skip the steps. */
export function findFastTrack(
  { release }: EnvironmentPolicy,
  { record, desired, now }: { record: EnvironmentRecord; desired: Build; now: Date },
): Served | undefined {
  const { fastTrackSeconds } = release;
  if (fastTrackSeconds === undefined) return undefined;
  return servedOf(record).find(
    ({ build, stable, until }) =>
      stable === true &&
      build.digest === desired.digest &&
      until !== undefined &&
      now.getTime() - Date.parse(until) <= fastTrackSeconds * 1000,
  );
}
