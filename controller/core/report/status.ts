import type { EnvironmentFacts } from '../plan/facts.ts';
import type { Plan } from '../plan/plan.ts';
import { describeBuild, fromRef } from '../state/build.ts';
import type { EnvironmentRecord, Pause } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';

/** What one environment serves, in data. */
export interface Status {
  readonly name: string;
  readonly phase: string;
  readonly stable: string | undefined;
  readonly canary: { readonly build: string; readonly percent: number } | undefined;
  readonly generation: number;
  /** ISO 8601 of the last generation. */
  readonly since: string | undefined;
  readonly by: string | undefined;
  readonly commit: string | undefined;
  readonly lastEvent: string | undefined;
  /** What the next reconcile would do, or what it waits for. */
  readonly next: string;
  readonly until: string | undefined;
  readonly blockedBy: readonly string[];
  readonly kept: readonly string[];
  /** Which of these names are whole origins, and what they stand for. */
  readonly origins: Readonly<Record<string, string>>;
  readonly quarantine: readonly {
    readonly build: string;
    readonly rollback: number;
    readonly reason: string;
    /** Of a whole origin. */
    readonly origin?: string;
  }[];
  readonly hosts: readonly string[];
  /** By whom and why nothing is done by itself; undefined: it is. */
  readonly pause: Pause | undefined;
}

export function describeStatus(facts: EnvironmentFacts, plan: Plan): Omit<Status, 'name'> {
  const { record } = facts.adoption;
  return {
    ...(record === undefined ? neverReleased(facts) : describeRecord(record)),
    next: plan.why,
    pause: facts.pause,
    until: plan.until,
    blockedBy: plan.refusals.map(({ message }) => message),
  };
}

type Recorded = Omit<Status, 'name' | 'next' | 'until' | 'blockedBy' | 'pause'>;

function describeRecord(record: EnvironmentRecord): Recorded {
  const { phase, stable, rollout, generation, last, hosts } = record;
  return {
    phase,
    stable: stable.build,
    canary: rollout && { build: rollout.canary.build, percent: rollout.weightBasisPoints / 100 },
    generation,
    since: last.at,
    by: last.by,
    commit: last.commit,
    lastEvent: last.event,
    kept: record.kept.map(({ build }) => build),
    origins: parseRoute(record.route)?.origins ?? {},
    quarantine: record.quarantine.map(({ build, rollback, reason }) => ({
      build: build.build,
      rollback,
      reason,
      ...(build.origin !== undefined && { origin: build.origin }),
    })),
    hosts,
  };
}

function neverReleased(facts: EnvironmentFacts): Recorded {
  return {
    phase: 'never released',
    stable: undefined,
    canary: undefined,
    generation: 0,
    since: undefined,
    by: undefined,
    commit: undefined,
    lastEvent: undefined,
    kept: [],
    origins: {},
    quarantine: [],
    hosts: facts.environment.hosts,
  };
}

/** An alarm's reason can fill the screen; all of it is in the history. */
const REASON_LENGTH = 70;

export function renderStatus(status: Status): string {
  const { stable, canary, since, origins } = status;
  const name = (build: string) => describeBuild(fromRef([build, ''], origins));
  const serves =
    stable === undefined
      ? 'nothing yet'
      : canary === undefined
        ? name(stable)
        : `${name(canary.build)} at ${canary.percent} %, stable ${name(stable).replace(/^build /, '')}`;
  const lines = [
    `${status.name}  ${status.phase}${status.pause === undefined ? '' : ', PAUSED'}  ${serves}`,
    `  generation ${status.generation}${since === undefined ? '' : ` since ${since}, ${status.lastEvent} by ${status.by}`}`,
    `  next: ${status.next}`,
    ...status.blockedBy.map((reason) => `  refused: ${reason}`),
  ];
  if (status.kept.length > 0) lines.push(`  kept for open pages: ${status.kept.join(', ')}`);
  for (const { rollback, reason, ...build } of status.quarantine) {
    lines.push(
      `  quarantined: ${describeBuild({ digest: '', ...build })} since rollback ${rollback} (${shorten(reason)})`,
    );
  }
  lines.push(`  hosts: ${status.hosts.join(', ')}`);
  return lines.join('\n');
}

function shorten(reason: string): string {
  return reason.length > REASON_LENGTH ? `${reason.slice(0, REASON_LENGTH)}...` : reason;
}
