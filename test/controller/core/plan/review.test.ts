import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../controller/core/plan/plan.ts';
import type { Fleet } from '../../../fakes/world.ts';
import { ask, fleetOf, report } from '../report/comment/reports.ts';

async function reviewOf(fleet: Fleet) {
  const { set } = await report(fleet);
  const plan = set.plans.find(({ subject }: Plan) => subject.kind === 'environment');
  if (plan?.review === undefined) throw new Error('no review');
  return { ...plan.review, checksum: plan.checksum };
}

async function shopOf() {
  const fleet = await fleetOf(['shop']);
  return { fleet, shop: fleet.at('shop') };
}

const SPLIT = { split: [{ build: '3', line: 14, weightBasisPoints: 1000 }] };
const COHORT = { cohorts: [{ name: 'staff', build: '3', line: 12, cookie: { name: 'staff' } }] };

describe('the review of a plan', () => {
  it('tells shares as declared, cohorts, and by the edge how many visitors move', async () => {
    const { fleet, shop } = await shopOf();
    // As the source has them now, the functions can do what they need.
    fleet.code = { request: 'with cohorts', response: 'and a split' };
    ask(shop, '1', { ...SPLIT, ...COHORT });
    await shop.reconcile();
    ask(shop, '2', { ...SPLIT, ...COHORT });
    await shop.reconcile();
    shop.pass(61);
    const { now, after, movedBasisPoints, event } = await reviewOf(fleet);
    const share = (build: string, role: string, basisPoints: number) => ({
      build,
      role,
      basisPoints,
    });
    const cohorts = [{ who: 'cookie staff', build: '3' }];
    expect(now).toEqual({
      shares: [share('1', 'stable', 8550), share('2', 'canary', 450), share('3', 'split', 1000)],
      cohorts,
    });
    expect(after).toEqual({
      shares: [share('1', 'stable', 6750), share('2', 'canary', 2250), share('3', 'split', 1000)],
      cohorts,
    });
    expect(Math.abs(movedBasisPoints - 1800)).toBeLessThan(200);
    expect(event).toBe('step');
  });

  it('knows what time does next, and where a rollback would go', async () => {
    const { fleet, shop } = await shopOf();
    ask(shop, '2');
    const start = await reviewOf(fleet);
    expect(start.ahead).toEqual([
      '25 % after 1m',
      'everyone after another 1m',
      'stable after another 2m',
    ]);
    expect(start.rollback).toMatchObject({ target: 'build 1', isReady: true });
    await shop.reconcile();
    const under = await reviewOf(fleet);
    expect(under.ahead[0]).toBe('25 % at 2026-03-01T00:01:00.000Z');
    shop.pass(61);
    await shop.reconcile();
    shop.pass(61);
    await shop.reconcile();
    expect((await reviewOf(fleet)).ahead).toEqual(['stable at 2026-03-01T00:04:02.000Z']);
    shop.damaged.add('1');
    expect((await reviewOf(fleet)).rollback).toMatchObject({ target: 'build 1', isReady: false });
  });

  it('says that nobody sees the end of a hold, and which settings somebody does', async () => {
    const { fleet, shop } = await shopOf();
    ask(shop, '2');
    await shop.reconcile();
    shop.fireAlarm();
    await shop.reconcile();
    shop.alarm = 'OK';
    ask(shop, '1');
    expect(await reviewOf(fleet)).toMatchObject({ isUnseen: true, event: 'hold-ended' });
    await shop.reconcile();
    ask(shop, '1', { preview: { access: 'off', ttlSeconds: 60 } });
    expect(await reviewOf(fleet)).toMatchObject({
      isUnseen: false,
      movedBasisPoints: 0,
      settings: ['preview: "open" -> "off"'],
    });
  });

  it('is no part of what is approved', async () => {
    const { fleet, shop } = await shopOf();
    ask(shop, '2');
    const { checksum, alarms } = await reviewOf(fleet);
    expect(alarms).toEqual([{ name: 'shop-prod-errors', region: 'us-east-1', state: 'OK' }]);
    expect(checksum).toBe((await shop.plan()).checksum);
  });
});
