import type { Planned } from './plan-all.ts';

interface Believed extends Planned {
  /** Every KeyValueStore was looked at. */
  readonly isSeen: boolean;
}

/**
 * Plans by what the records say is live where nothing goes on, and once more by what is live as soon as
 * anything is to be written: no write is based on what nobody has seen.
 */
export async function believeFirst(
  makePlans: (believes: boolean) => Promise<Planned>,
): Promise<Believed> {
  const planned = await makePlans(true);
  const isSeen = planned.environments.every(({ facts }) => facts.live.isBelieved !== true);
  if (isSeen || !writes(planned)) return { ...planned, isSeen };
  return { ...(await makePlans(false)), isSeen: true };
}

export function writes({ set }: Planned): boolean {
  return set.plans.some(({ changes }) => changes.length > 0);
}
