import { sealPlanSet, type Plan } from '../core/plan/plan.ts';
import { withoutCode } from '../core/plan/without-code.ts';
import { listLeftOut } from '../core/policy/places.ts';
import { readCopy, type PolicyCopy } from '../core/policy/policy-copy.ts';
import type { EdgeGroup, Policies } from '../core/policy/policy.ts';
import type { CodeRecord } from '../core/state/code-record.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { attemptEach } from './attempt-each.ts';
import {
  findUnread,
  nameEnvironment,
  nameGroup,
  nameLeftOut,
  planEnvironments,
  planGuardAlone,
  planRemembered,
  type Planned,
} from './plan-all.ts';

/**
 * The plans of one app's environments, by the copy of its policy: what `reconcile` would do, but for edge
 * code and settings. One environment's failure stays its own.
 */
export async function planScheduled(
  context: Context,
  copy: PolicyCopy,
  run: RunFacts,
): Promise<Planned> {
  const { policies, places } = readCopy(copy);
  // A version of ours that is older than the copy may not understand it: the guard goes on.
  const leftOut = listLeftOut(places, policies);
  const [environments, codes] = await Promise.all([
    planEnvironments(context, policies, run),
    attemptEach(usedGroups(policies), nameGroup, (group) => readCode(context, group)),
  ]);
  const codeOf = new Map(codes.done);
  const unread = findUnread(policies, environments.failures);
  const [guarded, remembered] = await Promise.all([
    attemptEach(unread, nameEnvironment, (subject) => planGuardAlone(context, subject)),
    attemptEach(leftOut, nameLeftOut, (place) => planRemembered(context, place)),
  ]);
  const plans: readonly Plan[] = [
    ...environments.done.map(({ facts, plan }) =>
      withoutCode(plan, facts, codeOf.get(facts.group.name)),
    ),
    ...[...guarded.done, ...remembered.done].flat(),
  ];
  // Of a group whose code isn't known nothing moves forward, but the guard goes on.
  const failures = [environments, codes, remembered].flatMap((one) => one.failures);
  return { set: sealPlanSet(plans), failures };
}

/** Those that have environments here. */
function usedGroups({ groups, apps }: Policies): readonly EdgeGroup[] {
  const used = new Set(apps.flatMap((app) => app.environments.map(({ edge }) => edge.group)));
  return groups.filter(({ name }) => used.has(name));
}

async function readCode(
  context: Context,
  group: EdgeGroup,
): Promise<readonly [string, CodeRecord | undefined]> {
  const stored = await context.codeRecords(group).read(group.name);
  return [group.name, stored?.record];
}
