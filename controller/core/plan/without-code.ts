import type { CodeRecord } from '../state/code-record.ts';
import { isCodeChange } from './code-change.ts';
import type { EnvironmentFacts } from './facts.ts';
import { featuresOf } from './features.ts';
import { sealPlan, type Plan } from './plan.ts';

/**
 * An environment's plan as far as the fast lane carries it out: routes and records. Edge code, and which
 * behaviours run it, is `headgate reconcile`'s, which can compose and test code. `codes`: what the group's
 * record says of its code.
 */
export function withoutCode(
  plan: Plan,
  facts: EnvironmentFacts,
  codes: CodeRecord | undefined,
): Plan {
  if (plan.direction === 'forward') {
    const why = findWait(facts, codes);
    if (why !== undefined) {
      const { until: _nextMove, ...waiting } = plan;
      return sealPlan({ ...waiting, direction: 'none', changes: [], why });
    }
  }
  const changes = plan.changes.filter((change) => !isCodeChange(change));
  if (changes.length === plan.changes.length) return plan;
  const left = 'what runs on the behaviours is left to `headgate reconcile`';
  const direction = changes.length === 0 ? 'none' : plan.direction;
  return sealPlan({ ...plan, direction, changes, notes: [...plan.notes, left] });
}

/** A route may not ask for what the code that reads it can't do, at any edge location. */
function findWait(facts: EnvironmentFacts, codes: CodeRecord | undefined): string | undefined {
  if (facts.adoption.record === undefined) {
    return 'The first release is left to `headgate reconcile`, which sets the edge up.';
  }
  const [live, before] = codes?.releases ?? [];
  const isSpreading = facts.store === undefined && facts.distribution?.status !== 'Deployed';
  const running = [live, ...(isSpreading && before !== undefined ? [before] : [])];
  const missing = featuresOf([facts]).filter((feature) =>
    running.some((code) => code?.features.includes(feature) !== true),
  );
  if (live !== undefined && missing.length === 0) return undefined;
  const lacks = live === undefined ? 'edge code' : `edge code with ${missing.join(', ')}`;
  return `Waits for ${lacks}, which \`headgate reconcile\` publishes.`;
}
