import { describe, expect, it } from 'vitest';
import { rolling } from '../../fakes/rolling.ts';
import { assign, environmentPolicy, HOST, World } from '../../fakes/world.ts';

const numbers = (world: World) => ({
  cohorts: world.route?.cohorts?.map(({ build }) => build[0]),
  arms: world.route?.split?.arms.map(({ build }) => build[0]),
  kept: world.route?.kept.map(([build]) => build),
});

/** Build 2 rolling, for staff at once; build 3 in a test. */
async function assigned(): Promise<World> {
  const world = await rolling();
  world.policy = { ...world.policy, ...assign({ cohort: '2', arm: '3' }) };
  await world.reconcile();
  world.writes = [];
  return world;
}

describe('cohorts and split', () => {
  it('go out like everything else of a policy, once', async () => {
    const world = await assigned();
    expect(numbers(world)).toEqual({ cohorts: ['2'], arms: ['3'], kept: [] });
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
    expect(world.writes).toEqual([]);
  });

  it.each([
    ['cohort', { cohort: '99', arm: '3' }, 'cohort staff: build "99" is not published', 12],
    ['arm', { cohort: '2', arm: '99' }, 'split arm 99: build "99" is not published', 14],
  ])('a %s of an unpublished build is refused, at its line', async (_, builds, message, line) => {
    const world = await rolling();
    world.policy = { ...world.policy, ...assign(builds) };
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ status: 'refused', exitCode: 2 });
    expect(outcome.plan.refusals).toMatchObject([
      { message: expect.stringContaining(message), place: { file: 'policies/shop.yaml', line } },
    ]);
    expect(world.writes).toEqual([]);
  });

  it('are verified like stable: a build without its entry page stays out', async () => {
    const world = await rolling();
    world.damaged.add('3');
    world.policy = { ...world.policy, ...assign({ cohort: '2', arm: '3' }) };
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ status: 'refused', exitCode: 3 });
    expect(outcome.plan.refusals[0]?.message).toContain('build "3" has no index.html');
  });

  it('lose a build that is rolled back, and the next run has nothing to add', async () => {
    const world = await assigned();
    world.fireAlarm();
    const { plan } = await world.reconcile();
    expect(plan.notes).toContain(
      'warning: cohort staff is skipped: build 2 is quarantined since rollback 4',
    );
    expect(numbers(world)).toEqual({ cohorts: [], arms: ['3'], kept: ['2'] });
    world.writes = [];
    const again = await world.reconcile();
    expect(again).toMatchObject({ status: 'unchanged', exitCode: 0 });
    expect(again.plan.notes).toEqual(plan.notes);
    expect(world.writes).toEqual([]);
  });

  it('serve it again once its quarantine is lifted', async () => {
    const world = await assigned();
    world.fireAlarm();
    await world.reconcile();
    world.alarm = 'OK';
    const quarantine = [{ lift: '2', rollback: 4, reason: 'fixed at the API' }];
    world.policy = environmentPolicy('1', { ...assign({ cohort: '2', arm: '3' }), quarantine });
    await world.reconcile();
    expect(numbers(world)).toMatchObject({ cohorts: ['2'], arms: ['3'] });
  });

  it('have stable in the arm of a quarantined build, so that nobody else moves', async () => {
    const world = await assigned();
    const split = [
      { build: '2', line: 14, weightBasisPoints: 500 },
      { build: '3', line: 15, weightBasisPoints: 1000 },
    ];
    world.policy = { ...world.policy, split };
    await world.reconcile();
    world.fireAlarm();
    const { plan } = await world.reconcile();
    expect(plan.notes).toContain(
      'warning: split arm 2 gets stable: build 2 is quarantined since rollback 5',
    );
    expect(numbers(world)).toMatchObject({ arms: ['1', '3'] });
    world.writes = [];
    await world.reconcile();
    expect(world.writes).toEqual([]);
  });

  it('keep the files of a build that leaves them, for open pages', async () => {
    const world = await assigned();
    world.policy = environmentPolicy('2');
    await world.reconcile();
    expect(numbers(world)).toEqual({ cohorts: undefined, arms: undefined, kept: ['3'] });
    world.writes = [];
    await world.reconcile();
    expect(world.writes).toEqual([]);
  });
});

describe('signing keys', () => {
  it('are wanted before links are signed, and never leave the store', async () => {
    const world = await rolling();
    world.policy = { ...world.policy, preview: { access: 'signed', ttlSeconds: 60 } };
    const refused = await world.reconcile();
    expect(refused).toMatchObject({ status: 'refused', exitCode: 2 });
    expect(refused.plan.refusals[0]).toMatchObject({
      message: expect.stringContaining('preview.access: signed needs signing keys'),
      next: 'Make them: headgate keys rotate shop prod',
    });
    world.routes.set('keys/shop/prod', '{"1":{"p":"derived"}}');
    const { plan } = await world.reconcile();
    expect(world.route?.preview).toBe('signed');
    expect(JSON.stringify(plan)).not.toContain('derived');
    expect(world.routes.get('keys/shop/prod')).toBe('{"1":{"p":"derived"}}');
    expect(world.routes.has(HOST)).toBe(true);
  });
});
