import type { Context } from '../../ports/context.ts';
import { loadOnCall } from '../load-on-call.ts';
import { GLOBAL_REGION } from './client-config.ts';
import { loadInspectionOnCall } from './inspection/load-on-call.ts';
import {
  createCloudFormation,
  createCloudFront,
  createCloudWatch,
  createEventBridge,
  createIam,
  createKeyValueStore,
  createLambda,
  createLogs,
  createS3,
  createSsm,
  createSts,
} from './load-clients.ts';

/** What `headgate doctor` asks an account. */
export type Account = Pick<Context, 'inspection' | 'measurements'>;

/** For `context.ts`. */
export function loadAccountOnCall(env: Readonly<Record<string, string | undefined>>): Account {
  return {
    inspection: loadInspectionOnCall(env),
    measurements: loadOnCall(async () => {
      const { createMeasurements } = await import('./probe/measurements.ts');
      // All in CloudFront's region: the bucket is its origin.
      const [s3, ssm, sts, cloudfront, keyValueStore] = await Promise.all([
        createS3(GLOBAL_REGION),
        createSsm(GLOBAL_REGION),
        createSts(),
        createCloudFront(),
        createKeyValueStore(),
      ]);
      const [iam, lambda, logs, cloudwatch, events, stacks] = await Promise.all([
        createIam(),
        createLambda(),
        createLogs(),
        createCloudWatch(GLOBAL_REGION),
        createEventBridge(GLOBAL_REGION),
        createCloudFormation(GLOBAL_REGION),
      ]);
      const first = { s3, ssm, sts, cloudfront, keyValueStore };
      return createMeasurements({ ...first, iam, lambda, logs, cloudwatch, events, stacks });
    }),
  };
}
