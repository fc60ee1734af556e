import fc from 'fast-check';
import { expect, it } from 'vitest';
import { full } from '../../../depth.ts';
import type { Planted } from './histories/actors.ts';
import { History, sequences } from './histories/history.ts';
import { mutants, type Mutant } from './histories/mutants.ts';
import { Broken } from './histories/world.ts';

const RUNS = full ? 5000 : 60;
const SEED = 20_260_301;
const PATIENCE = 600_000;

interface Played {
  readonly events: readonly unknown[];
  readonly order: number;
  readonly planted?: Planted;
  /** No collection comes after it. */
  readonly isLast?: boolean;
}

/** Throws at the first promise that isn't kept. */
async function play({ events, order, planted = {}, isLast = false }: Played) {
  const history = await History.begin(order, planted);
  try {
    for (const event of events) await history.happen(event as never);
    await history.settle(isLast);
    const { retired, swept } = history.world;
    return { retired, swept };
  } catch (error) {
    if (error instanceof Broken) error.message += `\n${history.trace.join('\n')}`;
    throw error;
  }
}

it(
  'never deletes what a record, a link or a publish needs, whatever happens in between',
  async () => {
    const seen = { retired: 0, swept: 0 };
    await fc.assert(
      fc.asyncProperty(sequences, fc.integer(), async (events, order) => {
        const { retired, swept } = await play({ events, order });
        seen.retired += retired;
        seen.swept += swept;
      }),
      { numRuns: RUNS, ...(full ? {} : { seed: SEED }) },
    );
    // Who deletes nothing breaks no promise.
    expect(seen.retired).toBeGreaterThan(RUNS / 10);
    expect(seen.swept).toBeGreaterThan(RUNS / 20);
  },
  PATIENCE,
);

it.each(mutants)('notices a collection that $bug', async (mutant: Mutant) => {
  const { planted, ...played } = mutant;
  await play({ ...played, order: SEED });
  await expect(play({ ...played, planted, order: SEED })).rejects.toThrow(Broken);
});
