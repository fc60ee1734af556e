import { expect, it } from 'vitest';
import {
  buildFloor,
  buildHostTable,
  isFloorCurrent,
  type FloorSubject,
} from '../../../../controller/core/plan/floor.ts';
import type { GatePolicy } from '../../../../controller/core/policy/policy.ts';
import { gateOf } from '../../../fakes/gate.ts';
import { environmentPolicy, World, HOST } from '../../../fakes/world.ts';

async function subjectOf(root?: string, gate?: GatePolicy): Promise<FloorSubject> {
  const world = new World();
  world.publish('1');
  world.routes.set('keys/shop/prod', '{}');
  if (gate !== undefined) world.policy = environmentPolicy('1', { gate });
  await world.reconcile();
  const record = world.storedRecord;
  if (record === undefined) throw new Error('nothing was released');
  const now = new Date(world.now);
  return { region: 'us-east-1', bucket: 'builds', root, spa: true, hosts: [HOST], record, now };
}

it('says where the builds of an adopted bucket lie', async () => {
  const entry = ['shop', 'prod', 'us-east-1', '1', 1];
  expect(buildFloor([await subjectOf()]).floor[HOST]).toEqual(entry);
  expect(buildFloor([await subjectOf('')]).floor[HOST]).toEqual([...entry, null, '/']);
  const lambda = buildHostTable([await subjectOf('old/')]);
  expect(lambda[HOST]).toEqual([...entry, 'builds', '/old/']);
});

it('is old when it says another place', async () => {
  const [here, there] = [await subjectOf('old/'), await subjectOf()];
  const [old, fresh] = [buildFloor([there]).floor, buildFloor([here]).floor];
  expect(isFloorCurrent(old, fresh, [here])).toBe(false);
  expect(isFloorCurrent(fresh, fresh, [here])).toBe(true);
});

it('has no build behind a gate, for either runtime: without the route nobody would be held', async () => {
  const closed = await subjectOf(undefined, gateOf());
  const row = ['shop', 'prod', 'us-east-1', '', 1];
  expect(buildFloor([closed]).floor[HOST]).toEqual(row);
  expect(buildHostTable([closed])[HOST]).toEqual([...row, 'builds']);
});

it('is old when a gate comes or goes', async () => {
  const [open, gated] = [await subjectOf(), await subjectOf(undefined, gateOf())];
  const [before, after] = [buildFloor([open]).floor, buildFloor([gated]).floor];
  expect(isFloorCurrent(before, after, [gated])).toBe(false);
  expect(isFloorCurrent(after, before, [open])).toBe(false);
  expect(isFloorCurrent(after, after, [gated])).toBe(true);
});

it('has its build behind a gate whose faults let people in, until they no longer do', async () => {
  const gate = gateOf({ failOpenUntil: '2026-03-02T00:00Z' });
  const early = await subjectOf(undefined, gate);
  const late = { ...early, now: new Date('2026-03-02T00:00Z') };
  const [before, after] = [buildFloor([early]).floor, buildFloor([late]).floor];
  expect(before[HOST]?.[3]).toBe('1');
  expect(after[HOST]?.[3]).toBe('');
  expect(isFloorCurrent(before, before, [early])).toBe(true);
  expect(isFloorCurrent(before, after, [late])).toBe(false);
  const last = { ...early, now: new Date('2026-03-01T23:59:59Z') };
  expect(isFloorCurrent(before, before, [last])).toBe(true);
});
