import { LOOK_MINUTES } from '../core/fast-lane/look.ts';
import type { Clock } from '../ports/surroundings.ts';
import { believeFirst, writes } from '../read/believe.ts';
import type { Planned } from '../read/plan-all.ts';

/** When which apps' KeyValueStores were last looked at, of this instance of the function. */
export interface Looks {
  /** Plans by the store when that is due, else by the records for as long as nothing is to be done. */
  take(apps: string, makePlans: (believes: boolean) => Promise<Planned>): Promise<Planned>;
}

/**
 * Kept in memory and nowhere else: a new instance looks at once, so whatever the schedule is, and however long
 * Lambda keeps an instance, no store is left alone for longer than a look and a run.
 */
export function createLooks(clock: Pick<Clock, 'now'>): Looks {
  const seen = new Map<string, number>();
  return {
    async take(apps, makePlans) {
      const now = clock.now().getTime();
      const last = seen.get(apps);
      // Unless all is well here, the next run looks, too: what couldn't be read, or is yet to be written, may be wrong.
      seen.delete(apps);
      const planned = isRecent(last, now)
        ? await believeFirst(makePlans)
        : { ...(await makePlans(false)), isSeen: true };
      const isWell = planned.failures.length === 0 && !writes(planned);
      if (isWell) seen.set(apps, planned.isSeen ? now : (last ?? now));
      return planned;
    },
  };
}

/** By a clock that was put back since, nobody knows how long ago a look was. */
function isRecent(look: number | undefined, now: number): boolean {
  return look !== undefined && look <= now && now - look < LOOK_MINUTES * 60_000;
}
