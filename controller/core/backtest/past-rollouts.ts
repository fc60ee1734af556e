/** The rollouts of an environment, as its history tells them. */
import type { AlarmTransition } from './alarm-record.ts';
import type { AlarmName } from '../policy/policy.ts';
import type { Build } from '../state/build.ts';
import type { Event, HistoryEntry, Served } from '../state/record.ts';

export interface PastRollout {
  /** The one that it began with. */
  readonly generation: number;
  readonly startedAt: string;
  readonly canary: Build;
  readonly stable: Build;
  /** How it ended; undefined: it goes on. */
  readonly ended: HistoryEntry | undefined;
  /** When it no longer had a share but everyone or nobody, in milliseconds since the epoch. */
  readonly sharedUntil: number;
  /** When something else began or was done by hand, in milliseconds since the epoch: no replay goes further. */
  readonly limit: number;
  /** Builds that were stable before, newest first. */
  readonly served: readonly Served[];
}

const STARTS: readonly Event[] = ['rollout-started', 'rollout-superseded'];
const ENDS: readonly Event[] = [
  'rollout-superseded',
  'rollout-finished',
  'rollout-aborted',
  'rolled-back',
];

/** `history`: in any order. Those that began in the time looked at, the oldest first. */
export function listPastRollouts(
  history: readonly HistoryEntry[],
  { since, now }: { readonly since: Date; readonly now: Date },
): readonly PastRollout[] {
  const entries = history.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return entries.flatMap((entry, index): readonly PastRollout[] => {
    const canary = canaryOf(entry, entries);
    if (!STARTS.includes(entry.event) || canary === undefined) return [];
    if (Date.parse(entry.at) < since.getTime()) return [];
    const later = entries.slice(index + 1);
    const ended = later.find(({ event }) => ENDS.includes(event));
    const other = later.find((one) => endsReplay(one));
    const shared = later.find(({ event }) => event === 'bake-started' || ENDS.includes(event));
    // Entries of earlier versions have words only.
    const named = /, stable (?:origin )?(\S+)/.exec(entry.to)?.[1] ?? 'unknown';
    const stable = entry.stable ?? { build: named, digest: `replayed-${named}` };
    return [
      {
        generation: entry.generation,
        startedAt: entry.at,
        canary,
        stable,
        ended,
        sharedUntil: shared === undefined ? now.getTime() : Date.parse(shared.at),
        limit: other === undefined ? now.getTime() : Date.parse(other.at),
        served: listServed(entries.slice(0, index + 1)),
      },
    ];
  });
}

/** Entries into ALARM that rollbacks quote as their evidence: CloudWatch forgets, the history doesn't. */
export function listQuoted(
  history: readonly HistoryEntry[],
  alarms: readonly AlarmName[],
): readonly AlarmTransition[] {
  const quoted = history.flatMap(({ event, evidence }) =>
    event === 'rolled-back' ? evidence : [],
  );
  return quoted.flatMap((line): readonly AlarmTransition[] => {
    const [, name, at, reason = ''] = /^(.+) entered ALARM at (\S+): (.*)$/s.exec(line) ?? [];
    const alarm = alarms.find((one) => one.name === name);
    if (alarm === undefined || at === undefined || Number.isNaN(Date.parse(at))) return [];
    return [{ ...alarm, at, from: 'OK', to: 'ALARM', reason }];
  });
}

/** Another rollout, or a person: the environment went another way, whatever a policy says. */
function endsReplay({ event, why }: HistoryEntry): boolean {
  const isByHand = event === 'rolled-back' && why.includes('(manual)');
  return STARTS.includes(event) || event === 'rollout-aborted' || isByHand;
}

/** Worked example of `to`: `build 1043 at 5 %, stable 1042`. The digest is known if it became stable once. */
function canaryOf(entry: HistoryEntry, all: readonly HistoryEntry[]): Build | undefined {
  const build = entry.build ?? /^(?:build|origin) (\S+)(?: \(.*\))? at /.exec(entry.to)?.[1];
  if (build === undefined) return undefined;
  const known = all.flatMap(({ stable }) => (stable?.build === build ? [stable] : []));
  return known[0] ?? { build, digest: `replayed-${build}` };
}

function listServed(entries: readonly HistoryEntry[]): readonly Served[] {
  const changes = entries.filter(
    ({ stable }, index) =>
      stable !== undefined && stable.digest !== entries[index - 1]?.stable?.digest,
  );
  return changes
    .flatMap(({ stable, at }, index): readonly Served[] => {
      const until = changes[index + 1]?.at ?? entries.at(-1)?.at;
      if (stable === undefined) return [];
      return [{ build: stable, since: at, ...(until !== undefined && { until }), stable: true }];
    })
    .toReversed();
}
