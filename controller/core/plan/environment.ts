import { ROUTE_BYTES_LIMIT } from '../../../edge/contract/route.ts';
import { EXIT } from '../errors.ts';
import type { AppPolicy, EdgeGroup, EnvironmentPolicy } from '../policy/policy.ts';
import { advance, type Decision, type Move, type Stay } from '../rollout/advance.ts';
import type { Observations } from '../rollout/verdict.ts';
import type { Adoption } from '../state/adopt.ts';
import type { Build } from '../state/build.ts';
import type { Live, LiveRoute } from '../state/live.ts';
import { RECORD_VERSION, type EnvironmentRecord } from '../state/record.ts';
import { renderRoute } from '../state/route.ts';
import { checkBehaviours, planAssociations, type Distribution } from './behaviours.ts';
import { checkBuilds } from './builds.ts';
import type { Change } from './change.ts';
import { sealPlan, type Direction, type Plan, type Refusal } from './plan.ts';
import { describeState } from './describe.ts';
import { planRollback } from './rollback.ts';
import { writeForward, writeRepairs } from './writes.ts';

/** A published build as a plan looks at it. */
export interface PublishedBuild {
  readonly build: Build;
  /** Its files that the policy's pool patterns would look for in the wrong place. */
  readonly misplaced: readonly string[];
  /** Whether the page a navigation gets is really there. */
  readonly hasEntryPage: boolean;
}

/** Everything one environment's plan is made from: policy, record, live state, evidence, clock. */
export interface EnvironmentFacts {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  readonly group: EdgeGroup;
  /** Revision of the stored record; undefined: there is none. */
  readonly recordRevision: string | undefined;
  readonly adoption: Adoption;
  /** The newest live route, as adoption saw it. */
  readonly liveRoute: LiveRoute | undefined;
  readonly live: Live;
  /** The history entry of the adopted record's generation is there. */
  readonly hasHistory: boolean;
  /** By build number: the policy's build, and every build the record names. */
  readonly builds: ReadonlyMap<string, PublishedBuild>;
  readonly observations: Observations;
  readonly distribution: Distribution | undefined;
  readonly now: Date;
  readonly by: string;
  readonly commit: string | undefined;
}

/** The one next plan of an environment. */
export function planEnvironment(facts: EnvironmentFacts): Plan {
  const record = facts.adoption.record;
  const desired = facts.builds.get(facts.environment.release.build)?.build;
  const decision = advance({
    policy: facts.environment,
    record,
    desired,
    observations: facts.observations,
    now: facts.now,
  });
  if (decision.kind === 'roll-back') return planRollback(facts, decision);
  const refusals = [...checkSurroundings(facts), ...refusalOf(decision, facts)];
  const move = decision.kind === 'refuse' ? undefined : nextMove(facts, decision);
  if (move === undefined) return planRepair(facts, decision, refusals);
  const checks = [...refusals, ...checkBuilds(facts, move.state), ...checkBytes(facts, move)];
  return checks.length > 0 ? planRepair(facts, decision, checks) : planMove(facts, move);
}

/** Also a wait becomes a move when the policy changed something the route carries, or its hosts. */
function nextMove(facts: EnvironmentFacts, decision: Move | Stay): Move | undefined {
  if (decision.kind === 'move') return decision;
  const record = facts.adoption.record;
  if (record === undefined) return undefined;
  const { keep } = facts.environment.release;
  const state = { ...stateOf(record), kept: record.kept.slice(0, keep) };
  const policy = { app: facts.app, environment: facts.environment };
  const same =
    renderRoute(state, policy, record.generation) === record.route &&
    hostsOf(facts).join() === record.hosts.join();
  if (same) return undefined;
  const why = 'The policy changed what the route carries (hosts, pool, preview, spa or keep).';
  return { kind: 'move', event: 'settings-changed', why, state, evidence: [] };
}

function stateOf(record: EnvironmentRecord): Move['state'] {
  const { phase, stable, rollout, kept, quarantine, hold, marker } = record;
  return {
    phase,
    stable,
    kept,
    quarantine,
    ...(rollout && { rollout }),
    ...(hold && { hold }),
    ...(marker && { marker }),
  };
}

/** KeyValueStore keys: the policy's hosts and the distribution's own domain. */
export function hostsOf(facts: EnvironmentFacts): readonly string[] {
  const own = facts.distribution?.domain;
  return own === undefined ? facts.environment.hosts : [...facts.environment.hosts, own];
}

/** Never goes back, also when the record was lost or the edge is ahead of it. */
export function nextGeneration(facts: EnvironmentFacts): number {
  return Math.max(facts.adoption.record?.generation ?? 0, facts.liveRoute?.route.gen ?? 0) + 1;
}

