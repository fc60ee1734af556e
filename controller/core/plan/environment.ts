import { advance } from '../rollout/advance.ts';
import type { Decision, Move, Situation, Stay } from '../rollout/decision.ts';
import {
  RECORD_VERSION,
  type EnvironmentRecord,
  type HistoryEntry,
  type State,
} from '../state/record.ts';
import { remember } from '../state/remember.ts';
import { serveNext } from '../state/served.ts';
import { renderRoute } from '../state/route.ts';
import { UNSHOWN } from '../state/unshown.ts';
import { markUntold } from '../state/untold.ts';
import { planAssociations } from './behaviours.ts';
import { checkBuilds, checkNamed, explainSkipped } from './builds.ts';
import type { Change } from './change.ts';
import { explainWait, heed, type Company } from './company.ts';
import {
  callsOf,
  checkBytes,
  checkHosts,
  checkKeys,
  checkRoot,
  checkStore,
  checkSurroundings,
  refusalOf,
} from './checks.ts';
import { checkPage } from './check-page.ts';
import { checkAdopted } from './explain-adopted.ts';
import { describeState } from './describe.ts';
import { explainGuard } from './explain-guard.ts';
import { explainPool } from './explain-pool.ts';
import { keepLeaving } from './keep-leaving.ts';
import { planPaused } from './paused.ts';
import { hostsOf, nextGeneration, type EnvironmentFacts } from './facts.ts';
import type { Plan, Refusal } from './plan.ts';
import { planRollback, repeatRollback } from './rollback.ts';
import { sealEnvironment } from './seal-environment.ts';
import { writeForward, writeRepairs } from './writes.ts';

/** The one next plan of an environment. */
export function planEnvironment(facts: EnvironmentFacts, company: Company = {}): Plan {
  const paused = planPaused(facts);
  if (paused !== undefined) return paused;
  const repeated = repeatRollback(facts);
  if (repeated !== undefined) return repeated;
  const own = advance(situationOf(facts));
  const decision = heed(own, facts, company);
  if (decision.kind === 'roll-back') return planRollback(facts, decision);
  const refusals = [
    ...checkSurroundings(facts),
    ...checkStore(facts),
    ...checkHosts(facts),
    ...checkKeys(facts),
    ...checkPage(facts),
    ...checkAdopted(facts),
    ...checkRoot(facts),
    ...checkNamed(facts),
    ...refusalOf(decision, facts),
  ];
  const move = decision.kind === 'refuse' ? undefined : nextMove(facts, decision);
  const calls = callsOf(decision, facts);
  if (move === undefined) return planRepair(facts, decision, [...refusals, ...calls]);
  const checks = [...refusals, ...checkBuilds(facts, move.state), ...checkBytes(facts, move)];
  return checks.length > 0
    ? planRepair(facts, decision, [...checks, ...calls])
    : planMove(facts, move, { calls, waits: explainWait(own, decision) });
}

/** What a decision may look at, of all that was read. */
export function situationOf(facts: EnvironmentFacts): Situation {
  const { environment, adoption, builds, observations, required, provenance, now } = facts;
  return {
    policy: environment,
    record: adoption.record,
    desired: builds.get(environment.release.build)?.build,
    observations,
    required,
    provenance,
    named: new Map(facts.app.environments.map(({ name, release }) => [name, release.build])),
    now,
  };
}

/** Also a wait becomes a move when the policy changed something the route carries, or its hosts. */
function nextMove(facts: EnvironmentFacts, decision: Move | Stay): Move | undefined {
  const record = facts.adoption.record;
  const { keep } = facts.environment.release;
  const shorten = (state: State) =>
    keepLeaving(facts, { ...state, kept: state.kept.slice(0, keep) });
  if (decision.kind === 'move') return { ...decision, state: shorten(decision.state) };
  if (record === undefined) return undefined;
  const state = shorten(stateOf(record));
  const same =
    renderRoute(state, facts, record.generation) === record.route &&
    hostsOf(facts).join() === record.hosts.join();
  const isBehind = mayBeBehind(facts, record);
  if (same && !isBehind) return undefined;
  const why = isBehind
    ? `An interrupted run may have released generation ${facts.recordedGeneration}, and edges that have it take no older one.`
    : 'The policy changed what the route carries beside the release.';
  return { kind: 'move', event: 'settings-changed', why, state, evidence: [] };
}

/** Lambda@Edge takes no route back that is older than one it has served: it must go out under a new generation. */
function mayBeBehind(facts: EnvironmentFacts, record: EnvironmentRecord): boolean {
  const { store, recordedGeneration, live, adoption } = facts;
  if (store !== undefined || recordedGeneration <= record.generation) return false;
  const isLost = live.parameters.route?.value !== record.route;
  // What was only just found void may be a run that is at work: not before the run after this one.
  const isKnownVoid = adoption.reason === undefined && record.mayBeServed !== undefined;
  return isLost || isKnownVoid;
}

