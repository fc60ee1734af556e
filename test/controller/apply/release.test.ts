import { describe, expect, it } from 'vitest';
import { killAt, rollBackByHand, rolling } from '../../fakes/rolling.ts';
import {
  DOMAIN,
  environmentPolicy,
  HOST,
  Killed,
  World,
  type WriteHook,
} from '../../fakes/world.ts';

describe('a release', () => {
  it('gives the first build to everyone at once, in the order intent, edge, SSM, record, history', async () => {
    const world = new World();
    world.publish('1');
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ status: 'applied', exitCode: 0 });
    expect(world.writes).toEqual([
      'record',
      'routes',
      'ssm route',
      'ssm active-build',
      'record',
      'history',
    ]);
    expect(world.route).toMatchObject({ gen: 1, stable: ['1', expect.any(String)] });
    expect(world.routes.get(DOMAIN)).toBe(world.routes.get(HOST));
    expect(world.activeBuild).toBe('1');
    expect(world.storedRecord).toMatchObject({ phase: 'idle', generation: 1 });
    expect(world.storedRecord).not.toHaveProperty('intent');
  });

  it('writes nothing when nothing is to be done', async () => {
    const world = await rolling();
    await world.reconcile();
    expect(world.writes).toEqual([]);
  });

  it('goes through steps and bake to stable', async () => {
    const world = await rolling();
    const seen: unknown[] = [];
    for (let run = 0; run < 4; run++) {
      seen.push([world.storedRecord?.phase, world.route?.canary?.weight, world.activeBuild]);
      world.pass(120);
      await world.reconcile();
    }
    seen.push([world.storedRecord?.phase, world.route?.canary?.weight, world.activeBuild]);
    expect(seen).toEqual([
      ['rolling', 500, '1'],
      ['rolling', 2500, '1'],
      ['baking', 10_000, '2'],
      ['idle', undefined, '2'],
      ['idle', undefined, '2'],
    ]);
    expect(world.route?.kept.map(([build]) => build)).toEqual(['1']);
    expect([...world.history.values()].map(({ event }) => event)).toEqual([
      'first-release',
      'rollout-started',
      'step',
      'bake-started',
      'rollout-finished',
    ]);
  });

  it('is refused for a build that is not published, with the place in the policy', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('99');
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ status: 'refused', exitCode: 2 });
    expect(outcome.plan.refusals[0]).toMatchObject({ place: { line: 9 } });
    expect(world.writes).toEqual([]);
  });

  it('does not start while an alarm is firing already', async () => {
    const world = new World();
    world.publish('1', '2');
    await world.reconcile();
    world.policy = environmentPolicy('2');
    world.fireAlarm();
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ status: 'unchanged', exitCode: 0 });
    expect(outcome.plan.why).toContain('shop-prod-errors is in ALARM');
    expect(world.route?.canary).toBeUndefined();
  });

  it('supersedes a rollout when another build is named, and keeps the replaced one for open pages', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('3');
    await world.reconcile();
    expect(world.route).toMatchObject({
      stable: ['1', expect.any(String)],
      canary: { build: ['3', expect.any(String)], weight: 500 },
      kept: [['2', expect.any(String)]],
    });
  });
});

