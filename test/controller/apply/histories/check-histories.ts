import fc from 'fast-check';
import { full } from '../../../depth.ts';
import { happenings, happeningsTogether } from './happenings.ts';
import { History, type Setting } from './history.ts';
import { settle } from './settle.ts';

/** Milliseconds; a machine that does other things as well takes its time. */
export const PATIENCE = full ? 900_000 : 180_000;
/** So much of what happened last is printed with a failure. */
const TOLD = 120;

/** How many histories: by default, and at full depth. */
interface Runs {
  readonly few: number;
  readonly many: number;
}

/** Random histories keep every promise after every request, and come to rest where the policy says. */
export async function checkHistories(setting: Setting, { few, many }: Runs): Promise<void> {
  const numRuns = Number(process.env['HEADGATE_HISTORIES'] ?? (full ? many : few));
  const arbitrary = setting.count === 2 ? happeningsTogether : happenings;
  await fc.assert(
    fc.asyncProperty(arbitrary, fc.integer(), async (events, order) => {
      const history = await History.begin(setting, order);
      try {
        for (const event of events) await history.happen(event);
        await settle(history);
      } catch (error) {
        const told = history.trace.slice(-TOLD).join('\n');
        throw new Error(`${String(error)}\n${told}`, { cause: error });
      } finally {
        history.end();
      }
    }),
    { numRuns },
  );
}
