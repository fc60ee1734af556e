import { expect, it } from 'vitest';
import { changePause } from '../../../controller/apply/change-pause.ts';
import type { EnvironmentPolicy, ReleasePolicy } from '../../../controller/core/policy/policy.ts';
import { renderPlan } from '../../../controller/core/report/plan-text.ts';
import { describeStatus, renderStatus } from '../../../controller/core/report/status.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { killAt, rollBackByHand, rolling, subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, Killed, World } from '../../fakes/world.ts';

function release(build: string, changes: Partial<ReleasePolicy>): EnvironmentPolicy {
  const policy = environmentPolicy(build);
  return { ...policy, release: { ...policy.release, ...changes } };
}

async function runFor(world: World, times: number): Promise<void> {
  for (let run = 0; run < times; run++) {
    world.pass(121);
    await world.reconcile();
  }
}

const PAUSE = { by: 'ana', at: '2026-03-01T00:00:00.000Z', reason: 'database move' };

const pause = (world: World) =>
  changePause(world.context(), subjectOf(world), { asked: PAUSE, isResume: false });

it('a step that holds for approval goes on when the policy names this rollout, and no other', async () => {
  const steps = [{ weightBasisPoints: 500, holdSeconds: 0, approval: true }] as const;
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  world.policy = release('2', { steps });
  await runFor(world, 3);
  expect(world.route?.canary).toMatchObject({ weight: 500, salt: 2 });
  const plan = await world.plan();
  const line = 'approved: { build: "2", rollout: 2, weight: 5% }';
  expect(plan.why).toContain(line);
  expect(plan.why).toContain('name 1 again');

  const approved = { build: '2', rollout: 2, weightBasisPoints: 500 };
  for (const left of [{ rollout: 1 }, { build: '1' }, { weightBasisPoints: 100 }]) {
    world.policy = release('2', { steps, approved: { ...approved, ...left } });
    await runFor(world, 1);
    expect(world.route?.canary?.weight).toBe(500);
  }
  world.policy = release('2', { steps, approved });
  await world.reconcile();
  expect(world.storedRecord?.phase).toBe('baking');
});

it('an alarm rolls back also while it waits for approval', async () => {
  const world = await rolling();
  const steps = [{ weightBasisPoints: 500, holdSeconds: 0, approval: true }] as const;
  world.policy = release('2', { steps });
  world.fireAlarm();
  expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
});

it('a freeze stops steps and starts, says until when, and lets rollback and repair through', async () => {
  const freeze = [{ from: '2026-03-01T00:00Z', to: '2026-03-01T06:00+01:00', reason: 'holidays' }];
  const world = await rolling();
  world.policy = { ...world.policy, freeze };
  world.pass(120);
  const plan = await world.plan();
  expect(plan).toMatchObject({ direction: 'none', until: '2026-03-01T05:00:00.000Z' });
  expect(plan.why).toContain('holidays (2026-03-01T00:00Z to 2026-03-01T06:00+01:00)');
  world.policy = { ...environmentPolicy('3'), freeze };
  await world.reconcile();
  expect(world.route?.canary?.build[0]).toBe('2');
  world.routes.clear();
  await world.reconcile();
  expect(world.route?.canary?.build[0]).toBe('2');
  world.fireAlarm();
  expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  world.alarm = 'OK';
  world.pass(5 * 3600);
  await world.reconcile();
  expect(world.route?.canary?.build[0]).toBe('3');
});

it('a first release that a freeze keeps back leaves the distribution as it is: there is no route to serve by', async () => {
  const world = new World();
  world.publish('1');
  const behaviours = (world.distribution?.behaviours ?? []).map((one) => ({
    ...one,
    viewerRequestArn: undefined,
    viewerResponseArn: undefined,
  }));
  world.distribution = world.distribution && { ...world.distribution, behaviours };
  const freeze = [{ from: '2026-02-01T00:00Z', to: '2026-04-01T00:00Z', reason: 'holidays' }];
  world.policy = { ...environmentPolicy('1'), freeze };
  expect(await world.plan()).toMatchObject({ direction: 'none', changes: [] });
  world.policy = environmentPolicy('1');
  expect((await world.plan()).changes.map(({ kind }) => kind)).toContain('associate');
});