describe('the guard', () => {
  it('rolls back edge first, quarantines, holds, and an unchanged policy stays held', async () => {
    const world = await rolling();
    world.fireAlarm();
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ status: 'applied', exitCode: 5 });
    expect(world.writes).toEqual(['routes', 'ssm route', 'record', 'history']);
    expect(world.route).toMatchObject({
      gen: 3,
      stable: ['1', expect.any(String)],
      kept: [['2', expect.any(String)]],
      barred: ['2'],
      rollback: { build: ['2', expect.any(String)], reason: 'alarm', gen: 3 },
    });
    expect(world.route?.canary).toBeUndefined();
    world.writes = [];
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged', exitCode: 0 });
    expect(world.writes).toEqual([]);
    expect(world.storedRecord).toMatchObject({ phase: 'held' });
  });

  it('fails a rollout for an alarm that is OK again', async () => {
    const world = await rolling();
    world.fireAlarm();
    world.alarm = 'OK';
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  });

  it('ends the hold when the policy names stable, and refuses the bad build when it comes back', async () => {
    const world = await rolling();
    world.fireAlarm();
    await world.reconcile();
    world.alarm = 'OK';
    world.policy = environmentPolicy('1');
    expect((await world.reconcile()).plan.why).toContain('the hold ends');
    world.policy = environmentPolicy('2');
    const refused = await world.reconcile();
    expect(refused).toMatchObject({ status: 'refused', exitCode: 3 });
    expect(refused.plan.refusals[0]?.next).toContain('lift: "2", rollback: 3');
    expect(world.route?.stable[0]).toBe('1');
    expect(world.route?.canary).toBeUndefined();
  });

  it('lets a lifted build start again, and only a lift of that very rollback', async () => {
    const world = await rolling();
    world.fireAlarm();
    await world.reconcile();
    world.alarm = 'OK';
    const lift = (rollback: number) => [{ lift: '2', rollback, reason: 'fixed at the API' }];
    world.policy = environmentPolicy('2', { quarantine: lift(2) });
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
    world.policy = environmentPolicy('2', { quarantine: lift(3) });
    world.pass(1);
    expect(await world.reconcile()).toMatchObject({ status: 'applied', exitCode: 0 });
    expect(world.route).toMatchObject({ canary: { build: ['2', expect.any(String)] }, barred: [] });
    expect([...world.history.values()].at(-1)?.evidence).toEqual([
      'build 2 lifted (rollback 3): fixed at the API',
    ]);
  });

  it.each([
    ['hold', 'rolling', 0],
    ['pass', 'rolling', 0],
    ['rollback', 'held', 5],
  ] as const)('without data at the end of a step, noData %s', async (noData, phase, exitCode) => {
    const world = await rolling();
    world.policy = environmentPolicy('2', { guard: { ...world.policy.guard, noData } });
    world.alarm = 'INSUFFICIENT_DATA';
    world.pass(61);
    expect(await world.reconcile()).toMatchObject({ exitCode });
    expect(world.storedRecord?.phase).toBe(phase);
    const weight = { hold: 500, pass: 2500, rollback: undefined }[noData];
    expect(world.route?.canary?.weight).toBe(weight);
  });
});

describe('killed at any write, another run converges', () => {
  const situations: Record<string, { set: () => Promise<World>; writes: number }> = {
    'a first release': {
      set: async () => {
        const world = new World();
        world.publish('1');
        return world;
      },
      writes: 6,
    },
    'a step': {
      set: async () => {
        const world = await rolling();
        world.pass(61);
        return world;
      },
      writes: 5,
    },
    'a rollback': {
      set: async () => {
        const world = await rolling();
        world.fireAlarm();
        return world;
      },
      writes: 4,
    },
  };
  const cases = Object.entries(situations).flatMap(([name, { set, writes }]) =>
    Array.from({ length: writes * 2 }, (_, index) => ({
      name,
      set,
      nth: (index >> 1) + 1,
      moment: index % 2 === 0 ? ('before' as const) : ('after' as const),
    })),
  );

  it.each(cases)('$name, killed $moment write $nth', async ({ set, nth, moment }) => {
    const undisturbed = await set();
    await undisturbed.reconcile();
    const world = await set();
    await world.reconcile(killAt(nth, moment));
    await world.reconcile();
    await world.reconcile();
    const reached = { ...world.route, rollback: undefined };
    expect(reached).toEqual({ ...undisturbed.route, rollback: undefined });
    expect(world.route?.rollback?.build).toEqual(undisturbed.route?.rollback?.build);
    expect(world.activeBuild).toBe(undisturbed.activeBuild);
    expect(world.storedRecord?.phase).toBe(undisturbed.storedRecord?.phase);
    expect([...world.history.keys()]).toEqual([...undisturbed.history.keys()]);
    world.writes = [];
    await world.reconcile();
    expect(world.writes).toEqual([]);
  });
});

