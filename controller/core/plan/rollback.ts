import type { RollbackMarker, Route } from '../../../edge/contract/route.ts';
import { adoptLive } from '../state/adopt.ts';
import { fromRef, nameBuild, startWith, type Build } from '../state/build.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { markEarly } from '../state/quarantine.ts';
import { markEarlyLift } from '../state/rollbacks.ts';
import { rollBackRoute, rollBackRouteTo } from '../state/roll-back.ts';
import { parseRoute } from '../state/route.ts';
import { explainSkipped, explainUnread } from './builds.ts';
import { describeState } from './describe.ts';
import { foreignOwner, nextGeneration, type EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';
import { sealEnvironment } from './seal-environment.ts';
import { writeRollback } from './writes.ts';

export interface RollbackCause {
  readonly reason: RollbackMarker['reason'];
  readonly evidence: readonly string[];
  /** Another build than stable to go back to, once stable and checked. */
  readonly to?: Build;
}

/**
 * A forward plan to the last good build: the guard's, and the one a person asks for. The route is
 * made from the live route alone; the record is then brought up to it, as any other run would.
 */
export function planRollback(facts: EnvironmentFacts, cause: RollbackCause): Plan {
  const repeated = repeatRollback(facts);
  if (repeated !== undefined) return repeated;
  const before = facts.adoption.record;
  const live = parseRoute(before?.route);
  const made = live && makeRoute(live, cause, facts.now);
  const route = made && raise(made, nextGeneration(facts));
  if (before === undefined || route === undefined) {
    const why = 'Nothing is rolling out, so there is nothing to roll back.';
    const to = describeState(before);
    return sealEnvironment(facts, {
      direction: 'none',
      why,
      to,
      changes: [],
      evidence: [],
      refusals: [],
    });
  }
  const next = recordAfter(facts, { before, route }, cause);
  return sealEnvironment(facts, {
    direction: 'rollback',
    why: next.last.why,
    to: describeState(next),
    changes: writeRollback(facts, next),
    evidence: cause.evidence,
    refusals: [],
    notes: [...explainSkipped(facts, next.quarantine), ...explainUnread(facts)],
  });
}

function makeRoute(live: Route, { to, reason }: RollbackCause, now: Date): Route | undefined {
  const isStable = to === undefined || to.build === live.stable[0];
  return isStable ? rollBackRoute(live, reason, now) : rollBackRouteTo(live, to, now);
}

/** Only ever up: where nothing else is under way it is that generation already. */
function raise(route: Route, gen: number): Route {
  const { rollback } = route;
  return gen <= route.gen
    ? route
    : { ...route, gen, ...(rollback && { rollback: { ...rollback, gen } }) };
}

/**
 * A rollback whose generation another run had taken too, which SSM can't prevent: it goes out again
 * under one of its own. Without that, both would be the same generation in history.
 */
export function repeatRollback(facts: EnvironmentFacts): Plan | undefined {
  const { adoption, liveRoute, store, recordedGeneration } = facts;
  const { record, reason } = adoption;
  if (store !== undefined || record === undefined || liveRoute === undefined) return undefined;
  const { gen, rollback } = liveRoute.route;
  const isFresh = reason === 'rollback' && rollback?.gen === gen;
  if (!isFresh || recordedGeneration < gen) return undefined;
  const route = raise(liveRoute.route, nextGeneration(facts));
  const why = `${record.last.why} Again, because another run had released generation ${gen} too.`;
  const next = {
    ...record,
    generation: route.gen,
    route: JSON.stringify(route),
    ...(route.rollback && { marker: route.rollback }),
    ...(record.hold && { hold: renumber([record.hold], gen, route.gen)[0] ?? record.hold }),
    quarantine: renumber(record.quarantine, gen, route.gen).map((entry) =>
      entry.rollback === route.gen ? markEarly(entry, facts.environment.quarantine) : entry,
    ),
    ...(record.rollbacks && { rollbacks: renumber(record.rollbacks, gen, route.gen) }),
    last: { ...record.last, generation: route.gen, why, to: describeState(record) },
  };
  const to = describeState(next);
  const changes = writeRollback(facts, next);
  const outcome = { direction: 'rollback', why, to, changes, evidence: [], refusals: [] } as const;
  return sealEnvironment(facts, outcome);
}

function renumber<Entry extends { readonly rollback: number }>(
  entries: readonly Entry[],
  from: number,
  to: number,
): readonly Entry[] {
  return entries.map((entry) => (entry.rollback === from ? { ...entry, rollback: to } : entry));
}

function recordAfter(
  facts: EnvironmentFacts,
  { before, route }: { before: EnvironmentRecord; route: Route },
  cause: RollbackCause,
): EnvironmentRecord {
  const hosts = hostsServed(facts, before);
  const { now, by, store } = facts;
  const { guard, quarantine, release, notify } = facts.environment;
  const { steps } = release;
  const live = { route, text: JSON.stringify(route) };
  const adopted =
    adoptLive(before, live, { now, by, steps, hosts, store, notify }).record ?? before;
  const { rollback: marker, origins } = route;
  const barred = marker === undefined ? 'Nothing' : startWith(fromRef(marker.build, origins));
  const reason = cause.evidence.join('; ') || cause.reason;
  return {
    ...adopted,
    hosts,
    quarantine: adopted.quarantine.map((entry) =>
      entry.rollback === adopted.generation ? markEarly({ ...entry, reason }, quarantine) : entry,
    ),
    ...(adopted.rollbacks && {
      rollbacks: adopted.rollbacks.map((seen) =>
        markEarlyLift(seen, adopted.generation, guard.breaker),
      ),
    }),
    last: {
      ...adopted.last,
      ...(facts.commit !== undefined && { commit: facts.commit }),
      why: `${barred} was rolled back (${cause.reason}): stable ${nameBuild(adopted.stable)} serves everyone.`,
      from: describeState(before),
      to: describeState(adopted),
      ...(marker && { build: marker.build[0] }),
      evidence: cause.evidence,
    },
  };
}

/**
 * Every key that carries this environment, and no other: hosts that the policy adds or takes away
 * are a forward move, which may be refused.
 */
function hostsServed(facts: EnvironmentFacts, before: EnvironmentRecord): readonly string[] {
  const live = [...facts.live.values.keys()].filter((host) => {
    const isRoute = parseRoute(facts.live.values.get(host)) !== undefined;
    return isRoute && foreignOwner(facts, host) === undefined;
  });
  return [...new Set([...before.hosts, ...live])];
}
