import { describe, expect, it } from 'vitest';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import { planRollback } from '../../../controller/core/plan/rollback.ts';
import { renderPlanSet } from '../../../controller/core/report/plan-text.ts';
import { parameters } from '../../../controller/core/state/keys.ts';
import { parseRoute } from '../../../controller/core/state/route.ts';
import { readForRollback } from '../../../controller/read/for-rollback.ts';
import { killAt, rollBackByHand, rolling, subjectOf } from '../../fakes/rolling.ts';
import {
  environmentPolicy,
  GROUP,
  Killed,
  LAMBDA_GROUP,
  World,
  type WriteHook,
} from '../../fakes/world.ts';

const ROUTE = parameters.route('shop', 'prod');
const release = () => rolling(LAMBDA_GROUP);

/** Acts around the first of these writes, once. */
function at(moment: 'before' | 'after', write: string, act: () => Promise<unknown>): WriteHook {
  let isDone = false;
  return async (now, what) => {
    if (isDone || now !== moment || what !== write) return;
    isDone = true;
    await act();
  };
}

function makeSignal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** As `headgate rollback` does it: planned again when the edge moves. */
async function rollBack(world: World, hook: WriteHook) {
  const context = world.context(hook);
  const makePlans = async () => {
    const { facts } = await readForRollback(context, subjectOf(world));
    return { set: sealPlanSet([planRollback(facts, { reason: 'manual', evidence: [] })]) };
  };
  const { set } = await makePlans();
  return applyAll(set, { context, makePlans });
}

describe('where Lambda@Edge reads the route from SSM', () => {
  it('releases, rolls out and rolls back in the order that fences allow', async () => {
    const world = new World(LAMBDA_GROUP);
    world.publish('1', '2');
    await world.reconcile();
    const forward = ['record', 'ssm route', 'ssm active-build', 'record', 'history'];
    expect(world.writes).toEqual(forward);
    expect(world.storedRecord).toMatchObject({ phase: 'idle', generation: 1 });
    expect(world.storedRecord).not.toHaveProperty('store');
    world.policy = environmentPolicy('2');
    await world.reconcile();
    expect(world.route?.canary?.weight).toBe(500);
    world.fireAlarm();
    world.writes = [];
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(world.writes).toEqual(['ssm route', 'record', 'history']);
    expect(world.route).toMatchObject({ gen: 3, rollback: { gen: 3 }, barred: ['2'] });
    expect(world.routes.size).toBe(0);
  });

  it('says so in its plans', async () => {
    const world = await release();
    world.fireAlarm();
    const set = sealPlanSet([await world.plan()]);
    expect(renderPlanSet(set).replace(set.checksum, 'CHECKSUM')).toMatchInlineSnapshot(`
      "shop/prod  ROLL BACK  build 2 at 5 %, stable 1 -> build 1 (held)
        Build 2 was rolled back (alarm): stable build 1 serves everyone.
        evidence: shop-prod-errors entered ALARM at 2026-03-01T00:00:00.000Z: too many errors
        write route in SSM /headgate/shop/prod/route, which Lambda@Edge serves
        write record: held, generation 3
        write history: generation 3, rolled-back
        write SSM /headgate/shop/prod/route once more, if another run wrote over it

      4 write(s). Plan checksum CHECKSUM."
    `);
  });

  it('takes the record from SSM alone when it is lost, and writes nothing then', async () => {
    const world = await release();
    world.record = undefined;
    await world.reconcile();
    expect(world.storedRecord).toMatchObject({ phase: 'rolling', generation: 2 });
    world.writes = [];
    await world.reconcile();
    expect(world.writes).toEqual([]);
  });

  it('gives a lost route back under a generation that no instance can have served', async () => {
    const world = await release();
    world.pass(61);
    await world.reconcile(killAt(2, 'after'));
    expect(world.route?.gen).toBe(3);
    world.ssm.clear();
    world.alarm = 'INSUFFICIENT_DATA';
    const { plan } = await world.reconcile();
    expect(plan.why).toContain('may have released generation 3');
    expect(world.route).toMatchObject({ gen: 4, canary: { weight: 500 } });
  });

  it('puts back what was changed by hand, and keeps what a newer Headgate wrote', async () => {
    const world = await release();
    const { value } = world.ssm.get(ROUTE) ?? { value: '' };
    world.ssm.set(ROUTE, { value: 'garbage', version: 9 });
    await world.reconcile();
    expect(world.ssm.get(ROUTE)?.value).toBe(value);
    const newer = value.replace('{"v":1', '{"v":2');
    world.ssm.set(ROUTE, { value: newer, version: 11 });
    expect(await world.reconcile()).toMatchObject({ status: 'refused', exitCode: 3 });
    expect(world.ssm.get(ROUTE)?.value).toBe(newer);
  });

  it.each([
    [GROUP, LAMBDA_GROUP, 'KeyValueStore headgate-prod'],
    [LAMBDA_GROUP, GROUP, 'SSM for Lambda@Edge'],
  ])('a live environment changes its runtime by no policy', async (from, to, where) => {
    const world = await rolling(from);
    const moved = new World(to);
    const { published, record, routes, ssm, policy, history } = world;
    Object.assign(moved, { published, record, routes, ssm, policy, history });
    const { plan, exitCode } = await moved.reconcile();
    expect(exitCode).toBe(3);
    expect(plan.refusals[0]?.message).toContain(`the route lives in ${where}`);
    expect(plan.refusals[0]?.next).toContain('make a new environment');
    expect(moved.writes).toEqual([]);
  });
});

