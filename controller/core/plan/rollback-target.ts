/** To which build a person may go back. */
import { EXIT } from '../errors.ts';
import type { Build } from '../state/build.ts';
import { nameBuild } from '../state/build.ts';
import { findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord, HistoryEntry } from '../state/record.ts';
import { findProblem } from './builds.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Refusal } from './plan.ts';

/** Builds that were stable here, the last one first, each once. */
export function listOnceStable(
  history: readonly HistoryEntry[],
  record: EnvironmentRecord | undefined,
): readonly Build[] {
  const entries = history.toSorted((a, b) => b.generation - a.generation);
  const known = entries.flatMap((entry) => entry.stable ?? recall(entry, record));
  const all = [...(record === undefined ? [] : [record.stable]), ...known];
  return all.filter((build, index) => all.findIndex((one) => isSame(one, build)) === index);
}

/** Entries of earlier versions have words only; the digest is then that of the kept build. */
function recall(
  { event, to }: HistoryEntry,
  record: EnvironmentRecord | undefined,
): readonly Build[] {
  if (event !== 'rollout-finished' && event !== 'first-release') return [];
  return (record?.kept ?? []).filter((kept) => to === nameBuild(kept));
}

function isSame(one: Build, other: Build): boolean {
  return one.build === other.build && one.digest === other.digest;
}

/**
 * Why this build can't be gone back to; undefined: it can. `facts.builds` has what was read of the
 * target and of the others, which are the ways out.
 */
export function checkTarget(
  facts: EnvironmentFacts,
  wanted: string,
  onceStable: readonly Build[],
): Refusal | undefined {
  const problem = findObstacle(facts, wanted, onceStable);
  if (problem === undefined) return undefined;
  const others = onceStable.filter(({ build }) => build !== wanted);
  const usable = others.filter(({ build }) => !findObstacle(facts, build, onceStable));
  const names = usable.map(({ build }) => build).join(', ');
  const ways = names === '' ? 'No other build can be returned to.' : `It can go back to: ${names}.`;
  const next = problem.next === undefined ? ways : `${problem.next} ${ways}`;
  return { exitCode: EXIT.unsafe, message: problem.message, next };
}

function findObstacle(
  facts: EnvironmentFacts,
  wanted: string,
  onceStable: readonly Build[],
): { message: string; next?: string } | undefined {
  const { record } = facts.adoption;
  const target = onceStable.find(({ build }) => build === wanted);
  if (target === undefined) {
    return {
      message: `"${wanted}" was never stable in ${facts.app.app}/${facts.environment.name}`,
    };
  }
  const name = nameBuild(target);
  if (record?.rollout?.canary.build === wanted) {
    return { message: `${name} is the one that is rolling out` };
  }
  if (record?.rollout === undefined && record?.stable.build === wanted) {
    return { message: `${name} serves everyone already` };
  }
  const barred = findQuarantine(record?.quarantine ?? [], target);
  if (barred !== undefined) {
    return {
      message: `${name} is quarantined since rollback ${barred.rollback} (${barred.reason})`,
      next: 'Lift that in the policy and reconcile first.',
    };
  }
  return findProblem(facts, target);
}
