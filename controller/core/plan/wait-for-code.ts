import { featuresOf } from './features.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { PlannedGroup } from './group-plan.ts';
import { sealPlan, type Plan } from './plan.ts';

/**
 * A forward plan of an environment, or its wait: a route may not ask for what the code that reads it
 * can't do. A gate that nothing enforces would be worse than none.
 */
export function waitForCode(
  plan: Plan,
  facts: Pick<EnvironmentFacts, 'app' | 'environment'>,
  group: PlannedGroup | undefined,
): Plan {
  // A group that could not be planned at all stops its environments when plans are carried out.
  if (plan.direction !== 'forward' || group === undefined) return plan;
  const { code } = group;
  const missing = featuresOf([facts]).filter((feature) => !code?.features.includes(feature));
  if (code !== undefined && missing.length === 0) return plan;
  const lacks = code === undefined ? 'edge code' : `edge code with ${missing.join(', ')}`;
  const why = `Waits for ${lacks}. ${group.plan.why}`;
  const { until: _nextMove, ...waiting } = plan;
  return sealPlan({ ...waiting, direction: 'none', changes: [], why });
}