function planMove(facts: EnvironmentFacts, move: Move): Plan {
  const generation = nextGeneration(facts);
  const policy = { app: facts.app, environment: facts.environment };
  const before = facts.adoption.record;
  const entry = {
    generation,
    at: facts.now.toISOString(),
    by: facts.by,
    ...(facts.commit !== undefined && { commit: facts.commit }),
    event: move.event,
    why: move.why,
    from: describeState(before),
    to: describeState(move.state),
    evidence: move.evidence,
  };
  const next: EnvironmentRecord = {
    version: RECORD_VERSION,
    app: facts.app.app,
    environment: facts.environment.name,
    generation,
    route: renderRoute(move.state, policy, generation),
    hosts: hostsOf(facts),
    ...move.state,
    last: entry,
  };
  const changes = [...writeForward(facts, next), ...associate(facts)];
  return seal(facts, {
    direction: 'forward',
    why: move.why,
    to: entry.to,
    changes,
    evidence: move.evidence,
    refusals: [],
  });
}

/** Nothing moves; what drifted from the record is put back. */
function planRepair(
  facts: EnvironmentFacts,
  decision: Exclude<Decision, { kind: 'roll-back' }>,
  refusals: readonly Refusal[],
): Plan {
  const changes = [...writeRepairs(facts), ...(refusals.length > 0 ? [] : associate(facts))];
  const why = decision.kind === 'stay' ? decision.why : (refusals[0]?.message ?? '');
  const condition = decision.kind === 'stay' ? decision.condition : 'blocked';
  return seal(facts, {
    direction: changes.length > 0 ? 'repair' : 'none',
    why,
    to: describeState(facts.adoption.record),
    changes,
    evidence: [],
    refusals,
    ...(decision.kind === 'stay' && decision.until !== undefined && { until: decision.until }),
    ...(condition === 'blocked' && refusals.length === 0 && { notes: [`blocked: ${why}`] }),
  });
}

interface Outcome {
  readonly direction: Direction;
  readonly why: string;
  readonly to: string;
  readonly changes: readonly Change[];
  readonly evidence: readonly string[];
  readonly refusals: readonly Refusal[];
  readonly until?: string;
  readonly notes?: readonly string[];
}

export function seal(facts: EnvironmentFacts, outcome: Outcome): Plan {
  return sealPlan({
    subject: { kind: 'environment', app: facts.app.app, environment: facts.environment.name },
    group: facts.group.name,
    base: facts.adoption.record?.generation ?? 0,
    from: describeState(facts.adoption.record),
    ...outcome,
    notes: [...(outcome.notes ?? []), ...remarks(facts)],
  });
}

function remarks(facts: EnvironmentFacts): readonly string[] {
  const notes: string[] = [];
  if (facts.environment.guard.alarms.length === 0) {
    notes.push('no guard alarms: nothing rolls back by itself');
  }
  const { reason, record } = facts.adoption;
  if (reason === 'rollback')
    notes.push(`adopted a rollback from the live route (generation ${record?.generation})`);
  if (reason === 'newer-route')
    notes.push(`adopted the live route (generation ${record?.generation})`);
  if (reason === 'intent-finished') notes.push('finishes what an earlier run began');
  if (reason === 'intent-void') notes.push('an earlier run stopped before it changed anything');
  if (facts.distribution?.status === 'InProgress') {
    notes.push(`distribution ${facts.distribution.id} is still deploying`);
  }
  return notes;
}

function associate(facts: EnvironmentFacts): readonly Change[] {
  if (facts.distribution === undefined) return [];
  const change = planAssociations(facts.distribution, facts);
  return change === undefined ? [] : [change];
}

function checkSurroundings(facts: EnvironmentFacts): readonly Refusal[] {
  if (facts.distribution !== undefined) return checkBehaviours(facts.distribution, facts);
  const { distribution } = facts.environment.edge;
  return [
    {
      exitCode: EXIT.usage,
      message: `there is no distribution ${distribution} in this account`,
      next: 'Correct edge.distribution in the policy, or use the credentials of its account.',
      place: { file: facts.app.file, line: facts.environment.release.line },
    },
  ];
}

function refusalOf(decision: Decision, facts: EnvironmentFacts): readonly Refusal[] {
  if (decision.kind !== 'refuse') return [];
  const { code, message, next } = decision;
  const place = { file: facts.app.file, line: facts.environment.release.line };
  return [{ exitCode: code === 'not-published' ? EXIT.usage : EXIT.unsafe, message, next, place }];
}

function checkBytes(facts: EnvironmentFacts, move: Move): readonly Refusal[] {
  const policy = { app: facts.app, environment: facts.environment };
  const bytes = Buffer.byteLength(renderRoute(move.state, policy, nextGeneration(facts)));
  if (bytes <= ROUTE_BYTES_LIMIT) return [];
  return [
    {
      exitCode: EXIT.usage,
      message: `the route would be ${bytes} bytes, the limit is ${ROUTE_BYTES_LIMIT}`,
      next: 'Use shorter build numbers, a smaller `keep`, or fewer pool patterns.',
      place: { file: facts.app.file, line: facts.environment.release.line },
    },
  ];
}
