import { expect, it } from 'vitest';
import { comparePlans } from '../../../../controller/core/github/compare-plans.ts';
import type { Plan } from '../../../../controller/core/plan/plan.ts';
import { rolling } from '../../../fakes/rolling.ts';
import { environmentPolicy } from '../../../fakes/world.ts';

const remembered = ({ checksum, to }: Plan) => ({
  subjects: [{ name: 'shop/prod', checksum, to }],
});

it('is silent where the run did what was reviewed, or another one had done it', async () => {
  const world = await rolling();
  world.policy = environmentPolicy('3');
  const reviewed = await world.plan();
  world.pass(30);
  const outcome = await world.reconcile();
  expect(comparePlans(remembered(reviewed), [outcome.plan], [outcome])).toEqual([]);
  const later = await world.reconcile();
  expect(later.status).toBe('unchanged');
  expect(comparePlans(remembered(reviewed), [later.plan], [later])).toEqual([]);
});

it('says what came of it where what is live had moved', async () => {
  const world = await rolling();
  world.policy = environmentPolicy('3');
  const reviewed = await world.plan();
  world.fireAlarm();
  const outcome = await world.reconcile();
  expect(comparePlans(remembered(reviewed), [outcome.plan], [outcome])).toEqual([
    {
      name: 'shop/prod',
      reviewed: 'build 3 at 5 %, stable 1',
      now: 'build 1 (held)',
      outcome: 'rolled back',
      why: 'Build 2 was rolled back (alarm): stable build 1 serves everyone.',
    },
  ]);
  expect(comparePlans(remembered(reviewed), [], [])).toMatchObject([{ outcome: 'not planned' }]);
  expect(comparePlans({ subjects: [] }, [outcome.plan], [outcome])).toEqual([]);
});
