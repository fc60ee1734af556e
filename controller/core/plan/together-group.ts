import type { TogetherPolicy } from '../policy/policy.ts';
import { moveOf } from './coupled-move.ts';
import type { Company } from './company.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';

/** An environment and what it would do by itself. */
export interface Planned {
  readonly facts: EnvironmentFacts;
  readonly plan: Plan;
}

/** An environment of which nothing but the guard goes on: not all of it could be read, or its policy can't be used. */
export interface Guarded {
  readonly facts: EnvironmentFacts;
  /** undefined: by its own alarms it stays where it is. */
  readonly plan: Plan | undefined;
}

export interface Planning {
  readonly planned: readonly Planned[];
  readonly guarded: readonly Guarded[];
}

/** What a plan that is made anew goes through after planning: waits for edge code, and the like. */
export type Finish = (plan: Plan, facts: EnvironmentFacts) => Plan;

/** Those that one entry of `together` names. */
export interface Group extends Planning {
  readonly names: TogetherPolicy;
  /** Named, and not planned: could not be read, or their policies can't be used. */
  readonly missing: readonly string[];
  readonly remake: (facts: EnvironmentFacts, company?: Company) => Planned;
  readonly finish: Finish;
}

export function nameFacts({
  app,
  environment,
}: Pick<EnvironmentFacts, 'app' | 'environment'>): string {
  return `${app.app}/${environment.name}`;
}

export function isRolling({ facts }: Planned): boolean {
  return facts.adoption.record?.rollout !== undefined;
}

/** Its policy names another build than the one that is rolling out. */
export function isLeaving({ plan }: Pick<Planned, 'plan'>): boolean {
  const event = moveOf(plan)?.event;
  return event === 'rollout-superseded' || event === 'rollout-aborted';
}
