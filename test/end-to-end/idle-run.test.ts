import { expect, test } from 'vitest';
import { CALLS_OF_LOOK, CALLS_OF_RECONCILE, IDLE_RUN } from '../../controller/core/costs/months.ts';
import { full, tellSkipped } from '../depth.ts';
import { installFastLane } from './fast-lane.ts';
import { composePolicy } from './policy.ts';
import type { Call } from './proxy.ts';
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

tellSkipped('what an idle run of the fast lane asks');

// policies/costs.md says what comes of it.
test.runIf(full)(
  'a run that finds nothing to do asks what the cost page says, and looks at the store when its instance is new',
  async () => {
    const setting = await createSetting([A]);
    try {
      const both = { prod: { build: A }, staging: { build: A } };
      const policy = composePolicy(setting.distributions, both);
      expect(await setting.run(['reconcile'], { policy })).toMatchObject({ code: 0 });
      const lane = await installFastLane(setting);
      expect(count(await lane.wake())).toEqual({ ...IDLE_RUN, storeCalls: CALLS_OF_LOOK });
      expect(count(await lane.wake())).toEqual(IDLE_RUN);
      const { calls } = await setting.run(['reconcile'], { policy });
      const reads = calls.filter((action) => action.startsWith('cloudfront-keyvaluestore:'));
      expect(reads).toHaveLength(CALLS_OF_RECONCILE);
      await lane.close();
    } finally {
      await setting.close();
    }
  },
  300_000,
);

function count(asked: readonly Call[]) {
  const counted = { get: 0, list: 0, alarmCalls: 0, storeCalls: 0 };
  for (const { action } of asked) {
    const kind = KINDS.find(([name]) => name === action)?.[1];
    if (kind === undefined) expect(FREE).toContain(action);
    else counted[kind] += 1;
  }
  return counted;
}
