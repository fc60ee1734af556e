import { advance } from '../rollout/advance.ts';
import type { Block } from '../rollout/blocked.ts';
import type { Decision, Refuse, Stay } from '../rollout/decision.ts';
import { situationOf } from './environment.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';

/** One thing that keeps an environment from what its policy asks for. */
export interface Blocker {
  readonly kind:
    | Block['kind']
    | Refuse['code']
    /** Another plan that it waits for: its edge group's code, or the rest of its train. */
    | 'edge-code'
    | 'train'
    | 'evidence'
    | 'frozen'
    | 'held'
    | 'paused'
    | 'refused';
  readonly why: string;
  /** What a person can do about it. */
  readonly wayOut?: string;
  /** When time alone ends it. ISO 8601. */
  readonly until?: string;
}

/** In the order in which somebody should look at them: what is refused comes first. */
export function listBlockers(facts: EnvironmentFacts, plan: Plan): readonly Blocker[] {
  if (plan.direction === 'rollback') return [];
  if (facts.pause !== undefined) return [{ kind: 'paused', why: plan.why }];
  const decision = advance(situationOf(facts));
  const said = decision.kind === 'stay' ? explainStay(decision) : [];
  const refusals = plan.refusals.flatMap(({ message, next }): readonly Blocker[] => {
    const isSaid = decision.kind === 'stay' && message === decision.why && said.length > 0;
    return isSaid ? [] : [{ kind: kindOf(decision, message), why: message, wayOut: next }];
  });
  return [...refusals, ...said, ...explainWait(decision, plan)];
}

function explainStay({ condition, why, wayOut, until, blocks }: Stay): readonly Blocker[] {
  const time = until === undefined ? {} : { until };
  switch (condition) {
    case 'frozen':
      return [{ kind: 'frozen', why, ...time }];
    case 'held':
      return [{ kind: 'held', why }];
    case 'blocked':
    case 'waiting':
      if (blocks !== undefined) return blocks;
      // A step that isn't over waits for nothing but time.
      if (condition === 'waiting') return [];
      return [{ kind: 'evidence', why, ...(wayOut !== undefined && { wayOut }), ...time }];
    case 'steady':
      return [];
  }
}

function kindOf(decision: Decision, message: string): Blocker['kind'] {
  return decision.kind === 'refuse' && message.startsWith(decision.message)
    ? decision.code
    : 'refused';
}

/** It could move, and is kept back by what it moves with; its settings may go out all the same. */
function explainWait(decision: Decision, plan: Plan): readonly Blocker[] {
  if (decision.kind !== 'move' || plan.refusals.length > 0) return [];
  const event = plan.changes.findLast((change) => change.kind === 'write-record')?.record.last
    .event;
  if (plan.direction === 'forward') {
    const isOther = decision.event !== event && event === 'settings-changed';
    const why = plan.notes.find((note) => note.startsWith('Waits for '));
    return isOther && why !== undefined ? [{ kind: 'train', why }] : [];
  }
  const isForCode = /^Waits (for edge code|until distribution) /.test(plan.why);
  return [{ kind: isForCode ? 'edge-code' : 'train', why: plan.why }];
}
