import { expect, it } from 'vitest';
import { changePause } from '../../../controller/apply/change-pause.ts';
import { describeHistory, renderHistory } from '../../../controller/core/report/history.ts';
import { describeStatus, renderStatus } from '../../../controller/core/report/status.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { planInCompany } from '../../../controller/read/plan-in-company.ts';
import { Train } from '../../fakes/train.ts';

const run = { by: 'tester', commit: 'abc' };

/** What `headgate why` and `headgate status` say of shop. */
async function tell(train: Train): Promise<string> {
  const [subject] = train.subjects();
  if (subject === undefined) throw new Error('no shop');
  const apps = train.subjects().map(({ app }) => app);
  const policies = { groups: [subject.group], apps, together: [subject.together ?? []] };
  const context = train.context();
  const facts = await readEnvironment(context, subject, run);
  const plan = await planInCompany(context, facts, { policies, run });
  return renderStatus({ name: 'shop/prod', ...describeStatus(facts, plan) });
}

it('what comes next depends on those that move together, and names them', async () => {
  const train = await Train.rolling();
  expect(await tell(train)).toContain('moves together with checkout/prod');
  train.pass(61);
  expect(await tell(train)).toContain('next: Build 2 goes to 25 %');
  await train.checkout.setAlarm('checkout-prod-errors', 'INSUFFICIENT_DATA');
  expect(await tell(train)).toMatch(/next: Waits for checkout\/prod/);
  await train.fire(train.checkout);
  expect(await tell(train)).toMatch(/next: Build 2 was rolled back \(alarm\)/);
});

it('a pause of one is told as a pause of all, and so is its end', async () => {
  const train = await Train.rolling();
  const [shop] = train.subjects();
  if (shop === undefined) throw new Error('no shop');
  const asked = { by: 'ann', at: '2026-03-01T00:00:00Z', reason: 'a look' };
  const change = (isResume: boolean) => changePause(train.context(), shop, { asked, isResume });
  expect(await change(false)).toMatch(/is paused: a look\. Together with it pause checkout\/prod/);
  train.pass(61);
  train.calls.length = 0;
  await train.reconcile();
  expect(train.writes).toEqual([]);
  expect(await change(true)).toMatch(/goes on by itself, with checkout\/prod/);
  await train.reconcile();
  expect(await train.tell()).toEqual(['rolling 1 2@2500', 'rolling 1 2@2500']);
});

it('the history says with whom it was one write', async () => {
  const train = await Train.rolling();
  const records = train.context().records({ bucket: 'builds', region: 'us-east-1' });
  const entries = await records.readHistory('shop', 'prod', 10);
  const text = renderHistory(describeHistory(entries, new Date(train.shop.cloud.now)));
  expect(text).toContain('in one write with checkout/prod');
});
