import { VISITORS } from '../plan/explain-guard.ts';
import type { EnvironmentFacts } from '../plan/facts.ts';
import type { Plan } from '../plan/plan.ts';
import type { RollbackReady } from '../plan/rollback-ready.ts';
import type { ReleasePolicy } from '../policy/policy.ts';
import { describeBuild, fromRef } from '../state/build.ts';
import type { EnvironmentRecord, Pause, Rollout } from '../state/record.ts';
import { EVERYONE, parseRoute } from '../state/route.ts';
import { renderPropagation, renderSeen, type Propagation, type Seen } from './seen.ts';
import { listWritten, renderWritten, type WrittenTo } from './written.ts';

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
  /** Of a rollout: which of its steps it is at, and what follows that one. */
  readonly step: string | undefined;
  /** What needs a person's eye: warnings of the plan. */
  readonly warnings: readonly string[];
  /** What the guard concludes from visitors' reports, with the figures. Absent: it doesn't look at any. */
  readonly visitors?: string;
  /** Generation by place, as stored for the edge. */
  readonly written: readonly WrittenTo[];
  /** Generation by host, as probed; undefined: nobody asked. */
  readonly seen?: readonly Seen[];
  readonly propagation?: Propagation;
  /** Of the last known good build; undefined: it wasn't looked at. */
  readonly rollback?: RollbackReady;
  /** A person has to do something; a block alone may end by itself. */
  readonly isRefused: boolean;
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
  /** What moves together with it, such as `checkout/prod`. Absent: it moves alone. */
  readonly together?: readonly string[];
  /** By whom and why nothing is done by itself; undefined: it is. */
  readonly pause: Pause | undefined;
}

/** What more than facts and plan tell. */
export type Looked = Pick<Status, 'seen' | 'propagation' | 'rollback'>;

export function describeStatus(
  facts: EnvironmentFacts,
  plan: Plan,
  looked: Looked = {},
): Omit<Status, 'name'> {
  const { record } = facts.adoption;
  const { release } = facts.environment;
  const visitors = plan.notes.find((note) => note.startsWith(VISITORS));
  return {
    ...(record === undefined ? neverReleased(facts) : describeRecord(record)),
    next: plan.why,
    pause: facts.pause,
    ...describeTogether(facts),
    until: plan.until,
    step: record?.rollout && describeStep(record.rollout, release),
    warnings: plan.notes.filter((note) => note.startsWith('warning: ')),
    ...(visitors !== undefined && { visitors }),
    isRefused: plan.refusals.length > 0,
    blockedBy: listBlocks(plan),
    written: listWritten(facts),
    ...looked,
  };
}

function describeTogether({
  app,
  environment,
  together = [],
}: EnvironmentFacts): Pick<Status, 'together'> {
  const mates = together.filter((name) => name !== `${app.app}/${environment.name}`);
  return mates.length === 0 ? {} : { together: mates };
}

/** A wait that needs something else than time is no refusal, but blocks as well. */
function listBlocks({ refusals, notes, why }: Plan): readonly string[] {
  const isBlocked = notes.includes(`blocked: ${why}`);
  return [...refusals.map(({ message }) => message), ...(isBlocked ? [why] : [])];
}

/** `step 1 of 2 (5 %), then 25 %`. The policy may have another number of steps than when it began. */
function describeStep({ step, weightBasisPoints }: Rollout, { steps }: ReleasePolicy): string {
  if (weightBasisPoints === EVERYONE) return 'baking at 100 %, then stable';
  const next = steps[step + 1];
  const then = next === undefined ? 'everyone, and bakes' : `${next.weightBasisPoints / 100} %`;
  return `step ${step + 1} of ${Math.max(steps.length, step + 1)} (${weightBasisPoints / 100} %), then ${then}`;
}

type Recorded = Omit<
  Status,
  | 'name'
  | 'next'
  | 'until'
  | 'step'
  | 'warnings'
  | 'visitors'
  | 'isRefused'
  | 'blockedBy'
  | 'pause'
  | 'together'
  | 'written'
  | keyof Looked
>;

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
  const from = status.commit === undefined ? '' : ` at ${status.commit.slice(0, 10)}`;
  const lines = [
    `${status.name}  ${status.phase}${status.pause === undefined ? '' : ', PAUSED'}  ${serves}`,
    `  generation ${status.generation}${since === undefined ? '' : ` since ${since}, ${status.lastEvent} by ${status.by}${from}`}`,
    ...(status.step === undefined ? [] : [`  ${status.step}`]),
    ...(status.together === undefined
      ? []
      : [`  moves together with ${status.together.join(', ')}`]),
    `  next: ${status.next}`,
    ...(status.isRefused ? status.blockedBy.map((reason) => `  refused: ${reason}`) : []),
    ...(status.visitors === undefined ? [] : [`  ${status.visitors}`]),
    ...status.warnings.map((warning) => `  ${warning}`),
    ...renderPlaces(status),
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

/** What is stored, what visitors see, and where a rollback would go. */
function renderPlaces(status: Status): readonly string[] {
  const { generation, written, seen = [], propagation, rollback } = status;
  if (generation === 0) return [];
  const ready = rollback?.isReady === true ? 'is ready' : 'is NOT ready';
  return [
    `  written: ${renderWritten(written, generation)}`,
    ...renderSeen(seen, generation).map((line) => `  seen: ${line}`),
    ...(propagation === undefined ? [] : [`  propagation: ${renderPropagation(propagation)}`]),
    ...(rollback === undefined
      ? []
      : rollback.target === undefined
        ? [`  rollback: nowhere to go. ${rollback.next}`]
        : [`  rollback: ${rollback.target} ${ready}: ${rollback.next}`]),
  ];
}

function shorten(reason: string): string {
  return reason.length > REASON_LENGTH ? `${reason.slice(0, REASON_LENGTH)}...` : reason;
}
