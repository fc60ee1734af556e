import { applyPlan } from '../../controller/apply/apply.ts';
import { planRollback } from '../../controller/core/plan/rollback.ts';
import type { EdgeGroup } from '../../controller/core/policy/policy.ts';
import type { EnvironmentSubject } from '../../controller/core/policy/subjects.ts';
import { readForRollback } from '../../controller/read/for-rollback.ts';
import { environmentPolicy, GROUP, Killed, World, type WriteHook } from './world.ts';

/** Build 1 released, build 2 rolling at its first step. */
export async function rolling(group: EdgeGroup = GROUP): Promise<World> {
  const world = new World(group);
  world.publish('1', '2', '3');
  await world.reconcile();
  world.policy = environmentPolicy('2');
  await world.reconcile();
  world.writes = [];
  return world;
}

/** A hook that kills the process at the nth write: from then on nothing of it gets through. */
export function killAt(nth: number, moment: 'before' | 'after'): WriteHook {
  let count = 0;
  let dead = false;
  return (now) => {
    dead ||= now === moment && ++count === nth;
    if (dead) throw new Killed();
  };
}

/** The fast lane: from the live route alone, the record unread. */
export async function rollBackByHand(world: World, hook?: WriteHook): Promise<void> {
  const { facts } = await readForRollback(world.context(hook), subjectOf(world));
  await applyPlan(planRollback(facts, { reason: 'manual', evidence: [] }), world.context(hook));
}

export function subjectOf(world: World): EnvironmentSubject {
  return { app: world.app, environment: world.policy, group: world.group };
}
