import fc from 'fast-check';
import { it } from 'vitest';
import { full } from '../../../depth.ts';
import { GROUP, LAMBDA_GROUP } from '../../../fakes/world/policies.ts';
import { happenings } from './happenings.ts';
import { History } from './history.ts';
import { settle } from './settle.ts';

/** Of both runtimes together: 20,000 at full depth. */
const RUNS = Number(process.env['HEADGATE_HISTORIES'] ?? (full ? 10_000 : 250));
const SEED = process.env['HEADGATE_SEED'];
/** Milliseconds. */
const PATIENCE = full || RUNS > 1000 ? 900_000 : 180_000;

it.each(
  [GROUP, LAMBDA_GROUP].filter(({ runtime }) =>
    runtime.includes(process.env['HEADGATE_RUNTIME'] ?? ''),
  ),
)(
  'keeps its promises whatever happens, in whatever order: $runtime',
  async (group) => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.integer(), async (events, order) => {
        const history = await History.begin(group, order);
        try {
          for (const event of events) await history.happen(event);
          await settle(history);
        } catch (error) {
          // The last of it, for whoever reads the counterexample.
          const tail = history.trace
            .slice(-Number(process.env['HEADGATE_TRACE'] ?? 120))
            .join('\n');
          throw new Error(`${String(error)}\n${tail}`, { cause: error });
        } finally {
          history.end();
        }
      }),
      { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
    );
  },
  PATIENCE,
);
