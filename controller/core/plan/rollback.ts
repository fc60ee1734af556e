import type { RollbackMarker, Route } from '../../../edge/contract/route.ts';
import { adoptLive } from '../state/adopt.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { rollBackRoute } from '../state/roll-back.ts';
import { parseRoute } from '../state/route.ts';
import { explainSkipped } from './builds.ts';
import { describeState } from './describe.ts';
import { foreignOwner, type EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';
import { sealEnvironment } from './seal-environment.ts';
import { writeRollback } from './writes.ts';

export interface RollbackCause {
  readonly reason: RollbackMarker['reason'];
  readonly evidence: readonly string[];
}

/**
 * A forward plan to the last good build: the guard's, and the one a person asks for. The route is
 * made from the live route alone; the record is then brought up to it, as any other run would.
 */
export function planRollback(facts: EnvironmentFacts, cause: RollbackCause): Plan {
  const before = facts.adoption.record;
  const live = parseRoute(before?.route);
  const route = live && rollBackRoute(live, cause.reason, facts.now);
  if (before === undefined || live?.canary === undefined || route === undefined) {
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
    notes: explainSkipped(facts, next.quarantine),
  });
}

function recordAfter(
  facts: EnvironmentFacts,
  { before, route }: { before: EnvironmentRecord; route: Route },
  cause: RollbackCause,
): EnvironmentRecord {
  const hosts = hostsServed(facts, before);
  const { now, by, store } = facts;
  const steps = facts.environment.release.steps;
  const live = { route, text: JSON.stringify(route) };
  const adopted = adoptLive(before, live, { now, by, steps, hosts, store }).record ?? before;
  const barred = adopted.hold?.build.build ?? '';
  const reason = cause.evidence.join('; ') || cause.reason;
  return {
    ...adopted,
    hosts,
    quarantine: adopted.quarantine.map((entry) =>
      entry.rollback === adopted.generation ? { ...entry, reason } : entry,
    ),
    last: {
      ...adopted.last,
      ...(facts.commit !== undefined && { commit: facts.commit }),
      why: `Build ${barred} was rolled back (${cause.reason}): stable build ${adopted.stable.build} serves everyone.`,
      from: describeState(before),
      to: describeState(adopted),
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
