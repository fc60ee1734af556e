import { describe, expect, it } from 'vitest';
import { changePause } from '../../../../controller/apply/change-pause.ts';
import { withShown } from '../../../../controller/core/state/unshown.ts';
import { killAt, rollBackByHand, rolling, subjectOf } from '../../../fakes/rolling.ts';
import { Killed, LAMBDA_GROUP, GROUP, World, type WriteHook } from '../../../fakes/world.ts';

/** GitHub shows all of it, so far. */
async function show(world: World): Promise<void> {
  const records = world.context().records(world.app);
  const stored = await records.read('shop', 'prod');
  if (stored !== undefined) await records.write(withShown(stored.record), stored.revision);
}

const MOVES: readonly [string, (world: World, hook?: WriteHook) => Promise<unknown>][] = [
  [
    'the next step',
    (world, hook) => {
      world.pass(61);
      return world.reconcile(hook);
    },
  ],
  [
    'a rollback by the guard',
    (world, hook) => {
      world.fireAlarm();
      return world.reconcile(hook);
    },
  ],
  ['a rollback by hand', rollBackByHand],
];

describe('the mark that GitHub may not show a generation yet', () => {
  describe.each([GROUP, LAMBDA_GROUP])('$runtime', (group) => {
    it.each(MOVES)('is there after %s, wherever its run died', async (_name, move) => {
      let moved = 0;
      for (let nth = 1; nth <= 12; nth++) {
        for (const moment of ['before', 'after'] as const) {
          const world = await rolling(group);
          await show(world);
          const { generation } = world.storedRecord ?? {};
          await move(world, killAt(nth, moment)).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          await world.reconcile();
          const record = world.storedRecord;
          // A person who dies before the first write has done nothing.
          if (record?.generation === generation) continue;
          moved++;
          expect(record, `${nth} ${moment}`).toMatchObject({ unshown: true });
        }
      }
      expect(moved).toBeGreaterThan(22);
    });
  });

  it('is there after a rollback that the record never heard of', async () => {
    const world = await rolling();
    await show(world);
    const before = world.record;
    await rollBackByHand(world);
    world.record = before;
    await world.reconcile();
    expect(world.storedRecord).toMatchObject({ phase: 'held', unshown: true });
  });

  it('is not there for what makes no generation: a pause, a run with nothing to do', async () => {
    const world = await rolling();
    await show(world);
    const asked = { by: 'mona', at: '2026-03-01T00:00:01.000Z', reason: 'lunch' };
    await changePause(world.context(), subjectOf(world), { asked, isResume: false });
    await world.reconcile();
    expect(world.storedRecord).not.toHaveProperty('unshown');
  });
});
