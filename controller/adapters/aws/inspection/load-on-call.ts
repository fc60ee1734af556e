import type { Inspection } from '../../../ports/inspection.ts';
import { loadOnCall } from '../../load-on-call.ts';
import {
  createCloudFront,
  createCloudWatch,
  createEventBridge,
  createIam,
  createKeyValueStore,
  createLambda,
  createLogs,
  createS3,
  createServiceQuotas,
  createSsm,
  createSts,
  oncePerRegion,
} from '../load-clients.ts';

/** For `context.ts`: eleven SDKs, of which one run needs most, and every other command none. */
export function loadInspectionOnCall(
  env: Readonly<Record<string, string | undefined>>,
): Inspection {
  return loadOnCall(async () => {
    const { createInspection } = await import('./inspection.ts');
    const clients = {
      sts: oncePerRegion(createSts),
      iam: oncePerRegion(createIam),
      s3: oncePerRegion(createS3),
      cloudfront: oncePerRegion(createCloudFront),
      keyValueStore: oncePerRegion(createKeyValueStore),
      ssm: oncePerRegion(createSsm),
      lambda: oncePerRegion(createLambda),
      events: oncePerRegion(createEventBridge),
      cloudwatch: oncePerRegion(createCloudWatch),
      logs: oncePerRegion(createLogs),
      quotas: oncePerRegion(createServiceQuotas),
    };
    return createInspection(clients, env);
  });
}
