import type { Policies, TogetherPolicy } from '../policy/policy.ts';
import { coupleTrains } from './couple.ts';
import type { Plan } from './plan.ts';
import type { Finish, Planning } from './together-group.ts';
import { moveTogether } from './together.ts';

/** The environments' plans as one run carries them out: in line with each other, and coupled. */
export function planTogether(
  { planned, guarded }: Planning,
  { together }: Pick<Policies, 'together'>,
  finish: Finish,
): readonly Plan[] {
  const finished = planned.map(({ facts, plan }) => ({ facts, plan: finish(plan, facts) }));
  const lists = joinLists(together);
  const moved = moveTogether({ planned: finished, guarded }, lists, finish);
  const plans = [...moved.planned, ...moved.guarded].flatMap(({ plan }) => plan ?? []);
  return coupleTrains(plans, lists);
}

/** Lists that have a member in common are one: wrong ones, or those of policies that aren't of one time. */
function joinLists(together: readonly TogetherPolicy[] = []): readonly TogetherPolicy[] {
  let lists: readonly TogetherPolicy[] = [];
  for (const names of together) {
    const touched = lists.filter((list) => list.some((name) => names.includes(name)));
    const others = lists.filter((list) => !touched.includes(list));
    lists = [...others, [...new Set([...touched.flat(), ...names])]];
  }
  return lists;
}
