import { describe, expect, it } from 'vitest';
import { sealPlan } from '../../../../controller/core/plan/plan.ts';
import { withPause } from '../../../../controller/core/state/pause.ts';
import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { Apps } from '../../../fakes/apps.ts';
import { environmentPolicy } from '../../../fakes/world.ts';

const NAMES = ['checkout', 'shop'];
const TOGETHER = [['shop/prod', 'checkout/prod']];

async function released(): Promise<Apps> {
  const apps = new Apps(NAMES, TOGETHER);
  await apps.reconcile();
  apps.pass(1);
  return apps;
}

const rolling = () => Apps.rolling(NAMES, TOGETHER);

function release(change: Partial<EnvironmentPolicy['release']>) {
  return { release: { ...environmentPolicy('2').release, ...change } };
}

/** One run, and what visitors then get: checkout, shop. */
async function after(apps: Apps): Promise<readonly string[]> {
  await apps.reconcile();
  return apps.shows;
}

function pause(apps: Apps, name: string): void {
  const world = apps.at(name);
  const { storedRecord } = world;
  if (storedRecord === undefined || world.record === undefined) throw new Error('no record');
  const asked = { by: 'ann', at: '2026-03-01T00:00:00Z', reason: 'a look' };
  world.record = { ...world.record, text: JSON.stringify(withPause(storedRecord, asked)) };
}

describe('what moves together', () => {
  it('starts, steps, bakes and finishes in one write each', async () => {
    const apps = await released();
    apps.name('2');
    const shares = ['1, 2 at 500', '1, 2 at 2500', '1, 2 at 10000', '2'];
    for (const share of shares) {
      expect(await after(apps)).toEqual([share, share]);
      apps.pass(121);
    }
    expect(apps.seen.slice(1)).toEqual(shares.map((share) => `${share} | ${share}`));
  });

  it('is left to one alone when the other’s policy names nothing new', async () => {
    const apps = await released();
    apps.name('2', ['shop']);
    expect(await after(apps)).toEqual(['1', '1, 2 at 500']);
    const { train } = await apps.planOf('shop');
    expect(train).toBeUndefined();
  });

  it('does not start while the other is rolling out', async () => {
    const apps = await released();
    apps.name('2', ['shop']);
    await apps.reconcile();
    apps.name('2', ['checkout']);
    expect(await after(apps)).toEqual(['1', '1, 2 at 500']);
    const { why, notes } = await apps.planOf('checkout');
    expect(why).toMatch(
      /^Waits for shop\/prod \(Build 2 serves 5 % until .*\), to move together\. Then: Build 2 starts/,
    );
    expect(notes).toEqual([]);
    // It goes on by itself until it is through, and then the other one may start.
    for (let run = 0; run < 3; run++) {
      apps.pass(121);
      await apps.reconcile();
    }
    expect(apps.shows).toEqual(['1', '2']);
    expect(await after(apps)).toEqual(['1, 2 at 500', '2']);
  });

  const KEPT_BACK: readonly (readonly [string, (apps: Apps) => void, RegExp])[] = [
    ['a build that is not published', (apps) => apps.name('9', ['checkout']), /not published/],
    ['an alarm in ALARM', (apps) => apps.at('checkout').fireAlarm(), /is in ALARM/],
    [
      'a freeze',
      (apps) =>
        apps.name('2', ['checkout'], {
          freeze: [{ from: '2026-01-01T00:00Z', to: '2027-01-01T00:00Z', reason: 'audit' }],
        }),
      /Frozen until .*audit/,
    ],
    [
      'a requirement',
      (apps) =>
        apps.name(
          '2',
          ['checkout'],
          release({ requires: [{ environment: 'stage', bakedSeconds: 1 }] }),
        ),
      /stage/,
    ],
    ['a record that can’t be read', (apps) => apps.unreadable.add('checkout'), /could not be read/],
  ];
  it.each(KEPT_BACK)('is kept back by %s of one', async (_what, hold, why) => {
    const apps = await released();
    apps.name('2');
    hold(apps);
    expect(await after(apps)).toEqual(['1', '1']);
    const plan = await apps.planOf('shop');
    expect(plan.why).toMatch(why);
    expect(plan.why).toMatch(/^Waits for checkout\/prod .* Then: Build 2 starts/);
    // What time alone ends is no block.
    expect([plan.until !== undefined, ...plan.notes].join()).toMatch(/true|blocked: Waits for/);
  });

  it('waits with a step for an approval of one', async () => {
    const apps = await released();
    const steps = environmentPolicy('2').release.steps.map((step) => ({
      ...step,
      approval: true as const,
    }));
    apps.name('2');
    apps.name('2', ['checkout'], release({ steps, approvalDeadlineSeconds: 10_000 }));
    await apps.reconcile();
    apps.pass(61);
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
    expect((await apps.planOf('shop')).why).toContain('Waits for checkout/prod');
  });

  it('waits for edge code that one lacks', async () => {
    const apps = await rolling();
    apps.pass(61);
    apps.finish = (plan, facts) =>
      facts.app.app === 'shop' && plan.direction === 'forward'
        ? sealPlan({ ...plan, direction: 'none', changes: [], why: 'Waits for edge code.' })
        : plan;
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
    expect((await apps.planOf('checkout')).why).toContain(
      'Waits for shop/prod (Waits for edge code)',
    );
  });

  it('does not keep settings back, nor a first release', async () => {
    const apps = new Apps(NAMES, TOGETHER);
    apps.name('9', ['checkout']);
    expect(await after(apps)).toEqual(['nothing', '1']);
    apps.name('2', ['shop'], { preview: { access: 'off', ttlSeconds: 1 } });
    await apps.reconcile();
    expect(apps.at('shop').storedRecord).toMatchObject({
      generation: 2,
      last: { event: 'settings-changed' },
    });
    apps.name('1', ['checkout']);
    // First it is released; a run later the other starts.
    expect(await after(apps)).toEqual(['1', '1']);
    expect(await after(apps)).toEqual(['1', '1, 2 at 500']);
  });

  it('takes the fast track as one, or the steps', async () => {
    const apps = await released();
    const served = { build: '2', digest: 'digest-of-200000' };
    const { record, storedRecord } = apps.at('shop');
    const until = '2026-02-28T23:00:00.000Z';
    const known = { build: served, since: '2026-02-28T22:00:00.000Z', until, stable: true };
    const text = JSON.stringify({ ...storedRecord, served: [known] });
    apps.at('shop').record = { text, revision: record?.revision ?? 0 };
    apps.name('2', NAMES, release({ fastTrackSeconds: 86_400 }));
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
  });

  it('whose shares differ: who is behind catches up, the other waits', async () => {
    const apps = await rolling();
    apps.pass(61);
    const alone = new Apps(NAMES);
    Object.assign(alone, { worlds: apps.worlds, shared: apps.shared });
    apps.at('checkout').alarm = 'INSUFFICIENT_DATA';
    expect(await after(alone)).toEqual(['1, 2 at 500', '1, 2 at 2500']);
    apps.at('checkout').alarm = 'OK';
    apps.pass(61);
    expect(await after(apps)).toEqual(['1, 2 at 2500', '1, 2 at 2500']);
    apps.pass(61);
    expect(await after(apps)).toEqual(['1, 2 at 10000', '1, 2 at 10000']);
  });
});

