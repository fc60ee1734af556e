import fc from 'fast-check';
import type { EdgeGroup } from '../../../../controller/core/policy/policy.ts';
import { full } from '../../../depth.ts';
import { happenings } from './happenings.ts';
import { History } from './history.ts';
import { settle } from './settle.ts';

/** Of each runtime. */
const RUNS = Number(process.env['HEADGATE_HISTORIES'] ?? (full ? 10_000 : 250));
/** Of a failure that was printed, to have it again. */
const SEED = process.env['HEADGATE_SEED'];
/** Milliseconds; a machine that does other things as well takes its time. */
export const PATIENCE = full ? 900_000 : 180_000;
/** So much of what happened last is printed with a failure. */
const TOLD = 120;

/** Random histories keep every promise after every request, and come to rest where the policy says. */
export async function checkHistories(group: EdgeGroup): Promise<void> {
  await fc.assert(
    fc.asyncProperty(happenings, fc.integer(), async (events, order) => {
      const history = await History.begin(group, order);
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
    { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
  );
}
