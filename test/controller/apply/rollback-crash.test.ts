import { expect, it } from 'vitest';
import type { Context } from '../../../controller/ports/context.ts';
import { killAt, rollBackByHand, rolling } from '../../fakes/rolling.ts';
import { DOMAIN, environmentPolicy, HOST, World } from '../../fakes/world.ts';

const PLACE = { bucket: 'builds', region: 'us-east-1' };
type Records = ReturnType<Context['records']>;
type Routes = Context['routes'];

/** What random histories found, each in its shortest form. */

it('a lift that was written before the rollback lifts nothing, also when the run died before its record', async () => {
  const world = await rolling();
  const lift = { lift: '2', rollback: 3, reason: 'in case' };
  world.policy = environmentPolicy('2', { quarantine: [lift] });
  // The store and both parameters are written; the record is not.
  await rollBackByHand(world, killAt(2, 'after')).catch(() => {});
  expect(world.route?.barred).toEqual(['2']);
  for (let run = 0; run < 3; run++) await world.reconcile();
  expect(world.route?.canary).toBeUndefined();
  world.policy = environmentPolicy('2', { quarantine: [{ ...lift, reason: 'looked into it' }] });
  for (let run = 0; run < 3; run++) await world.reconcile();
  expect(world.route?.canary?.build[0]).toBe('2');
});

it('a rollback by hand tells the event that the run before died with', async () => {
  const world = await rolling();
  world.history.delete(2);
  await rollBackByHand(world);
  expect(new Set(world.history.keys())).toEqual(new Set([1, 2, 3]));
});

it('so does the run that adopts a rollback which died as well', async () => {
  const world = await rolling();
  world.history.delete(2);
  await rollBackByHand(world, killAt(1, 'after')).catch(() => {});
  await world.reconcile();
  expect([...world.history.values()].map(({ generation, event }) => [generation, event])).toEqual([
    [1, 'first-release'],
    [2, 'rollout-started'],
    [3, 'rolled-back'],
  ]);
});

it('a generation whose intent another run had voided is told by the run that adopts its rollback', async () => {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  const plain = world.context.bind(world);
  const late = plain();
  let isFirst = true;
  // Its intent is written; another run, with the former policy, finds nothing of it live and voids it.
  const write: Routes['write'] = async (...route) => {
    if (isFirst) {
      isFirst = false;
      world.context = plain;
      world.policy = environmentPolicy('1');
      await world.reconcile();
    }
    return late.routes.write(...route);
  };
  world.policy = environmentPolicy('2');
  world.context = () => ({ ...late, routes: { ...late.routes, write } });
  expect(await world.reconcile()).toMatchObject({ status: 'failed', exitCode: 4 });
  await rollBackByHand(world, killAt(1, 'after')).catch(() => {});
  world.policy = environmentPolicy('2');
  await world.reconcile();
  expect([...world.history.values()].map(({ generation, event }) => [generation, event])).toEqual([
    [1, 'first-release'],
    [2, 'adopted'],
    [3, 'rolled-back'],
  ]);
});

it('a run that loses its race tells nothing of what it took for a route without a record', async () => {
  const world = await rolling();
  world.pass(61);
  const plain = world.context.bind(world);
  const late = plain();
  // It reads the record before the other run writes its intent, and the route when that is live.
  const read: Records['read'] = async (app, environment) => {
    const found = await late.records(PLACE).read(app, environment);
    world.context = plain;
    await world.reconcile(killAt(2, 'after')).catch(() => {});
    return found;
  };
  let isFirst = true;
  world.context = () => {
    const isLate = isFirst;
    isFirst = false;
    return isLate ? { ...late, records: () => ({ ...late.records(PLACE), read }) } : plain();
  };
  const outcome = await world.reconcile();
  expect(outcome).toMatchObject({ status: 'failed', exitCode: 4 });
  expect(world.history.has(3)).toBe(false);
});

it('a rollback without a record takes the hosts of the distribution with it', async () => {
  const world = await rolling();
  world.record = undefined;
  await rollBackByHand(world);
  for (const host of [HOST, DOMAIN]) expect(world.routes.get(host)).toContain('"barred":["2"]');
});
