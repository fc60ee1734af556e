import { expect, it } from 'vitest';
import {
  buildFloor,
  buildHostTable,
  isFloorCurrent,
  type FloorSubject,
} from '../../../../controller/core/plan/floor.ts';
import { World, HOST } from '../../../fakes/world.ts';

async function subjectOf(root?: string): Promise<FloorSubject> {
  const world = new World();
  world.publish('1');
  await world.reconcile();
  const record = world.storedRecord;
  if (record === undefined) throw new Error('nothing was released');
  return { region: 'us-east-1', bucket: 'builds', root, spa: true, hosts: [HOST], record };
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
