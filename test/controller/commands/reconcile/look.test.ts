import { expect, it } from 'vitest';
import { findRollouts, planOne } from '../../../../controller/commands/reconcile/look.ts';
import { nameSubject } from '../../../../controller/core/plan/plan.ts';
import { Apps } from '../../../fakes/apps.ts';

const TOGETHER = [['shop/prod', 'checkout/prod']];
const RUN = { by: 'tester', commit: 'abc' };

/** What a watch plans for shop when its alarm fires. */
async function planShop(apps: Apps) {
  apps.at('shop').fireAlarm();
  const watched = await findRollouts(apps.context(), apps.policies);
  const shop = watched.find(({ name }) => name === 'shop/prod');
  if (shop === undefined) throw new Error('shop is not watched');
  return planOne(apps.context(), shop, { policies: apps.policies, run: RUN });
}

function tell({ set }: Awaited<ReturnType<typeof planOne>>): readonly string[] {
  return set.plans.map(({ subject, direction }) => `${nameSubject(subject)} ${direction}`);
}

it('a watch rolls back all that move together with what failed, in one train', async () => {
  const apps = await Apps.rolling(['admin', 'checkout', 'shop'], TOGETHER);
  const planned = await planShop(apps);
  expect(tell(planned)).toEqual(['shop/prod rollback', 'checkout/prod rollback']);
  const [own, mate] = planned.set.plans;
  expect(own?.train).toMatchObject({ together: true });
  expect(mate?.train).toEqual(own?.train);
});

it('and waits for none of them that can’t be read', async () => {
  const apps = await Apps.rolling(['checkout', 'shop'], TOGETHER);
  const watched = await findRollouts(apps.context(), apps.policies);
  apps.unreadable.add('checkout');
  apps.at('shop').fireAlarm();
  const shop = watched.find(({ name }) => name === 'shop/prod');
  if (shop === undefined) throw new Error('shop is not watched');
  const planned = await planOne(apps.context(), shop, { policies: apps.policies, run: RUN });
  expect(tell(planned)).toEqual(['shop/prod rollback']);
});
