import { expect, it } from 'vitest';
import { sealPlanSet } from '../../../../controller/core/plan/plan.ts';
import { explainStale, readPlanFile } from '../../../../controller/core/report/stale-plan.ts';
import { rolling } from '../../../fakes/rolling.ts';
import { environmentPolicy } from '../../../fakes/world.ts';

it('says of every subject what was reviewed and what it is now', async () => {
  const world = await rolling();
  world.policy = environmentPolicy('3');
  const reviewed = sealPlanSet([await world.plan()]);
  const file = readPlanFile(JSON.parse(JSON.stringify({ ...reviewed, link: 'https://x.example' })));
  expect(file).toMatchObject({ checksum: reviewed.checksum, link: 'https://x.example' });
  expect(explainStale(file?.plans ?? [], reviewed)).toEqual([]);
  world.fireAlarm();
  const now = sealPlanSet([await world.plan()]);
  expect(explainStale(file?.plans ?? [], now)).toEqual([
    'shop/prod: reviewed build 2 at 5 %, stable 1 -> build 3 at 5 %, stable 1, now build 2 at 5 %, stable 1 -> build 1 (held)',
  ]);
  expect(explainStale([], now)).toEqual([
    'shop/prod: reviewed nothing, now build 2 at 5 %, stable 1 -> build 1 (held)',
  ]);
});

it('takes whatever has a checksum, and nothing else, for a plan', () => {
  expect(readPlanFile({ checksum: 'a', plans: [{}, null, 3] })).toEqual({
    checksum: 'a',
    plans: [],
  });
  expect(readPlanFile({ plans: [] })).toBeUndefined();
  expect(readPlanFile('text')).toBeUndefined();
});
