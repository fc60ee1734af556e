/** What a reviewer wants to know of one environment's plan, beside its writes: observations, as values. */
import type { Route } from '../../../edge/contract/route.ts';
import type { AlarmState } from '../rollout/verdict.ts';
import type { EnvironmentRecord, Event } from '../state/record.ts';
import { EVERYONE, parseRoute } from '../state/route.ts';
import { sampleMoved } from '../why/choice.ts';
import { explainSessions } from './explain-visitors.ts';
import type { EnvironmentFacts } from './facts.ts';
import { nameSubject, type Plan, type PlanSet } from './plan.ts';
import { listAhead } from './review-ahead.ts';
import { listBlockers, type Blocker } from './review-blockers.ts';
import { describeServing, type Serving } from './review-shares.ts';
import { describeReadiness, findRollbackTarget, type RollbackReady } from './rollback-ready.ts';

export interface Review {
  /** undefined: nobody gets anything yet. */
  readonly now: Serving | undefined;
  /** Once the plan is carried out. */
  readonly after: Serving | undefined;
  /** Visitors whose next page is of another build, as the edge itself says of some thousand. */
  readonly movedBasisPoints: number;
  /** The edge treats nobody in another way, and previews stay as they are. */
  readonly isUnseen: boolean;
  /** What else the route carries, where it changes. */
  readonly settings: readonly string[];
  /** What becomes of sessions in progress. */
  readonly sessions: readonly string[];
  readonly alarms: readonly Pick<AlarmState, 'name' | 'region' | 'state'>[];
  /** Where a rollback would go once the plan is carried out; undefined: it wasn't looked at. */
  readonly rollback: RollbackReady | undefined;
  readonly blockers: readonly Blocker[];
  /** What time and approvals do afterwards, in order; empty: nothing. */
  readonly ahead: readonly string[];
  /** The event that the plan's history entry will have. */
  readonly event?: Event;
}

/** The same plans, those of environments with a review: for whoever shows them. */
export function addReviews(
  set: PlanSet,
  environments: readonly { readonly facts: EnvironmentFacts }[],
): PlanSet {
  const byName = new Map(
    environments.map(({ facts }) => [`${facts.app.app}/${facts.environment.name}`, facts]),
  );
  const plans = set.plans.map((plan) => {
    const facts = byName.get(nameSubject(plan.subject));
    return facts === undefined ? plan : { ...plan, review: reviewPlan(facts, plan) };
  });
  return { ...set, plans };
}

function reviewPlan(facts: EnvironmentFacts, plan: Plan): Review {
  const before = facts.liveRoute?.route;
  const after = routeAfter(plan) ?? before;
  const next = recordAfter(plan);
  const seconds = Math.floor(facts.now.getTime() / 1000);
  const event = next?.last.event;
  return {
    now: before && describeServing(before),
    after: after && describeServing(after),
    movedBasisPoints: countMoved(before, after, seconds),
    isUnseen: describeVisible(before) === describeVisible(after),
    settings: listSettings(before, after),
    sessions: explainSessions(facts, plan.direction),
    alarms: facts.observations.alarms.map(({ name, region, state }) => ({ name, region, state })),
    rollback: findReadiness(facts, next ?? facts.adoption.record),
    blockers: listBlockers(facts, plan),
    ahead: listAhead(facts, plan, next ?? facts.adoption.record),
    ...(event !== undefined && { event }),
  };
}

/** The route that visitors get once its writes are done; undefined: it writes none. */
function routeAfter({ changes }: Plan): Route | undefined {
  const change = changes.findLast(({ kind }) => kind === 'write-route' || kind === 'write-release');
  return change?.kind === 'write-route' || change?.kind === 'write-release'
    ? parseRoute(change.route)
    : undefined;
}

/** Of a move; a repair leaves the record that there is. */
function recordAfter({ changes, direction }: Plan): EnvironmentRecord | undefined {
  if (direction !== 'forward' && direction !== 'rollback') return undefined;
  return changes.findLast((change) => change.kind === 'write-record')?.record;
}

function countMoved(before: Route | undefined, after: Route | undefined, now: number): number {
  if (after === undefined) return 0;
  return before === undefined ? EVERYONE : sampleMoved(before, after, now);
}

/** What a rollback leaves for the next run, and what open pages may still ask for, nobody sees. */
function describeVisible(route: Route | undefined): string {
  if (route === undefined) return '';
  const { gen: _gen, kept: _kept, rollback: _rollback, canary, ...rest } = route;
  return JSON.stringify({ ...rest, canary: canary && { ...canary, salt: 0 } });
}

const OF_STATE = new Set(['v', 'gen', 'stable', 'canary', 'kept', 'barred', 'rollback', 'origins']);

/** Of the policy, beside who gets which build: `preview: "open" -> "off"`. */
function listSettings(before: Route | undefined, after: Route | undefined): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const old = new Map<string, unknown>(Object.entries(before));
  const fresh = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((name) => !OF_STATE.has(name))
    .map((name) => [name, show(old.get(name)), show(fresh.get(name))] as const)
    .filter(([, from, to]) => from !== to)
    .map(([name, from, to]) => `${name}: ${from} -> ${to}`);
}

function show(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

/** Only by what was read anyway: a plan of many environments costs no request more for it. */
function findReadiness(
  facts: EnvironmentFacts,
  record: EnvironmentRecord | undefined,
): RollbackReady | undefined {
  const then = { ...facts, adoption: { ...facts.adoption, record } };
  const target = findRollbackTarget(then);
  const isKnown =
    target === undefined ||
    target.origin !== undefined ||
    facts.builds.has(target.build) ||
    facts.unread?.has(target.build) === true;
  return isKnown ? describeReadiness(then) : undefined;
}
