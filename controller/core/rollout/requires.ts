import type { RequiredEnvironment } from '../policy/policy.ts';
import { nameBuild, type Build } from '../state/build.ts';
import { findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { servedOf } from '../state/served.ts';
import type { Block } from './blocked.ts';
import type { Situation } from './decision.ts';

/** What a build still has to go through elsewhere before it may start here. */
export function findRequired(
  { policy, required, named, now }: Situation,
  desired: Build,
): readonly Block[] {
  return (policy.release.requires ?? []).flatMap((one) =>
    findUnmet(one, {
      record: required.get(one.environment),
      isNamed: named?.get(one.environment) === desired.build,
      desired,
      now,
    }),
  );
}

const WAY_OUT = 'Release it there, name another build, or take `requires` out of the policy.';

function findUnmet(
  { environment, bakedSeconds }: RequiredEnvironment,
  { record, isNamed, desired, now }: Given,
): readonly Block[] {
  const barred = record && findQuarantine(record.quarantine, desired);
  if (barred !== undefined) {
    const why = `${environment} rolled ${nameBuild(desired)} back (rollback ${barred.rollback}, ${barred.reason})`;
    return [{ kind: 'requires', why, wayOut: WAY_OUT, since: barred.at }];
  }
  const times = servedOf(record).filter(({ build }) => build.digest === desired.digest);
  const lengthOf = ({ since, until }: { since: string; until?: string }) =>
    (until === undefined ? now.getTime() : Date.parse(until)) - Date.parse(since);
  if (times.some((time) => lengthOf(time) >= bakedSeconds * 1000)) return [];
  const needed = `${environment} must have given it to everyone for ${describeSeconds(bakedSeconds)}`;
  const running = times.find(({ until }) => until === undefined);
  if (running === undefined) {
    // That environment's policy names it: what holds it up there has a deadline of its own.
    const since = isNamed ? undefined : (record?.last.at ?? 'ever');
    const why = `${needed}, and doesn't do so`;
    return [{ kind: 'requires', why, wayOut: WAY_OUT, ...(since && { since }) }];
  }
  const until = new Date(Date.parse(running.since) + bakedSeconds * 1000).toISOString();
  return [{ kind: 'requires', why: `${needed}, which is at ${until}`, wayOut: WAY_OUT, until }];
}

interface Given {
  readonly record: EnvironmentRecord | undefined;
  /** The policy of that environment names the build. */
  readonly isNamed: boolean;
  readonly desired: Build;
  readonly now: Date;
}

/** 3600 is `1h`. */
function describeSeconds(seconds: number): string {
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
