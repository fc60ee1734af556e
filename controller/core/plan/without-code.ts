import type { CodeRecord } from '../state/code-record.ts';
import { isCodeChange } from './code-change.ts';
import type { EnvironmentFacts } from './facts.ts';
import { featuresOf } from './features.ts';
import { sealPlan, type Plan } from './plan.ts';

interface Without {
  /** What the group's record says of its code. */
  readonly codes: CodeRecord | undefined;
  /** The command that edge code is left to. */
  readonly left: string;
  /** First releases are made, too; else they are left to it as well. */
  readonly takesFirst: boolean;
}

/**
 * An environment's plan as far as a run without edge code carries it out: routes and records. Code, and
 * which behaviours run it, is left to a run that can compose, test and publish it.
 */
export function withoutCode(plan: Plan, facts: EnvironmentFacts, without: Without): Plan {
  if (plan.direction === 'forward') {
    const why = findWait(facts, without);
    if (why !== undefined) {
      const { until: _nextMove, ...waiting } = plan;
      return sealPlan({ ...waiting, direction: 'none', changes: [], why });
    }
  }
  const changes = plan.changes.filter((change) => !isCodeChange(change));
  if (changes.length === plan.changes.length) return plan;
  const left = `what runs on the behaviours is left to ${without.left}`;
  const direction = changes.length === 0 ? 'none' : plan.direction;
  return sealPlan({ ...plan, direction, changes, notes: [...plan.notes, left] });
}

/** A route may not ask for what the code that reads it can't do, at any edge location. */
function findWait(
  facts: EnvironmentFacts,
  { codes, left, takesFirst }: Without,
): string | undefined {
  if (facts.adoption.record === undefined && !takesFirst) {
    return `The first release is left to ${left}, which sets the edge up.`;
  }
  const [live, before] = codes?.releases ?? [];
  const isSpreading = facts.store === undefined && facts.distribution?.status !== 'Deployed';
  const running = [live, ...(isSpreading && before !== undefined ? [before] : [])];
  const missing = featuresOf([facts]).filter((feature) =>
    running.some((code) => code?.features.includes(feature) !== true),
  );
  if (live !== undefined && missing.length === 0) return undefined;
  const lacks = live === undefined ? 'edge code' : `edge code with ${missing.join(', ')}`;
  return `Waits for ${lacks}, which ${left} publishes.`;
}
