import { hostsOf, type EnvironmentFacts } from './facts.ts';
import type { PlannedGroup } from './group-plan.ts';
import { sealPlan, type Plan } from './plan.ts';

/**
 * A plan whose exchange of an adopted set-up waits until edges have what was written before it. Edges take a
 * distribution, a function and a key each in its own time: one that has the exchange, and still runs our function
 * as it was before this host had a floor, would answer 503 where the earlier set-up served.
 */
export function settleFirst(
  plan: Plan,
  facts: EnvironmentFacts,
  group: PlannedGroup | undefined,
): Plan {
  if (facts.environment.adopted === undefined || isFirstCode(facts, group)) return plan;
  if (!plan.changes.some(({ kind }) => kind === 'associate')) return plan;
  const changes = plan.changes.map((change) =>
    change.kind === 'associate' ? { ...change, settles: true as const } : change,
  );
  return sealPlan({ ...plan, changes });
}

/** Published for the first time, and with a build for every host: then no edge has it without. */
function isFirstCode(facts: EnvironmentFacts, group: PlannedGroup | undefined): boolean {
  const changes = group?.plan.changes ?? [];
  return changes.some(
    (change) =>
      change.kind === 'publish-function' &&
      change.role === 'request' &&
      change.from === 'none' &&
      hostsOf(facts).every((host) => (change.floor?.[host]?.[3] ?? '') !== ''),
  );
}
