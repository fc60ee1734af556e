import type { Policies } from '../policy/policy.ts';
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
  const moved = moveTogether({ planned: finished, guarded }, together, finish);
  const plans = [...moved.planned, ...moved.guarded].flatMap(({ plan }) => plan ?? []);
  return coupleTrains(plans, together);
}
