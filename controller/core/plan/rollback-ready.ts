import { nameBuild, type Build } from '../state/build.ts';
import { findQuarantine } from '../state/quarantine.ts';
import { servedOf } from '../state/served.ts';
import { findProblem } from './builds.ts';
import type { EnvironmentFacts } from './facts.ts';

/** Where a rollback asked for now would go, and whether it could. */
export interface RollbackReady {
  /** undefined: there is nothing to go back to. */
  readonly target: string | undefined;
  readonly isReady: boolean;
  /** The command; or what is missing, and what would mend it. */
  readonly next: string;
}

/**
 * The build that a rollback asked for now would go to: stable while a rollout is on, else the one that
 * was stable before, as far as the record remembers.
 */
export function findRollbackTarget({ adoption }: EnvironmentFacts): Build | undefined {
  const { record } = adoption;
  if (record === undefined || record.rollout !== undefined) return record?.stable;
  return servedOf(record).find(
    ({ build, stable }) =>
      stable === true &&
      build.digest !== record.stable.digest &&
      findQuarantine(record.quarantine, build) === undefined,
  )?.build;
}

/** `facts.builds` must have what was read of the target. */
export function describeReadiness(facts: EnvironmentFacts): RollbackReady {
  const target = findRollbackTarget(facts);
  if (target === undefined) {
    const next = 'No other build was stable here lately; release one.';
    return { target: undefined, isReady: false, next };
  }
  const problem = findProblem(facts, target);
  const name = nameBuild(target);
  if (problem !== undefined) {
    return { target: name, isReady: false, next: `${problem.message}. ${problem.next}` };
  }
  const command = `headgate rollback ${facts.app.app} ${facts.environment.name}`;
  const isRolling = facts.adoption.record?.rollout !== undefined;
  const next = isRolling ? command : `${command} --to ${target.build}`;
  return { target: name, isReady: true, next };
}
