import { expect, it } from 'vitest';
import { planEnvironment } from '../../../../controller/core/plan/environment.ts';
import { describeStatus, renderStatus } from '../../../../controller/core/report/status.ts';
import { renderOutcomes } from '../../../../controller/core/report/outcome.ts';
import { renderPlan } from '../../../../controller/core/report/plan-text.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import { GUARD } from '../../../fakes/guard.ts';
import { appPolicy, environmentPolicy, GROUP, World } from '../../../fakes/world.ts';

async function show(world: World): Promise<string> {
  const subject = { app: appPolicy(world.policy), environment: world.policy, group: GROUP };
  const facts = await readEnvironment(world.context(), subject, { by: 'tester', commit: 'abc' });
  return renderStatus({ name: 'shop/prod', ...describeStatus(facts, planEnvironment(facts)) });
}

it('follows an environment from nothing to a rollback', async () => {
  const world = new World();
  expect(await show(world)).toMatchInlineSnapshot(`
    "shop/prod  never released  nothing yet
      generation 0
      next: build "1" is not published: it has no manifest
      refused: build "1" is not published: it has no manifest
      hosts: shop.example.com"
  `);
  world.publish('1', '2');
  await world.reconcile();
  world.policy = environmentPolicy('2');
  await world.reconcile();
  expect(await show(world)).toMatchInlineSnapshot(`
    "shop/prod  rolling  build 2 at 5 %, stable 1
      generation 2 since 2026-03-01T00:00:00.000Z, rollout-started by tester at abc
      step 1 of 2 (5 %), then 25 %
      next: Build 2 serves 5 % until 2026-03-01T00:01:00.000Z.
      written: generation 2, 2 host(s) and SSM
      hosts: shop.example.com, d1.cloudfront.example"
  `);
  world.fireAlarm();
  world.entries = world.entries.map((entry) => ({ ...entry, reason: 'long '.repeat(40) }));
  await world.reconcile();
  expect(await show(world)).toMatchInlineSnapshot(`
    "shop/prod  held  build 1
      generation 3 since 2026-03-01T00:00:00.000Z, rolled-back by tester at abc
      next: Held on stable: build 2 was rolled back (rollback 3). Name another build, or lift the quarantine with a reason.
      written: generation 3, 2 host(s) and SSM
      kept for open pages: 2
      quarantined: build 2 since rollback 3 (shop-prod-errors entered ALARM at 2026-03-01T00:00:00.000Z: long long ...)
      hosts: shop.example.com, d1.cloudfront.example"
  `);
});

it('says what blocks a start that nobody refuses, once, and to machines as such', async () => {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  const alarms = [{ name: 'shop-prod-errors', region: 'us-east-1' }];
  world.policy = environmentPolicy('2', { guard: { alarms, ...GUARD } });
  world.alarm = 'ALARM';
  const plan = await world.plan();
  const facts = await readEnvironment(
    world.context(),
    { app: appPolicy(world.policy), environment: world.policy, group: GROUP },
    { by: 'tester', commit: 'abc' },
  );
  const why = 'Build 2 waits: shop-prod-errors is in ALARM';
  expect(describeStatus(facts, plan)).toMatchObject({
    isRefused: false,
    blockedBy: [expect.stringContaining(why)],
  });
  for (const text of [
    await show(world),
    renderPlan(plan),
    renderOutcomes([await world.reconcile()]),
  ])
    expect(text.split(why)).toHaveLength(2);
});