function stateOf(record: EnvironmentRecord): State {
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

/** A release that waits for a person (`calls`) or for others doesn't keep the rest of the policy from going out. */
function planMove(
  facts: EnvironmentFacts,
  move: Move,
  { calls, waits }: { readonly calls: readonly Refusal[]; readonly waits: readonly string[] },
): Plan {
  const before = facts.adoption.record;
  const entry = makeEntry(facts, move);
  const { generation } = entry;
  const next: EnvironmentRecord = {
    version: RECORD_VERSION,
    app: facts.app.app,
    environment: facts.environment.name,
    generation,
    route: renderRoute(move.state, facts, generation),
    ...(facts.store !== undefined && { store: facts.store }),
    hosts: hostsOf(facts),
    ...move.state,
    ...(before?.rollbacks && { rollbacks: before.rollbacks }),
    ...keepResumed(before, move.state),
    ...markUntold(before, entry, facts.environment.notify),
    ...UNSHOWN,
    remembered: remember(facts, facts.storeArn, before?.remembered),
    served: serveNext(before, move.state, entry.at),
    last: entry,
  };
  const changes = [...writeForward(facts, next), ...associate(facts)];
  return sealEnvironment(facts, {
    direction: 'forward',
    why: move.why,
    to: entry.to,
    changes,
    evidence: move.evidence,
    refusals: calls,
    notes: [...waits, ...explainMove(facts, move)],
  });
}

function explainMove(facts: EnvironmentFacts, { state }: Move): readonly string[] {
  const skipped = explainSkipped(facts, state.quarantine);
  return [...explainPool(facts, state), ...skipped, ...explainGuard(facts, state)];
}

function makeEntry(facts: EnvironmentFacts, move: Move): HistoryEntry {
  const { now, by, commit, adoption } = facts;
  return {
    generation: nextGeneration(facts),
    at: now.toISOString(),
    by,
    ...(commit !== undefined && { commit }),
    event: move.event,
    why: move.why,
    from: describeState(adoption.record),
    to: describeState(move.state),
    stable: move.state.stable,
    build: buildOf(move, adoption.record),
    evidence: move.evidence,
  };
}

/** The build that an event is about. */
function buildOf({ event, state }: Move, before: EnvironmentRecord | undefined): string {
  const { build } =
    (event === 'rollout-aborted' ? before?.rollout?.canary : state.rollout?.canary) ?? state.stable;
  return build;
}

/** The step is the one in which the pause was. */
function keepResumed(
  before: EnvironmentRecord | undefined,
  { rollout }: State,
): Pick<EnvironmentRecord, 'resumedAt'> {
  const isSame = before?.rollout?.stepStartedAt === rollout?.stepStartedAt;
  return isSame && before?.resumedAt !== undefined ? { resumedAt: before.resumedAt } : {};
}

/** Nothing moves; what drifted from the record is put back. */
function planRepair(
  facts: EnvironmentFacts,
  decision: Exclude<Decision, { kind: 'roll-back' }>,
  refusals: readonly Refusal[],
): Plan {
  // Before the first release there is no route: visitors of an adopted distribution would get errors.
  const isReleased = facts.adoption.record !== undefined;
  const associates = isReleased && refusals.length === 0 ? associate(facts) : [];
  const changes = [...writeRepairs(facts), ...associates];
  const why = decision.kind === 'stay' ? explainStay(decision) : (refusals[0]?.message ?? '');
  const condition = decision.kind === 'stay' ? decision.condition : 'blocked';
  return sealEnvironment(facts, {
    direction: changes.length > 0 ? 'repair' : 'none',
    why,
    to: describeState(facts.adoption.record),
    changes,
    evidence: [],
    refusals,
    ...(decision.kind === 'stay' && decision.until !== undefined && { until: decision.until }),
    notes: [
      ...(condition === 'blocked' && refusals.length === 0 ? [`blocked: ${why}`] : []),
      ...explainSkipped(facts, facts.adoption.record?.quarantine ?? []),
      ...explainGuard(facts, facts.adoption.record),
    ],
  });
}

function explainStay({ why, wayOut }: Stay): string {
  return wayOut === undefined ? why : `${why} ${wayOut}`;
}

function associate(facts: EnvironmentFacts): readonly Change[] {
  if (facts.distribution === undefined) return [];
  const change = planAssociations(facts.distribution, facts);
  return change === undefined ? [] : [change];
}
