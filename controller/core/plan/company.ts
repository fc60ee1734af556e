import { endRollout } from '../rollout/advance.ts';
import type { Decision, Stay } from '../rollout/decision.ts';
import { isCoupled } from './coupled-move.ts';
import type { EnvironmentFacts } from './facts.ts';

/** What the environments that it moves together with ask of it. */
export interface Company {
  /** Whom a move that gives a build to visitors, or takes it back, waits for. */
  readonly waits?: Pick<Stay, 'condition' | 'why' | 'until'>;
  /** Why the rollout ends, although the policy goes on naming its build. */
  readonly ends?: string;
}

/** A rollback is told to others, and never waits for one. */
export function heed(
  decision: Decision,
  facts: EnvironmentFacts,
  { waits, ends }: Company,
): Decision {
  const { record } = facts.adoption;
  if (decision.kind === 'roll-back') return decision;
  if (ends !== undefined && record?.rollout !== undefined) {
    return endRollout({ policy: facts.environment }, record, ends);
  }
  if (waits === undefined || decision.kind !== 'move' || !isCoupled(decision.event))
    return decision;
  return { kind: 'stay', ...waits, why: `${waits.why} Then: ${decision.why}` };
}

/** What others keep back is said where the rest of the policy goes out, too. */
export function explainWait(own: Decision, decision: Decision): readonly string[] {
  return own.kind === 'move' && decision.kind === 'stay' ? [decision.why] : [];
}
