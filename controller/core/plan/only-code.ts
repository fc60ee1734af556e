import { isCodeChange } from './code-change.ts';
import { sealPlan, sealPlanSet, type Plan, type PlanSet } from './plan.ts';

/**
 * What a run does that may change edge code and nothing else: the groups' plans, and of environments what
 * runs on their behaviours. Visitors are moved, and brought back, by the runs that leave code alone.
 */
export function onlyCode({ plans }: PlanSet): PlanSet {
  return sealPlanSet(plans.flatMap(codePartOf));
}

function codePartOf(plan: Plan): readonly Plan[] {
  if (plan.subject.kind === 'group') return [plan];
  // Before its first release an environment has no route: with our functions nobody there would be served.
  const isFirst = plan.subject.kind === 'environment' && plan.base === 0;
  const changes = plan.changes.filter(isCodeChange);
  if (isFirst || changes.length === 0) return [];
  const { train: _train, tell: _tell, review: _review, until: _until, ...rest } = plan;
  const why = 'Its behaviours run something else than the edge code of its group.';
  return [sealPlan({ ...rest, direction: 'repair', why, to: plan.from, changes })];
}