describe('interleavings', () => {
  it('forward run writes its intent, rollback writes the store, forward run continues, drift check runs: ends in rollback', async () => {
    const world = await rolling();
    world.pass(61);
    const rollbackAfterIntent: WriteHook = async (moment, write) => {
      if (moment !== 'after' || write !== 'record' || world.route?.rollback) return;
      await rollBackByHand(world, (when, what) => {
        // Killed before it could tell the record: the route alone carries the news.
        if (when === 'before' && what !== 'routes') throw new Killed();
      }).catch(() => {});
    };
    expect(await world.reconcile(rollbackAfterIntent)).toMatchObject({ exitCode: 4 });
    await world.reconcile();
    await world.reconcile();
    expect(world.route).toMatchObject({ rollback: { reason: 'manual' }, barred: ['2'] });
    expect(world.route?.canary).toBeUndefined();
    expect(world.storedRecord).toMatchObject({ phase: 'held', hold: { build: { build: '2' } } });
    expect(world.activeBuild).toBe('1');
  });

  it('a rollback between a forward run’s store write and its SSM write: SSM ends as the edge', async () => {
    const world = await rolling();
    world.pass(61);
    const hook: WriteHook = async (moment, write) => {
      if (moment === 'after' && write === 'routes' && world.route?.canary) {
        await rollBackByHand(world);
      }
    };
    expect(await world.reconcile(hook)).toMatchObject({ exitCode: 4 });
    await world.reconcile();
    expect(world.route?.canary).toBeUndefined();
    expect(world.ssm.get('/headgate/shop/prod/route')?.value).toBe(world.routes.get(HOST));
    expect(world.storedRecord).toMatchObject({ phase: 'held' });
    expect([...world.history.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });

  it('two reconciles at the same moment: one acts, the other is told to run again', async () => {
    const world = await rolling();
    world.pass(61);
    let other: Promise<unknown> | undefined;
    const hook: WriteHook = async (moment) => {
      if (moment === 'before' && other === undefined) {
        other = world.reconcile();
        await other;
      }
    };
    expect(await world.reconcile(hook)).toMatchObject({ exitCode: 4 });
    expect(await other).toMatchObject({ exitCode: 0, status: 'applied' });
    expect(world.route).toMatchObject({ gen: 3, canary: { weight: 2500 } });
  });
});

describe('drift', () => {
  it('repairs a route that someone changed by hand, with the same generation', async () => {
    const world = await rolling();
    const before = world.routes.get(HOST);
    world.routes.set(HOST, JSON.stringify({ ...world.route, preview: 'off' }));
    expect((await world.reconcile()).plan.direction).toBe('repair');
    expect(world.routes.get(HOST)).toBe(before);
  });

  it('rebuilds a lost KeyValueStore from SSM alone, without a record', async () => {
    const world = await rolling();
    const before = world.routes.get(HOST);
    world.routes.clear();
    world.record = undefined;
    await world.reconcile();
    expect(world.routes.get(HOST)).toBe(before);
    expect(world.storedRecord).toMatchObject({ phase: 'rolling', rollout: { step: 0 } });
  });

  it('moves the keys when the policy’s hosts change', async () => {
    const world = await rolling();
    const host = 'www.example.com';
    world.policy = { ...world.policy, hosts: [host] };
    world.distribution = world.distribution && { ...world.distribution, aliases: [host] };
    await world.reconcile();
    expect([...world.routes.keys()].toSorted()).toEqual([DOMAIN, host].toSorted());
  });
});

describe('a host of someone else', () => {
  it('is left alone when a later Headgate wrote its route', async () => {
    const world = await rolling();
    const theirs = JSON.stringify({ ...world.route, v: 2, gen: 9 });
    world.routes.set(HOST, theirs);
    expect(await world.reconcile()).toMatchObject({ exitCode: 3, status: 'refused' });
    expect(world.routes.get(HOST)).toBe(theirs);
  });

  it('is refused, and its route left alone, until they give it up', async () => {
    const world = await rolling();
    const theirs = JSON.stringify({ ...world.route, app: 'checkout' });
    world.routes.set(HOST, theirs);
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ exitCode: 3, status: 'refused' });
    expect(outcome.plan.refusals[0]?.message).toContain('belongs to checkout/prod');
    expect(world.routes.get(HOST)).toBe(theirs);
  });
});
