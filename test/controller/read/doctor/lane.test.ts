import { expect, it } from 'vitest';
import type { AlarmLook, Identity } from '../../../../controller/core/doctor/facts.ts';
import { RefusedError } from '../../../../controller/core/errors.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import type { Inspection, RuleSeen } from '../../../../controller/ports/inspection.ts';
import { readLane } from '../../../../controller/read/doctor/lane.ts';
import { openNotebook } from '../../../../controller/read/doctor/notebook.ts';
import { appPolicy, environmentPolicy, GROUP } from '../../../fakes/world.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const ALARM = {
  state: { name: 'errors', region: 'us-east-1', state: 'OK', since: undefined, reason: '' },
  guards: [],
  elsewhere: [],
} as const satisfies AlarmLook;
const RULE: RuleSeen = {
  name: 'headgate-shop-prod',
  arn: 'arn:rule',
  isEnabled: true,
  schedule: undefined,
  pattern: '{"detail-type":["CloudWatch Alarm State Change"]}',
  targets: [],
};

const refuse = async () => {
  throw new RefusedError('may not', 'allow it');
};

async function read(more: Partial<Inspection>, isTested = false) {
  const notebook = openNotebook();
  const inspection = {
    lane: async () => ({}),
    lanePermissions: async () => undefined,
    rules: async () => [RULE],
    matches: async () => true,
    sendEvent: async () => undefined,
    ...more,
  };
  const context = {
    inspection,
    fastLaneCode: { digest: async () => 'a' },
    clock: { now: () => NOW, sleep: async () => undefined },
    terminal: { progress: () => undefined, note: () => undefined },
  } as unknown as Context;
  const identity = { account: '111122223333' } as Identity;
  const policies = { groups: [GROUP], apps: [appPolicy(environmentPolicy('1'))] };
  const lane = await readLane(context, { policies, identity, notebook, isTested }, [ALARM]);
  return { lane, unread: notebook.unread.length };
}

it('knows the rules where it may list them, and EventBridge says what they let through', async () => {
  const { lane } = await read({});
  expect(lane?.areRulesKnown).toBe(true);
  expect(lane?.rules[0]?.matches).toEqual([{ name: 'errors', region: 'us-east-1' }]);
});

it.each([{ rules: refuse }, { matches: refuse }])(
  'takes what it may not ask for unknown, not for absent: %o',
  async (more) => {
    const { lane, unread } = await read(more);
    expect(lane?.areRulesKnown).toBe(false);
    expect(unread).toBe(1);
  },
);

it("finds the line of a test event that a clock behind this machine's dated", async () => {
  const line = new Date(NOW.getTime() - 60_000);
  const hasLogged = async (_name: string, _text: string, since: Date) => since <= line;
  const { lane } = await read({ hasLogged }, true);
  expect(lane?.tests.map(({ outcome }) => outcome)).toEqual(['seen']);
});
