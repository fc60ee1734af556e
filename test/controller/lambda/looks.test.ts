import { beforeEach, describe, expect, it } from 'vitest';
import { applyPlan } from '../../../controller/apply/apply.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { LOOK_MINUTES } from '../../../controller/core/fast-lane/look.ts';
import { parameters } from '../../../controller/core/state/keys.ts';
import { CODE_RECORD_VERSION } from '../../../controller/core/state/code-record.ts';
import type { Answer } from '../../../controller/lambda/answer.ts';
import { createHandler } from '../../../controller/lambda/handler.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { planByHand } from '../../../controller/read/by-hand.ts';
import { killAt, subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, HOST, Killed, World } from '../../fakes/world.ts';
import { copyOf } from './copy.ts';

const EVENT = { headgate: { bucket: 'builds', region: 'us-east-1', apps: ['shop'] } };
const RELEASE = { hash: 'a'.repeat(16), at: '2026-03-01T00:00:00Z', quiet: true };

let world: World;
/** Of the policy that the bucket has. */
let build: string;
/** Readings of the KeyValueStore by the last run. */
let looks: number;
let handle: ReturnType<typeof createHandler>;

beforeEach(async () => {
  world = new World();
  world.publish('1', '2', '3');
  await world.reconcile();
  build = '1';
  handle = createHandler({ context: contextOf(), log: () => {} });
  await tick();
  world.writes = [];
});

function contextOf(): Context {
  const context = world.context();
  const releases = [{ ...RELEASE, features: EDGE_FEATURES }];
  const record = { version: CODE_RECORD_VERSION, group: 'prod', releases } as const;
  return {
    ...context,
    policyCopies: () => copyOf(build),
    codeRecords: () => ({
      read: async () => ({ record, revision: '1' }),
      write: () => expect.unreachable(),
    }),
    routes: {
      ...context.routes,
      read(store, keys) {
        looks++;
        return context.routes.read(store, keys);
      },
    },
  };
}

/** One run of an instance of the function that had others before. */
async function tick(minutes = 0): Promise<readonly Answer[]> {
  world.pass(minutes * 60);
  looks = 0;
  return (await handle(EVENT)).answers;
}

describe('a run of the schedule that finds nothing to do', () => {
  it('looks at the store when the instance is new, and then every half an hour', async () => {
    for (const minutes of [1, LOOK_MINUTES - 2]) {
      expect(await tick(minutes)).toMatchObject([{ subject: 'shop/prod', outcome: 'nothing' }]);
      expect(looks).toBe(0);
    }
    await tick(1);
    expect(looks).toBe(1);
    await tick(1);
    expect(looks).toBe(0);
    handle = createHandler({ context: contextOf(), log: () => {} });
    await tick();
    expect(looks).toBe(1);
  });

  it('so finds and mends what the store lost, and looks again until it is well', async () => {
    const [key = '', route = ''] = [...world.routes][0] ?? [];
    world.routes.delete(key);
    await tick(1);
    expect(world.writes).toEqual([]);
    expect(await tick(LOOK_MINUTES)).toMatchObject([{ outcome: 'applied' }]);
    expect(world.routes.get(key)).toBe(route);
    await tick(1);
    expect(looks).toBe(1);
    await tick(1);
    expect(looks).toBe(0);
  });

  it('looks in the run after one that could not read everything, and when its clock was put back', async () => {
    const { record } = world;
    world.record = { text: '{', revision: 7 };
    expect(await tick(1)).toContainEqual(expect.objectContaining({ outcome: 'failed' }));
    world.record = record;
    for (const minutes of [1, -5]) {
      await tick(minutes);
      expect(looks).toBe(1);
    }
    await tick(1);
    expect(looks).toBe(0);
  });

  it.each(['intent', 'record', 'ssm route'])(
    'looks at once when there is %s to see to',
    async (what) => {
      const { storedRecord: record } = world;
      if (what === 'intent') {
        const text = JSON.stringify({ ...record, intent: { ...record, generation: 9 } });
        world.record = { text, revision: 7 };
      }
      if (what === 'record') world.record = undefined;
      const name = parameters.route('shop', 'prod');
      if (what === 'ssm route') world.ssm.set(name, { value: 'of somebody', version: 9 });
      await tick(1);
      expect(looks).toBeGreaterThan(0);
      expect(world.ssm.get(name)?.value).toBe(world.routes.get(HOST));
    },
  );
});

describe('a run of the schedule that has something to do', () => {
  it('looks at the store first, and in each run until nothing rolls any more', async () => {
    build = '2';
    await tick(1);
    expect(world.route?.canary?.build[0]).toBe('2');
    for (const phase of ['rolling', 'baking', 'baking', 'idle']) {
      await tick(1);
      expect(looks).toBeGreaterThan(0);
      expect(world.storedRecord?.phase).toBe(phase);
    }
    await tick(1);
    await tick(1);
    expect(looks).toBe(0);
  });

  it('never writes over a rollback that nobody has recorded', async () => {
    for (const named of ['2', '2', '1', '1']) {
      world.policy = environmentPolicy(named, {
        release: { ...environmentPolicy(named).release, steps: [], bakeSeconds: 0 },
      });
      await world.reconcile();
    }
    await tick(LOOK_MINUTES);
    // It went no further than the store.
    const asked = { subject: subjectOf(world), policies: [], to: '2', reason: 'by a person' };
    const { own } = await planByHand(world.context(), asked);
    await expect(applyPlan(own, world.context(killAt(2, 'before')))).rejects.toThrow(Killed);
    const marker = world.route?.rollback;
    expect(marker?.build[0]).toBe('1');
    world.writes = [];
    await tick(1);
    expect(world.writes).toEqual([]);
    build = '3';
    await tick(1);
    expect(world.storedRecord?.quarantine[0]).toMatchObject({ rollback: marker?.gen });
  });
});
