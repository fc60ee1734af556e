import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAlarm } from './by-hand/alarm.ts';
import { createClients } from '../../controller/local/demo/clients.ts';
import { keys } from '../../controller/core/state/keys.ts';
import type { HistoryEntry } from '../../controller/core/state/record.ts';
import { installFastLane, listAllowed, listShown, readShown, type FastLane } from './fast-lane.ts';
import { readLive, visit } from './live.ts';
import { ALARM, BUCKET, composePolicy, type Release } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';
import { PATIENCE } from '../patience.ts';

const TIMEOUT = 300_000;
/** What is over when the next run looks. */
const OVER = '0.001s';

/** Build B has been rolling for a moment. */
let setting: Setting;
const lanes: FastLane[] = [];

const policyOf = (release: Release) => composePolicy(setting.distributions, { prod: release });
const ROLLING = {
  build: B,
  steps: [
    { weight: '50%', hold: '1h' },
    { weight: '90%', hold: '1h' },
  ],
  bake: '1h',
};

beforeAll(async () => {
  setting = await createSetting([A, B]);
  for (const release of [{ build: A }, ROLLING]) {
    const { code, stderr } = await setting.run(['reconcile'], { policy: policyOf(release) });
    expect(code, stderr).toBe(0);
  }
  expect(new Set(await visit(setting))).toEqual(new Set([A, B]));
}, TIMEOUT);
afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  await setting.close();
});

async function install(mine: Setting): Promise<FastLane> {
  const lane = await installFastLane(mine);
  lanes.push(lane);
  return lane;
}

async function fire({ clients }: Setting): Promise<void> {
  const fired = { AlarmName: ALARM, StateValue: 'ALARM', StateReason: '9 errors' } as const;
  await clients.cloudWatch.send(new SetAlarmStateCommand(fired));
}

/** The events of the history, and who wrote them. */
async function readEvents(mine: Setting): Promise<readonly string[]> {
  const { history } = await readLive(mine);
  const entries = history.map(async (generation) => {
    const place = { Bucket: BUCKET, Key: keys.history('shop', 'prod', generation) };
    const { Body } = await mine.clients.s3.send(new GetObjectCommand(place));
    return JSON.parse(String(await Body?.transformToString())) as HistoryEntry;
  });
  return (await Promise.all(entries)).map(({ event, by }) => `${event} by ${by}`);
}

async function expectBack(mine: Setting): Promise<void> {
  const back = { activeBuild: A, record: { phase: 'held', stable: { build: A } } };
  await vi.waitFor(async () => {
    const live = await readLive(mine);
    expect(live.history).toHaveLength(3);
    expect(live).toMatchObject(back);
    expect(live.record).not.toHaveProperty('intent');
    expect(new Set(live.pages)).toEqual(new Set([A]));
  }, PATIENCE);
}

const LANE = `the fast lane (alarm ${ALARM})`;
const START = ['first-release by tester', 'rollout-started by tester'];

