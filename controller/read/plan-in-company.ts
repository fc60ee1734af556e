import { moveTogether } from '../core/plan/together.ts';
import { planEnvironment } from '../core/plan/environment.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { Plan } from '../core/plan/plan.ts';
import { nameFacts } from '../core/plan/together-group.ts';
import { subjectsOf } from '../core/policy/subjects.ts';
import type { Policies } from '../core/policy/policy.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { attemptEach } from './attempt-each.ts';
import { readEnvironment } from './environment.ts';
import { nameEnvironment } from './plan-all.ts';

/** What the next run would do to one environment, which may depend on those that move together with it. */
export async function planInCompany(
  context: Context,
  facts: EnvironmentFacts,
  { policies, run }: { readonly policies: Policies; readonly run: RunFacts },
): Promise<Plan> {
  const own = { facts, plan: planEnvironment(facts) };
  const { together = [] } = facts;
  const mates = subjectsOf(policies).filter((subject) => {
    return together.includes(nameFacts(subject)) && nameFacts(subject) !== nameFacts(facts);
  });
  const read = await attemptEach(mates, nameEnvironment, async (subject) => {
    const found = await readEnvironment(context, subject, run);
    return { facts: found, plan: planEnvironment(found) };
  });
  const moved = moveTogether({ planned: [own, ...read.done], guarded: [] }, policies.together);
  return moved.planned[0]?.plan ?? own.plan;
}