it('a build starts when the required environment gave it to everyone for long enough', async () => {
  const staging = new World();
  staging.publish('1', '2');
  staging.policy = { ...environmentPolicy('1'), name: 'prod' };
  await staging.reconcile();
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  const requires = [{ environment: 'staging', bakedSeconds: 3600 }];
  world.policy = release('2', { requires });
  const plan = async () => {
    if (staging.storedRecord) world.others.set('staging', staging.storedRecord);
    return world.plan();
  };
  expect((await plan()).why).toContain("for 1h, and doesn't do so");

  staging.policy = release('2', { steps: [], bakeSeconds: 60 });
  await staging.reconcile();
  expect(await plan()).toMatchObject({ until: '2026-03-01T01:00:00.000Z', direction: 'none' });
  // It counts from 100 %, whatever is written to that record meanwhile.
  for (const other of [staging, world]) other.pass(3599);
  await staging.reconcile();
  expect(await plan()).toMatchObject({ direction: 'none' });
  world.pass(1);
  expect(await plan()).toMatchObject({ direction: 'forward' });
});

it('what the required environment rolled back does not start', async () => {
  const staging = await rolling();
  staging.pass(3600);
  await staging.reconcile();
  staging.pass(3600);
  await staging.reconcile();
  staging.pass(3600);
  staging.fireAlarm();
  await staging.reconcile();
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  world.policy = release('2', { requires: [{ environment: 'staging', bakedSeconds: 60 }] });
  if (staging.storedRecord) world.others.set('staging', staging.storedRecord);
  expect((await world.plan()).why).toContain('staging rolled build 2 back (rollback 5');
});

it('a build that was stable recently skips the steps when the policy says so', async () => {
  const world = await rolling();
  await runFor(world, 3);
  expect(world.storedRecord).toMatchObject({ phase: 'idle', stable: { build: '2' } });
  world.policy = release('1', { fastTrackSeconds: 3600 });
  const plan = await world.plan();
  expect(plan.why).toContain('Fast track: build 1 was stable here until 2026-03-01T00:00:00.000Z');
  world.pass(7200);
  expect((await world.plan()).why).toContain('starts with 5 %');
  world.pass(-7200);
  await world.reconcile();
  expect(world.storedRecord).toMatchObject({
    phase: 'baking',
    rollout: { canary: { build: '1' } },
  });
});

it('a pause stops everything but the rollback of a person, and says who, when and why', async () => {
  const world = await rolling();
  await pause(world);
  world.writes = [];
  world.fireAlarm();
  world.routes.clear();
  await runFor(world, 2);
  expect(world.writes).toEqual([]);
  const facts = await readEnvironment(world.context(), subjectOf(world), {
    by: 'x',
    commit: undefined,
  });
  const plan = await world.plan();
  expect(renderPlan(plan)).toContain('the guard would roll back now, but for the pause');
  const status = renderStatus({ name: 'shop/prod', ...describeStatus(facts, plan) });
  expect(status).toContain('rolling, PAUSED');
  expect(status).toContain('Paused by ana since 2026-03-01T00:00:00.000Z: database move');
  expect(world.pauses).toMatchObject([{ event: 'paused', by: 'ana' }]);
  await changePause(world.context(), subjectOf(world), { asked: PAUSE, isResume: true });
  expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
});

it('a rollback by hand works while paused, and leaves it paused, however it ends', async () => {
  for (const nth of [0, 1, 2, 3, 4, 5]) {
    const world = await rolling();
    await pause(world);
    const hook = nth === 0 ? undefined : killAt(nth, 'after');
    await rollBackByHand(world, hook).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    expect(world.route?.barred).toEqual(['2']);
    expect(world.storedRecord?.pause).toEqual(PAUSE);
    await changePause(world.context(), subjectOf(world), { asked: PAUSE, isResume: true });
    await runFor(world, 2);
    expect(world.storedRecord).toMatchObject({ phase: 'held', stable: { build: '1' } });
  }
});

it('a pause in the middle of a run survives it, and the adoption of what it released', async () => {
  for (const nth of [1, 2, 3, 4, 5]) {
    const world = await rolling();
    world.pass(61);
    let count = 0;
    await world.reconcile(async (moment) => {
      if (moment === 'before' && ++count === nth) await pause(world);
    });
    await world.reconcile();
    expect(world.storedRecord?.pause).toEqual(PAUSE);
    await changePause(world.context(), subjectOf(world), { asked: PAUSE, isResume: true });
    await world.reconcile();
    expect(world.storedRecord).toMatchObject({ rollout: { weightBasisPoints: 2500 } });
  }
});

it('a pause survives a rollback that was planned before it', async () => {
  const world = await rolling();
  let count = 0;
  await rollBackByHand(world, async (moment) => {
    if (moment === 'before' && ++count === 1) await pause(world);
  });
  expect(world.storedRecord).toMatchObject({ phase: 'held', pause: PAUSE });
});

it('records of the version before, which had none of this, go on', async () => {
  const world = await rolling();
  const { served: _served, ...old } = world.storedRecord ?? {};
  world.record = { text: JSON.stringify(old), revision: 99 };
  await runFor(world, 3);
  expect(world.storedRecord).toMatchObject({ phase: 'idle', served: [{ build: { build: '2' } }] });
});