describe('an alarm, through the rule that the page shows', () => {
  it.concurrent(
    'brings everyone back in 6 calls, with the rights that the page gives; a reconcile has nothing left to do',
    async () => {
      const mine = await setting.fork();
      const lane = await install(mine);
      await lane.watchAlarms();
      await fire(mine);
      await expectBack(mine);
      expect(await readEvents(mine)).toEqual([...START, `rolled-back by ${LANE}`]);
      const actions = lane.calls.map(({ action }) => action);
      const write = actions.indexOf('cloudfront-keyvaluestore:UpdateKeys');
      expect(actions.slice(0, write + 1).length, actions.join(' ')).toBeLessThanOrEqual(6);
      expect(actions).toContain('cloudfront-keyvaluestore:UpdateKeys');
      expect(listAllowed()).toEqual(expect.arrayContaining([...new Set(actions)]));
      const after = await mine.run(['reconcile'], { policy: policyOf(ROLLING) });
      expect(after, after.stdout).toMatchObject({ code: 0, writes: [] });
    },
    TIMEOUT,
  );

  it.concurrent(
    'acts once together with the workflow, whoever is first',
    async () => {
      const mine = await setting.fork();
      const lane = await install(mine);
      await lane.watchAlarms();
      await Promise.all([
        fire(mine),
        mine.run(['reconcile'], { policy: policyOf(ROLLING) }),
        mine.run(['reconcile'], { policy: policyOf(ROLLING) }),
      ]);
      await expectBack(mine);
      const last = await mine.run(['reconcile'], { policy: policyOf(ROLLING) });
      expect(last, last.stdout).toMatchObject({ code: 0 });
      const events = await readEvents(mine);
      expect(events.filter((event) => event.startsWith('rolled-back'))).toHaveLength(1);
    },
    TIMEOUT,
  );

  it.concurrent(
    'that comes after the workflow finds nothing to do',
    async () => {
      const mine = await setting.fork();
      const lane = await install(mine);
      await fire(mine);
      const { code } = await mine.run(['reconcile'], { policy: policyOf(ROLLING) });
      expect(code).toBe(5);
      await lane.watchAlarms();
      const ok = { AlarmName: ALARM, StateValue: 'OK', StateReason: 'quiet' } as const;
      await mine.clients.cloudWatch.send(new SetAlarmStateCommand(ok));
      await fire(mine);
      await vi.waitFor(() => expect(lane.calls.length).toBeGreaterThan(2), PATIENCE);
      await expectBack(mine);
      expect(await readEvents(mine)).toEqual([...START, 'rolled-back by tester']);
      const actions = lane.calls.map(({ action }) => action);
      expect(actions.filter((action) => /Put|Update/.test(action))).toEqual([]);
    },
    TIMEOUT,
  );
});

it.concurrent(
  'an alarm of another region, forwarded as the page says, that only the last policy has',
  async () => {
    const mine = await setting.fork();
    const elsewhere = await createClients({ ...mine.cloud.environment, AWS_REGION: 'eu-west-1' });
    await createAlarm(elsewhere.cloudWatch, ALARM);
    const { edge, app } = policyOf(ROLLING);
    const { prod } = app['environments'] as { prod: object };
    const guard = { alarms: [{ name: ALARM, region: 'eu-west-1' }], noData: 'pass' };
    const policy = { edge, app: { ...app, environments: { prod: { ...prod, guard } } } };
    expect(await mine.run(['reconcile'], { policy })).toMatchObject({ code: 0 });
    const lane = await install(mine);
    await lane.watchAlarms('eu-west-1');
    await fire({ ...mine, clients: elsewhere });
    await expectBack(mine);
    expect(await readEvents(mine)).toEqual([...START, `rolled-back by ${LANE}`]);
    for (const client of Object.values(elsewhere) as { destroy(): void }[]) client.destroy();
  },
  TIMEOUT,
);

it.concurrent(
  'the schedule takes a rollout to its end, with the rights that the page gives',
  async () => {
    const mine = await setting.fork();
    const steps = ROLLING.steps.map((step) => ({ ...step, hold: OVER }));
    const release = { build: B, steps, bake: OVER };
    // Only so that the copy says so: this run takes the next step.
    await mine.run(['reconcile'], { policy: policyOf(release) });
    const lane = await install(mine);
    await lane.schedule();
    await vi.waitFor(
      async () => {
        const { record, pages, history } = await readLive(mine);
        expect(record).toMatchObject({ phase: 'idle' });
        // Which is written last.
        expect(history).toHaveLength(5);
        expect(new Set(pages)).toEqual(new Set([B]));
      },
      { ...PATIENCE, interval: 100 },
    );
    expect(await readEvents(mine)).toEqual([
      ...START,
      'step by tester',
      'bake-started by the fast lane (schedule)',
      'rollout-finished by the fast lane (schedule)',
    ]);
    const actions = new Set(lane.calls.map(({ action }) => action));
    expect(listAllowed()).toEqual(expect.arrayContaining([...actions]));
  },
  TIMEOUT,
);

it('every JSON text of the page is one', () => {
  const shown = listShown();
  expect(shown).toHaveLength(6);
  for (const name of shown)
    expect(() => JSON.parse(readShown(name)) as unknown, name).not.toThrow();
});
