import { sealPlanSet, type Plan } from '../core/plan/plan.ts';
import { withoutCode } from '../core/plan/without-code.ts';
import { listLeftOut } from '../core/policy/places.ts';
import type { PolicyCopy } from '../core/policy/policy-copy.ts';
import type { Policies } from '../core/policy/policy.ts';
import { readPolicies } from '../core/policy/read-policies.ts';
import type { CodeRecord } from '../core/state/code-record.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { attemptEach } from './attempt-each.ts';
import {
  findUnread,
  nameEnvironment,
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
  const { policies, places } = readPolicies(copy.files);
  // A version of ours that is older than the copy may not understand it: the guard goes on.
  const leftOut = listLeftOut(places, policies);
  const [environments, codes] = await Promise.all([
    planEnvironments(context, policies, run),
    readCodes(context, policies),
  ]);
  const unread = findUnread(policies, environments.failures);
  const [guarded, remembered] = await Promise.all([
    attemptEach(unread, nameEnvironment, (subject) => planGuardAlone(context, subject)),
    attemptEach(leftOut, nameLeftOut, (place) => planRemembered(context, place)),
  ]);
  const plans: readonly Plan[] = [
    ...environments.done.map(({ facts, plan }) =>
      withoutCode(plan, facts, codes.get(facts.group.name)),
    ),
    ...[...guarded.done, ...remembered.done].flat(),
  ];
  return { set: sealPlanSet(plans), failures: [...environments.failures, ...remembered.failures] };
}

/** Of the groups that have environments here. */
async function readCodes(
  context: Context,
  { groups, apps }: Policies,
): Promise<ReadonlyMap<string, CodeRecord | undefined>> {
  const used = new Set(apps.flatMap((app) => app.environments.map(({ edge }) => edge.group)));
  const read = groups
    .filter(({ name }) => used.has(name))
    .map(async (group) => {
      const stored = await context.codeRecords(group).read(group.name);
      return [group.name, stored?.record] as const;
    });
  return new Map(await Promise.all(read));
}
