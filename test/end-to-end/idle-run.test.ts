import { expect, test, vi } from 'vitest';
import { IDLE_RUN } from '../../controller/core/costs/months.ts';
import { full } from '../depth.ts';
import { installFastLane } from './fast-lane.ts';
import { composePolicy } from './policy.ts';
import { A, createSetting } from './setting.ts';

/** What bills it: S3 asks more for a listing than for an object. */
const KINDS = [
  ['s3:GetObject', 'get'],
  ['s3:ListBucket', 'list'],
  ['cloudwatch:DescribeAlarms', 'alarmCalls'],
  ['cloudfront-keyvaluestore:DescribeKeyValueStore', 'storeCalls'],
  ['cloudfront-keyvaluestore:ListKeys', 'storeCalls'],
] as const;
/** AWS asks nothing for these. */
const FREE = [
  'cloudfront:GetDistribution',
  'cloudfront:DescribeKeyValueStore',
  'ssm:GetParameters',
];

// An end-to-end build is needed, and a minute of the schedule: policies/costs.md says what comes of it.
test.runIf(full)(
  'a run that finds nothing to do asks what the cost page says',
  async () => {
    const setting = await createSetting([A]);
    try {
      const both = { prod: { build: A }, staging: { build: A } };
      const policy = composePolicy(setting.distributions, both);
      expect(await setting.run(['reconcile'], { policy })).toMatchObject({ code: 0 });
      const lane = await installFastLane(setting);
      await lane.schedule();
      const asked = await vi.waitFor(
        () => {
          const actions = lane.calls.map(({ action }) => action);
          // Each run begins and ends with the copy of the policy.
          const ends = findRunEnds(actions);
          expect(ends.length).toBeGreaterThan(0);
          return actions.slice(0, ends[0]);
        },
        { timeout: 90_000, interval: 200 },
      );
      const counted = { get: 0, list: 0, alarmCalls: 0, storeCalls: 0 };
      for (const action of asked) {
        const kind = KINDS.find(([name]) => name === action)?.[1];
        if (kind === undefined) expect(FREE).toContain(action);
        else counted[kind] += 1;
      }
      expect(counted).toEqual(IDLE_RUN);
      await lane.close();
    } finally {
      await setting.close();
    }
  },
  120_000,
);

/** A run ends with two objects that follow the store's keys. */
function findRunEnds(actions: readonly string[]): readonly number[] {
  return actions.flatMap((action, at) =>
    action === 'cloudfront-keyvaluestore:ListKeys' && actions.length >= at + 3 ? [at + 3] : [],
  );
}
