import fc from 'fast-check';
import { expect, it } from 'vitest';
import { full } from '../../depth.ts';
import { GROUP, LAMBDA_GROUP } from '../../fakes/world/policies.ts';
import { happenings, happeningsTogether } from './histories/happenings.ts';
import { History } from './histories/history.ts';
import { Violation } from './histories/violation.ts';
import { mutants, type Mutant } from './histories/mutants.ts';
import { settle } from './histories/settle.ts';

/** Histories in which a bug must show itself. Always the same ones, so that it does or doesn't. */
const RUNS = 600;
const SEED = 20_260_301;
const PATIENCE = 300_000;

/** The promise that is seen broken first. */
async function findBroken({ runtime, isTrain, plant }: Mutant): Promise<string | undefined> {
  const group = runtime === undefined ? GROUP : LAMBDA_GROUP;
  const [arbitrary, count] = isTrain
    ? ([happeningsTogether, 2] as const)
    : ([happenings, 1] as const);
  const generated = fc.sample(fc.tuple(arbitrary, fc.integer()), { numRuns: RUNS, seed: SEED });
  for (const [events, order] of generated) {
    const history = await History.begin({ group, count, plant }, order);
    try {
      for (const event of events) await history.happen(event);
      await settle(history);
    } catch (error) {
      if (error instanceof Violation) return error.invariant;
      throw error;
    } finally {
      history.end();
    }
  }
  return undefined;
}

const chosen = full ? mutants : mutants.filter(({ isRare }) => isRare === undefined);

it.each(chosen)(
  'the property notices a controller that $bug',
  async (mutant) => {
    expect(mutant.breaks).toContain(await findBroken(mutant));
  },
  PATIENCE,
);

it('there is a bug for every promise', () => {
  const broken = new Set(mutants.flatMap(({ breaks }) => breaks));
  const promises =
    'unpublished quarantined weight after-fail generation undone stable whole paused frozen approval ' +
    'idempotent converges one-event together';
  expect([...broken].toSorted()).toEqual(promises.split(' ').toSorted());
});
