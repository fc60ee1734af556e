import { expect, it } from 'vitest';
import { applyPlan } from '../../../controller/apply/apply.ts';
import { planEnvironment } from '../../../controller/core/plan/environment.ts';
import { describeStatus, renderStatus } from '../../../controller/core/report/status.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { planByHand } from '../../../controller/read/by-hand.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { recordOf, rolledBack } from '../../fakes/rolled-back.ts';
import { rolling, subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, LAMBDA_GROUP, World } from '../../fakes/world.ts';

/** Build 2 was rolled back by its alarm, then build 3 by a person. */
async function rolledBackTwice(): Promise<World> {
  const world = await rolledBack();
  world.alarm = 'OK';
  world.policy = environmentPolicy('3');
  world.pass(60);
  await world.reconcile();
  const subject = subjectOf(world);
  const asked = { subject, policies: [], to: undefined, reason: 'nobody can pay' };
  await applyPlan((await planByHand(world.context(), asked)).own, world.context());
  return world;
}

async function tellStatus(world: World, changes: Partial<Context> = {}): Promise<string> {
  const context = { ...world.context(), ...changes };
  const run = { by: 'tester', commit: 'abc' };
  const facts = await readEnvironment(context, subjectOf(world), run);
  return renderStatus({ name: 'shop/prod', ...describeStatus(facts, planEnvironment(facts)) });
}

it('finds in the history why builds were rolled back, after the record was lost', async () => {
  const world = await rolledBackTwice();
  const before = recordOf(world);
  world.record = undefined;
  const status = await tellStatus(world);
  expect(status).toContain('quarantined: build 3 since rollback 5 (nobody can pay)');
  expect(status).toContain('build 2 since rollback 5 (shop-prod-errors');
  world.pass(60);
  await world.reconcile();
  expect(recordOf(world).last).toEqual(before.last);
});

it('says that the reason is not known where the history is lost, too, or can not be read', async () => {
  const world = await rolledBackTwice();
  world.record = undefined;
  const { records } = world.context();
  const readHistory = () => Promise.reject(new Error('throttled'));
  const unreadable: Context['records'] = (place) => ({ ...records(place), readHistory });
  expect(await tellStatus(world, { records: unreadable })).toContain(
    "rollback 5 (not known: the history can't be read (throttled))",
  );
  world.history.clear();
  const status = await tellStatus(world);
  expect(status).toContain('rollback 5 (manual, why is not known: the record was lost)');
  expect(status).toContain('rollback 5 (not known: the record was lost)');
});

it('leaves a record that is there as it is', async () => {
  const world = await rolling();
  const records: Context['records'] = (place) => ({
    ...world.context().records(place),
    readHistory: () => expect.unreachable(),
  });
  expect(await tellStatus(world, { records })).toContain('rolling');
});

it('asks SSM for keys until a route that needs them is out: no rollback waits for a throttled answer', async () => {
  const world = new World(LAMBDA_GROUP);
  world.publish('1');
  const signed = { access: 'signed', ttlSeconds: 60 } as const;
  world.policy = environmentPolicy('1', { preview: signed });
  const read = (list: () => Promise<readonly string[]>) => {
    const keys = () => ({ list }) as unknown as ReturnType<Context['keys']>;
    const context = { ...world.context(), keys };
    return readEnvironment(context, subjectOf(world), { by: 'tester', commit: 'abc' });
  };
  expect(await read(async () => [])).toMatchObject({ hasKeys: false });
  const facts = await read(async () => ['k1']);
  await applyPlan(planEnvironment(facts), world.context());
  const throttled = () => Promise.reject(new Error('throttled'));
  expect(await read(throttled)).toMatchObject({ hasKeys: true });
  world.policy = environmentPolicy('1');
  await world.reconcile();
  world.policy = environmentPolicy('1', { preview: signed });
  await expect(read(throttled)).rejects.toThrow('throttled');
});
