import type { RequiredEnvironment } from '../policy/policy.ts';
import { nameBuild, startWith, type Build } from '../state/build.ts';
import { findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { servedOf } from '../state/served.ts';
import type { Situation, Stay } from './decision.ts';

/** What a build still has to go through elsewhere before it may start here; undefined: nothing. */
export function awaitRequired(
  { policy, required, now }: Situation,
  desired: Build,
): Stay | undefined {
  const unmet = (policy.release.requires ?? []).flatMap(
    (one) => findUnmet(one, { record: required.get(one.environment), desired, now }) ?? [],
  );
  if (unmet.length === 0) return undefined;
  const why =
    `${startWith(desired)} waits: ${unmet.map((one) => one.why).join('; ')}. ` +
    'The ways out: release it there, name another build, or take `requires` out of the policy.';
  const untils = unmet.flatMap(({ until }) => until ?? []).toSorted();
  const until = untils.length === unmet.length ? untils.at(-1) : undefined;
  return { kind: 'stay', condition: 'blocked', why, ...(until !== undefined && { until }) };
}

interface Unmet {
  readonly why: string;
  /** When time alone will meet it. ISO 8601. */
  readonly until?: string;
}

function findUnmet(
  { environment, bakedSeconds }: RequiredEnvironment,
  { record, desired, now }: Given,
): Unmet | undefined {
  const barred = record && findQuarantine(record.quarantine, desired);
  if (barred !== undefined) {
    const why = `${environment} rolled ${nameBuild(desired)} back (rollback ${barred.rollback}, ${barred.reason})`;
    return { why };
  }
  const times = servedOf(record).filter(({ build }) => build.digest === desired.digest);
  const lengthOf = ({ since, until }: { since: string; until?: string }) =>
    (until === undefined ? now.getTime() : Date.parse(until)) - Date.parse(since);
  if (times.some((time) => lengthOf(time) >= bakedSeconds * 1000)) return undefined;
  const needed = `${environment} must have given it to everyone for ${describeSeconds(bakedSeconds)}`;
  const running = times.find(({ until }) => until === undefined);
  if (running === undefined) return { why: `${needed}, and doesn't do so` };
  const until = new Date(Date.parse(running.since) + bakedSeconds * 1000).toISOString();
  return { why: `${needed}, which is at ${until}`, until };
}

interface Given {
  readonly record: EnvironmentRecord | undefined;
  readonly desired: Build;
  readonly now: Date;
}

/** 3600 is `1h`. */
function describeSeconds(seconds: number): string {
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