describe('crashes', () => {
  const forward = { name: 'a step', writes: 5, set: (world: World) => world.pass(61) };
  const back = { name: 'a rollback', writes: 3, set: (world: World) => world.fireAlarm() };
  const cases = [forward, back].flatMap((situation) =>
    Array.from({ length: situation.writes * 2 }, (_, index) => ({
      ...situation,
      nth: (index >> 1) + 1,
      moment: index % 2 === 0 ? ('before' as const) : ('after' as const),
    })),
  );

  it.each(cases)('$name, killed $moment write $nth, converges', async ({ set, nth, moment }) => {
    const undisturbed = await release();
    set(undisturbed);
    await undisturbed.reconcile();
    const world = await release();
    set(world);
    await world.reconcile(killAt(nth, moment));
    await world.reconcile();
    await world.reconcile();
    const shape = ({ route, activeBuild, storedRecord }: World) => ({
      weight: route?.canary?.weight,
      barred: route?.barred,
      phase: storedRecord?.phase,
      activeBuild,
    });
    expect(shape(world)).toEqual(shape(undisturbed));
    expect(world.storedRecord?.route).toBe(world.ssm.get(ROUTE)?.value);
    expect(world.history.has(world.storedRecord?.generation ?? 0)).toBe(true);
    world.writes = [];
    await world.reconcile();
    expect(world.writes).toEqual([]);
  });
});

