import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../../controller/core/errors.ts';
import { nameSubject } from '../../../../../controller/core/plan/plan.ts';
import { renderPlanReport } from '../../../../../controller/core/report/comment/comment.ts';
import { readReviewed } from '../../../../../controller/core/github/reviewed-plan.ts';
import { ask, fleetOf, report } from './reports.ts';

const golden = (name: string) => `golden/${name}.md`;

describe('the plan comment', () => {
  it('of one app', async () => {
    const fleet = await fleetOf(['shop']);
    ask(fleet.at('shop'), '2');
    const shown = await report(fleet);
    await expect(renderPlanReport(shown, 'comment')).toMatchFileSnapshot(golden('one-app'));
    const plans = shown.set.plans.map((plan) => ({ ...plan, notes: ['warning: no alarm'] }));
    const warned = renderPlanReport({ ...shown, set: { ...shown.set, plans } }, 'comment');
    expect(warned).toContain('| ➡️ rollout starts (⚠️ 1 warning) |');
  });

  it('of thirty apps, of which few have news', async () => {
    const fleet = await fleetOf(30);
    ask(fleet.at('app-004'), '2');
    ask(fleet.at('app-009'), '2', { split: [{ build: '3', line: 14, weightBasisPoints: 1000 }] });
    ask(fleet.at('app-012'), '9');
    ask(fleet.at('app-020'), '1', { preview: { access: 'off', ttlSeconds: 60 } });
    ask(fleet.at('app-025'), '2');
    await fleet.at('app-025').reconcile();
    const text = renderPlanReport(await report(fleet), 'comment');
    await expect(text).toMatchFileSnapshot(golden('thirty-apps'));
  });

  it('of everything that can be in the way', async () => {
    const names = [
      'approval',
      'breaker',
      'firing',
      'frozen',
      'held',
      'lifted',
      'paused',
      'requires',
      'again',
    ];
    const fleet = await fleetOf(names);
    const at = (name: string) => fleet.at(name);
    const { release } = at('approval').policyOf('2');
    const [step] = release.steps;
    const held = step === undefined ? [] : [{ ...step, approval: true } as const];
    ask(at('approval'), '2', {
      release: { ...release, steps: held, approvalDeadlineSeconds: 7200 },
    });
    await at('approval').reconcile();
    const { guard } = at('breaker').policyOf('2');
    for (const name of ['breaker', 'held', 'lifted', 'again']) {
      ask(at(name), '2', { guard: { ...guard, alarms: at(name).policyOf('2').guard.alarms } });
      await at(name).reconcile();
      at(name).pass(30);
      at(name).fireAlarm();
      await at(name).reconcile();
      at(name).alarm = 'OK';
      at(name).pass(30);
    }
    const one = { ...at('breaker').policyOf('2').guard, breaker: { rollbacks: 1 } };
    ask(at('breaker'), '3', { guard: one });
    ask(at('lifted'), '2', {
      quarantine: [{ lift: '2', rollback: 3, reason: 'fixed at the API by @team, see #12' }],
    });
    ask(at('again'), '1');
    await at('again').reconcile();
    ask(at('again'), '2');
    at('firing').fireAlarm();
    ask(at('firing'), '2');
    const freeze = [{ from: '2026-02-28T00:00Z', to: '2026-03-02T00:00Z', reason: 'stock-taking' }];
    ask(at('frozen'), '2', { freeze });
    ask(at('requires'), '2', {
      release: { ...release, requires: [{ environment: 'staging', bakedSeconds: 3600 }] },
    });
    const { record } = at('paused');
    const pause = { by: 'mia', at: '2026-02-28T23:50:00.000Z', reason: 'incident 7 | <look>' };
    if (record) record.text = JSON.stringify({ ...JSON.parse(record.text), pause });
    ask(at('paused'), '2');
    const text = renderPlanReport(await report(fleet), 'comment');
    await expect(text).toMatchFileSnapshot(golden('blocked'));
  });

  it('of two hundred apps, cut to what GitHub takes', async () => {
    const fleet = await fleetOf(200);
    for (const world of fleet.worlds.slice(0, 190)) ask(world, '2');
    for (const world of fleet.worlds.slice(100, 190)) ask(world, '9');
    const full = await report(fleet);
    const text = renderPlanReport(full, 'comment');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(text)).toBeGreaterThan(60_000);
    await expect(text).toMatchFileSnapshot(golden('two-hundred-apps'));
    expect(readReviewed(text)).toMatchObject({ subjects: { length: 190 } });
    const summary = renderPlanReport(full, 'summary');
    expect(summary).not.toContain('Left out');
    expect(summary.match(/<summary><b>app-/g)).toHaveLength(190);
    expect(Buffer.byteLength(renderPlanReport(full, 'check'))).toBeLessThanOrEqual(65_535);
  });

  it('of a train, of which one member keeps back the other', async () => {
    const fleet = await fleetOf(['account', 'checkout', 'shop']);
    fleet.together = [['checkout/prod', 'shop/prod']];
    ask(fleet.at('shop'), '2');
    ask(fleet.at('checkout'), '2');
    const going = renderPlanReport(await report(fleet), 'comment');
    expect(going).toContain('one KeyValueStore write with checkout/prod, together or not at all');
    fleet.at('checkout').fireAlarm();
    const { set } = await report(fleet);
    const shop = set.plans.find(({ subject }) => nameSubject(subject) === 'shop/prod');
    expect(shop?.review?.blockers).toMatchObject([{ kind: 'train' }]);
    ask(fleet.at('shop'), '2', { preview: { access: 'off', ttlSeconds: 60 } });
    const text = renderPlanReport(await report(fleet), 'comment');
    await expect(text).toMatchFileSnapshot(golden('train'));
  });

  it('of a rollback', async () => {
    const fleet = await fleetOf(['account', 'checkout', 'shop']);
    const shop = fleet.at('shop');
    ask(shop, '2');
    await shop.reconcile();
    shop.pass(30);
    shop.fireAlarm();
    const text = renderPlanReport(await report(fleet), 'comment');
    await expect(text).toMatchFileSnapshot(golden('rollback'));
  });

  it('of the revert of what was rolled back, which nobody sees', async () => {
    const fleet = await fleetOf(['account', 'checkout', 'shop']);
    const shop = fleet.at('shop');
    ask(shop, '2');
    await shop.reconcile();
    shop.fireAlarm();
    await shop.reconcile();
    shop.alarm = 'OK';
    ask(shop, '1');
    const text = renderPlanReport(await report(fleet), 'comment');
    expect(text).toContain('1 environment will move, with no change for visitors, 2 have nothing');
    await expect(text).toMatchFileSnapshot(golden('revert'));
  });

  it('of policies with issues, and of what could not be read', async () => {
    const fleet = await fleetOf(['account', 'shop']);
    ask(fleet.at('account'), '2');
    const context = fleet.context();
    const records: typeof context.records = (place) => ({
      ...context.records(place),
      read: async (app, environment) => {
        if (app === 'shop') throw new UsageError('There is no bucket <gone>.', 'Ask @ops.');
        return context.records(place).read(app, environment);
      },
    });
    const issue = {
      file: 'policies/shop.yaml',
      line: 3,
      column: 1,
      message: 'wrong | so',
      example: 'x',
    };
    const text = renderPlanReport(
      await report(fleet, { context: { records }, issues: [issue] }),
      'comment',
    );
    expect(text).toMatch(
      /^\*\*1 issue in the policy files, \d subjects? could not be read, 1 environment will move/m,
    );
    expect(text).toContain(String.raw`- policies/shop.yaml:3:1: wrong \| so`);
    expect(text).toContain('There is no bucket &lt;gone&gt;.');
    expect(text).not.toMatch(/@\w/);
  });

  it('of ten thousand characters in one policy fits', async () => {
    const fleet = await fleetOf(['shop']);
    const reason = 'why | `so` @team #1 '.repeat(600);
    ask(fleet.at('shop'), '2', {
      freeze: [{ from: '2026-02-28T00:00Z', to: '2026-03-02T00:00Z', reason }],
    });
    const text = renderPlanReport(await report(fleet), 'comment');
    expect(text.length).toBeLessThan(4000);
    expect(text.replaceAll(/`[^`]*`/g, '')).not.toMatch(/@\w|(?<!&)#\d/);
  });

  it('of nothing to do', async () => {
    const fleet = await fleetOf(['account', 'checkout', 'shop']);
    const text = renderPlanReport(await report(fleet), 'comment');
    await expect(text).toMatchFileSnapshot(golden('nothing-to-do'));
  });
});
