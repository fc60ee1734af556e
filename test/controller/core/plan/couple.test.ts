import { expect, it } from 'vitest';
import { coupleTrains, keysOfPlan } from '../../../../controller/core/plan/couple.ts';
import { sealPlan, sealPlanSet, type Plan } from '../../../../controller/core/plan/plan.ts';
import { renderPlanSet } from '../../../../controller/core/report/plan-text.ts';
import { Apps } from '../../../fakes/apps.ts';

const NAMES = Array.from({ length: 30 }, (_, index) => `app-${String(index).padStart(2, '0')}`);

async function startAll(count: number): Promise<readonly Plan[]> {
  const apps = new Apps(NAMES.slice(0, count));
  await apps.reconcile();
  apps.name('2');
  const { set } = await apps.plan();
  // As they were before they were coupled.
  return set.plans.map(({ train: _train, ...plan }) => sealPlan(plan));
}

function sizes(plans: readonly Plan[]): readonly number[] {
  const keys = new Map<string, number>();
  for (const plan of plans) {
    const id = plan.train?.id ?? 'alone';
    keys.set(id, (keys.get(id) ?? 0) + keysOfPlan(plan).length);
  }
  return [...keys.values()];
}

it('couples what goes to one store, in writes of at most 50 keys', async () => {
  const plans = await startAll(30);
  const coupled = coupleTrains(plans);
  expect(sizes(coupled)).toEqual([50, 10]);
  // Twenty-five times twenty-four names would be all that anybody sees.
  expect(renderPlanSet(sealPlanSet(coupled))).toContain('app-08/prod, app-09/prod and 15 more');
});

it('never splits those that move together, and gives them a write of their own', async () => {
  const plans = await startAll(30);
  const names = NAMES.slice(20).map((name) => `${name}/prod`);
  const coupled = coupleTrains(plans, [names]);
  const trains = new Set(coupled.slice(20).map(({ train }) => train));
  expect([...trains]).toMatchObject([{ together: true, members: { length: 10 } }]);
  expect(sizes(coupled)).toEqual([40, 20]);
});

it('says the same of the same plans, and the checksum covers who must go together, not who does', async () => {
  const plans = await startAll(2);
  const coupled = coupleTrains(plans);
  expect(coupleTrains(plans)).toEqual(coupled);
  expect(coupled[0]?.train).toBeDefined();
  expect(coupled[0]?.checksum).toBe(plans[0]?.checksum);
  const together = coupleTrains(plans, [['app-00/prod', 'app-01/prod']]);
  expect(together[0]?.checksum).not.toBe(coupled[0]?.checksum);
  const text = renderPlanSet(sealPlanSet(together));
  expect(text).toContain('one KeyValueStore write with app-01/prod, together or not at all');
});

it('leaves alone what goes by itself, repairs and what does not move', async () => {
  const [first, ...others] = await startAll(3);
  if (first === undefined) throw new Error('no plan');
  const quiet = others.map((plan) => ({ ...plan, direction: 'repair' as const }));
  expect(coupleTrains([first, ...quiet])).toEqual([first, ...quiet]);
});

it('does not put two routes for one key into one write', async () => {
  const plans = await startAll(2);
  const [{ changes } = { changes: [] }] = plans;
  const doubled = plans.map((plan) => ({ ...plan, changes }));
  expect(coupleTrains(doubled).map(({ train }) => train)).toEqual([undefined, undefined]);
});