describe('a policy that leaves the common rollout', () => {
  it('ends it for all in one write, and what the policies then name starts with the next run', async () => {
    const apps = await rolling();
    apps.name('3', ['shop']);
    expect(await after(apps)).toEqual(['1', '1']);
    expect(apps.at('checkout').storedRecord?.last).toMatchObject({
      event: 'rollout-aborted',
      why: expect.stringContaining('the policy of shop/prod names another build') as string,
    });
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 3 at 500']);
    expect(apps.seen).toEqual(['1 | 1', '1, 2 at 500 | 1, 3 at 500']);
  });

  it('takes a third build at once where all name one', async () => {
    const apps = await rolling();
    apps.name('3');
    expect(await after(apps)).toEqual(['1, 3 at 500', '1, 3 at 500']);
    expect(apps.seen).toHaveLength(1);
  });

  it('waits where all name a third one, and one of them is not published yet', async () => {
    const apps = await rolling();
    apps.name('3', ['shop']);
    apps.name('9', ['checkout']);
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
    expect((await apps.planOf('shop')).why).toMatch(/^Waits for checkout\/prod \(.*not published/);
    apps.at('checkout').publish('9');
    expect(await after(apps)).toEqual(['1, 9 at 500', '1, 3 at 500']);
    // Who goes back to stable waits for nobody.
    apps.name('7', ['checkout']);
    apps.name('1', ['shop']);
    expect(await after(apps)).toEqual(['1', '1']);
  });

  it('ends with stable everywhere when one goes back to it and the other on', async () => {
    const apps = await rolling();
    apps.name('1', ['shop']);
    apps.name('3', ['checkout']);
    expect(await after(apps)).toEqual(['1', '1']);
    expect(await after(apps)).toEqual(['1, 3 at 500', '1']);
  });

  it('waits as long as one can’t be read: a half would be left', async () => {
    const apps = await rolling();
    apps.name('1', ['shop']);
    apps.unreadable.add('checkout');
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
  });
});

describe('a pause of one', () => {
  it('is a pause of all, of their guard too', async () => {
    const apps = await rolling();
    pause(apps, 'checkout');
    apps.at('shop').fireAlarm();
    apps.pass(61);
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
    const { why, notes } = await apps.planOf('shop');
    expect(why).toContain('Paused with checkout/prod, which it moves together with, by ann');
    expect(why).toContain('`headgate pause checkout prod --resume`');
    expect(notes.join()).toContain('the guard would roll back now, but for the pause');
  });

  it('lets no deadline of another pass', async () => {
    const apps = await rolling();
    for (const { name } of apps.worlds) apps.at(name).alarm = 'INSUFFICIENT_DATA';
    apps.pass(1_000_000);
    const world = apps.at('checkout');
    const resumedAt = new Date(apps.shared.now).toISOString();
    const text = JSON.stringify({ ...world.storedRecord, resumedAt });
    world.record = { text, revision: world.record?.revision ?? 0 };
    expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
    apps.pass(1_000_000);
    expect(await after(apps)).toEqual(['1', '1']);
  });
});

it('a rollback of one is the rollback of all that are under way, and of nobody else', async () => {
  const apps = await Apps.rolling(
    ['admin', 'checkout', 'shop'],
    [['shop/prod', 'checkout/prod', 'admin/prod']],
  );
  const alone = await Apps.rolling(['admin', 'checkout', 'shop'], TOGETHER);
  for (const one of [apps, alone]) one.at('shop').fireAlarm();
  expect(await after(apps)).toEqual(['1', '1', '1']);
  expect(await after(alone)).toEqual(['1, 2 at 500', '1', '1']);
});

it('what is held keeps the others back, until its policy names stable or lifts the quarantine', async () => {
  const apps = await rolling();
  apps.at('shop').fireAlarm();
  await apps.reconcile();
  apps.at('shop').alarm = 'OK';
  apps.pass(1);
  apps.name('3', ['shop']);
  expect(await after(apps)).toEqual(['1', '1']);
  const { why } = await apps.planOf('shop');
  expect(why).toMatch(
    /^Waits for checkout\/prod \(Held on stable: build 2 was rolled back \(rollback 3\)/,
  );
  const { storedRecord } = apps.at('checkout');
  const lift = { lift: '2', rollback: storedRecord?.generation ?? 0, reason: 'it was the shop' };
  apps.name('2', ['checkout'], { quarantine: [lift] });
  expect(await after(apps)).toEqual(['1, 2 at 500', '1, 3 at 500']);
});

it('hosts that make the write too long go first, by themselves', async () => {
  const hosts = (app: string, from: number) =>
    Array.from({ length: 20 }, (_, index) => `${app}${from + index}.example.com`);
  const apps = new Apps(NAMES, TOGETHER);
  const nameAll = (build: string, from: number) => {
    for (const world of apps.worlds) {
      const all = [world.host, ...hosts(world.name, from)];
      apps.name(build, [world.name], { hosts: all });
      world.distribution = world.distribution && { ...world.distribution, aliases: all };
    }
  };
  nameAll('1', 0);
  await apps.reconcile();
  nameAll('2', 100);
  const { why } = await apps.planOf('shop');
  expect(why).toBe('The policy changed what the route carries beside the release.');
  expect(await after(apps)).toEqual(['1', '1']);
  expect(await after(apps)).toEqual(['1, 2 at 500', '1, 2 at 500']);
});

it('one that is idle stays where it is when another goes back', async () => {
  const apps = await released();
  apps.name('2', ['shop']);
  await apps.reconcile();
  apps.at('shop').fireAlarm();
  const { generation } = apps.at('checkout').storedRecord ?? {};
  await apps.reconcile();
  expect(apps.at('shop').storedRecord?.phase).toBe('held');
  expect(apps.at('checkout').storedRecord?.generation).toBe(generation);
});