describe('a forward run against a rollback', () => {
  /** The rollback holds, with a generation of its own in parameter, record and history. */
  async function expectRolledBack(world: World): Promise<void> {
    await world.reconcile();
    await world.reconcile();
    expect(world.route?.canary).toBeUndefined();
    expect(world.route?.barred).toEqual(['2']);
    expect(world.storedRecord).toMatchObject({ phase: 'held', hold: { build: { build: '2' } } });
    expect(world.storedRecord?.route).toBe(world.ssm.get(ROUTE)?.value);
    expect(world.activeBuild).toBe('1');
    const { generation } = world.storedRecord ?? { generation: 0 };
    expect(world.history.get(generation)?.event).toBe('rolled-back');
    world.writes = [];
    await world.reconcile();
    expect(world.writes).toEqual([]);
  }

  const writes = ['record', 'ssm route', 'ssm active-build', 'history'];
  const moments = writes.flatMap((write) => [
    ['before', write] as const,
    ['after', write] as const,
  ]);

  /** The next run gives the canary to everyone, and writes all that a run can write. */
  async function beforeEveryone(): Promise<World> {
    const world = await release();
    world.pass(61);
    await world.reconcile();
    world.pass(61);
    return world;
  }

  it.each(moments)('that comes %s its write of %s: the rollback holds', async (moment, write) => {
    const world = await beforeEveryone();
    await world.reconcile(at(moment, write, () => rollBackByHand(world)));
    // At once, and not only after the next run.
    expect(world.route?.canary).toBeUndefined();
    await expectRolledBack(world);
  });

  it.each(moments)('that comes in %s the rollback’s own %s', async (moment, write) => {
    const world = await beforeEveryone();
    await world.reconcile();
    const step = world.reconcile.bind(world);
    world.fireAlarm();
    const forward = async () => {
      const alarm = { state: world.alarm, entries: world.entries };
      Object.assign(world, { alarm: 'OK', entries: [] });
      await step();
      Object.assign(world, { alarm: alarm.state, entries: alarm.entries });
    };
    await step(at(moment, write, forward));
    await expectRolledBack(world);
  });

  it.each([
    ['after', 'ssm route'],
    ['before', 'record'],
    ['after', 'record'],
  ] as const)(
    'that writes over it %s its write of %s: the rollback writes again, above it',
    async (moment, write) => {
      const world = await beforeEveryone();
      const [looked, goOn] = [makeSignal(), makeSignal()];
      const hook = at('before', 'ssm route', async () => {
        looked.give();
        await goOn.given;
      });
      const forward = world.reconcile(hook);
      await looked.given;
      const intended = world.storedRecord?.intent?.generation ?? Infinity;
      const [outcome] = await rollBack(
        world,
        at(moment, write, async () => {
          goOn.give();
          await forward;
        }),
      );
      expect(outcome).toMatchObject({ status: 'applied', exitCode: 5 });
      expect(world.route?.canary).toBeUndefined();
      expect(world.route?.gen).toBeGreaterThan(intended);
      await expectRolledBack(world);
    },
  );

  it('claims no release when a rollback wrote over it, even one that told nobody', async () => {
    const world = await release();
    world.pass(61);
    const killed: WriteHook = (moment, write) => {
      if (moment === 'before' && write !== 'ssm route') throw new Killed();
    };
    const act = () => rollBackByHand(world, killed).catch(() => {});
    expect(await world.reconcile(at('after', 'ssm route', act))).toMatchObject({ exitCode: 4 });
    await expectRolledBack(world);
  });

  it('whose process dies right after it wrote over the rollback: the next run restores it', async () => {
    const world = await release();
    world.pass(61);
    let isOver = false;
    await world.reconcile(async (moment, write) => {
      if (isOver) throw new Killed();
      if (write !== 'ssm route') return;
      if (moment === 'before') await rollBackByHand(world);
      else {
        isOver = true;
        throw new Killed();
      }
    });
    expect(world.route?.canary?.weight).toBe(2500);
    await expectRolledBack(world);
  });

  it('that released the same generation: the rollback goes out again above it, in the same run', async () => {
    const world = await release();
    world.pass(61);
    const seen: (number | undefined)[] = [];
    // Planned on the same generation, each writes what the other did not see.
    const [outcome] = await rollBack(
      world,
      at('before', 'ssm route', async () => {
        await world.reconcile();
        seen.push(world.route?.gen);
      }),
    );
    expect(outcome).toMatchObject({ status: 'applied', exitCode: 5 });
    expect(seen).toEqual([3]);
    expect(world.route).toMatchObject({ gen: 4, rollback: { gen: 4 } });
    expect(world.storedRecord).toMatchObject({ phase: 'held', generation: 4 });
    expect(world.storedRecord?.quarantine).toMatchObject([{ rollback: 4 }]);
    expect([3, 4].map((gen) => world.history.get(gen)?.event)).toEqual(['step', 'rolled-back']);
    await expectRolledBack(world);
  });
});

it('a repair that covers a rollback whose process dies: the next run goes above it', async () => {
  const world = await release();
  const { value } = world.ssm.get(ROUTE) ?? { value: '' };
  world.ssm.set(ROUTE, { value: 'garbage', version: 9 });
  const dying = () => rollBackByHand(world, killAt(1, 'after')).catch(() => {});
  await world.reconcile(at('before', 'ssm route', dying));
  expect(world.ssm.get(ROUTE)).toEqual({ value, version: 11 });
  await world.reconcile();
  expect(world.route).toMatchObject({ gen: 4, canary: { weight: 500 } });
  world.writes = [];
  await world.reconcile();
  expect(world.writes).toEqual([]);
});

it('a step that covers a rollback whose process dies: the next run goes above it', async () => {
  const world = await release();
  world.pass(61);
  const dying = () => rollBackByHand(world, killAt(1, 'after')).catch(() => {});
  // The rollback knows the step's intent, and its generation is above it.
  await world.reconcile(at('before', 'ssm route', dying));
  expect(world.route).toMatchObject({ gen: 3, canary: { weight: 2500 } });
  await world.reconcile();
  expect(world.route).toMatchObject({ gen: 5, canary: { weight: 2500 } });
});

it('two forward runs: one releases, the other finds its record moved', async () => {
  const world = await release();
  world.pass(61);
  const outcome = await world.reconcile(
    at('before', 'ssm route', async () => {
      world.pass(61);
      await world.reconcile();
    }),
  );
  expect(outcome).toMatchObject({ status: 'failed', exitCode: 4 });
  await world.reconcile();
  expect(parseRoute(world.storedRecord?.route)?.gen).toBe(world.route?.gen);
  expect(world.storedRecord?.route).toBe(world.ssm.get(ROUTE)?.value);
});
