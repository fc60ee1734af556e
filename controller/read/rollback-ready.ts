import type { EnvironmentFacts } from '../core/plan/facts.ts';
import {
  describeReadiness,
  findRollbackTarget,
  type RollbackReady,
} from '../core/plan/rollback-ready.ts';
import type { Context } from '../ports/context.ts';
import { readBuilds } from './builds.ts';

/** Whether a rollback asked for now could be carried out: the target's manifest and entry page are looked at. */
export async function readRollbackReady(
  context: Context,
  facts: EnvironmentFacts,
): Promise<RollbackReady> {
  const target = findRollbackTarget(facts);
  const isRead = target === undefined || facts.builds.has(target.build);
  if (isRead || target.origin !== undefined) return describeReadiness(facts);
  return describeReadiness({ ...facts, ...(await readBuilds(context, facts.app, [target.build])) });
}
