import type { Distribution } from './behaviours.ts';
import type { AssociateVersion } from './change.ts';
import type { EnvironmentFacts } from './facts.ts';
import { featuresOf } from './features.ts';
import type { PlannedGroup, PlannedVersion } from './group-plan.ts';
import { isDeployed, planVersionAssociations } from './lambda-associations.ts';
import { sealPlan, type Plan } from './plan.ts';

/**
 * An environment's plan with the version of its group's Lambda@Edge function on its behaviours. The
 * group's plan comes first, so what it publishes is associated in the same run.
 */
export function associateVersion(
  plan: Plan,
  facts: EnvironmentFacts,
  group: PlannedGroup | undefined,
): Plan {
  const { distribution } = facts;
  const version = group?.version;
  // A rollback waits for nothing: the group's plan does it.
  if (version === undefined || distribution === undefined || plan.direction === 'rollback') {
    return plan;
  }
  const isAllowed = plan.refusals.length === 0 && isReleased(plan, facts);
  const change = planVersionAssociations(distribution, facts, { version, isAllowed });
  const waiting = waitForEdge(plan, facts, version);
  return change === undefined ? waiting : addChanges(waiting, [change]);
}

/** Before that the function would have no route, and nobody is served anyway. */
function isReleased(plan: Plan, { adoption }: EnvironmentFacts): boolean {
  return adoption.record !== undefined || plan.direction === 'forward';
}

/** What is known of an environment whose own plan puts no version on its behaviours. */
export interface LeftBehind extends Pick<EnvironmentFacts, 'app' | 'environment'> {
  readonly distribution: Distribution | undefined;
}

/**
 * A group's plan with its version on the behaviours of environments that could not be read, or that roll
 * back: code that is taken back must leave them, too. Behaviours that run nothing of ours stay as they are.
 */
export function associateLeft(planned: PlannedGroup, left: readonly LeftBehind[]): PlannedGroup {
  const { plan, version } = planned;
  if (version === undefined || plan.refusals.length > 0) return planned;
  const changes = left.flatMap(
    ({ distribution, ...subject }) =>
      (distribution &&
        planVersionAssociations(distribution, subject, { version, isAllowed: false })) ??
      [],
  );
  return changes.length === 0 ? planned : { ...planned, plan: addChanges(plan, changes) };
}

function addChanges(plan: Plan, changes: readonly AssociateVersion[]): Plan {
  const direction = plan.direction === 'none' ? 'repair' : plan.direction;
  return sealPlan({ ...plan, direction, changes: [...plan.changes, ...changes] });
}

/**
 * A route may not ask for what some edge locations can't do yet: a new version takes minutes to reach
 * them all. The first release of an environment has nothing that could go on without.
 */
function waitForEdge(plan: Plan, facts: EnvironmentFacts, version: PlannedVersion): Plan {
  const { distribution, adoption } = facts;
  const missing = featuresOf([facts]).filter((feature) => !version.lasting.includes(feature));
  const isFirst = adoption.record === undefined;
  if (plan.direction !== 'forward' || isFirst || missing.length === 0) return plan;
  if (distribution === undefined || isDeployed(distribution, facts, version)) return plan;
  const { until: _nextMove, ...waiting } = plan;
  const why = `Waits until distribution ${distribution.id} has deployed edge code with ${missing.join(', ')} everywhere.`;
  return sealPlan({ ...waiting, direction: 'none', changes: [], why });
}
