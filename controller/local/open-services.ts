import { createCloudWatch, type CloudWatch } from './cloudwatch/cloudwatch.ts';
import { createCloudFormation } from './cloudformation/cloudformation.ts';
import { createCloudFront, type CloudFront } from './cloudfront/cloudfront.ts';
import { createDynamoDb } from './dynamodb/dynamodb.ts';
import type { FunctionRunAtEdge } from './edge/edge.ts';
import { createEdgeMetrics } from './edge-metrics.ts';
import { createEdgeLogs } from './edge-logs.ts';
import { createEvents, type Events } from './events/events.ts';
import type { Guard } from './http/guard.ts';
import { openIdentity, type Identity } from './iam/identity.ts';
import type { RecordedCall } from './iam/recorded-call.ts';
import { createLambda } from './lambda/lambda.ts';
import { openAsyncInvocations } from './lambda/async-invocations.ts';
import { openLambdaFunctions } from './lambda/function-store.ts';
import { createLambdaRuntime, type LambdaRuntime } from './lambda-runtime/runtime.ts';
import { createLogs, type Logs } from './logs/logs.ts';
import { createS3, type S3 } from './s3/s3.ts';
import { createServiceQuotas } from './service-quotas/service-quotas.ts';
import type { CloudClock, Disk, Service } from './service.ts';
import { openDisk } from './state/disk.ts';
import { createSsm } from './ssm/ssm.ts';
import type { Issuers } from './sts/web-token.ts';

export interface ServicesOptions {
  readonly directory: string;
  readonly clock: CloudClock;
  readonly propagationSeconds: number;
  readonly edgeRegion: string;
  /** How often each event of EventBridge reaches each target. */
  readonly eventCopies?: number | undefined;
  readonly log: (line: string) => void;
  /** Whose tokens STS can verify; default: nobody's. */
  readonly issuers?: Issuers | undefined;
  /** Told of every permission that a request needed. */
  readonly onRequest?: ((call: RecordedCall) => void) | undefined;
  /** What functions need to speak to this cloud: known once the endpoint listens. */
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Everything behind the endpoint, joined together, and what the edge needs of it. */
export function openServices(options: ServicesOptions) {
  const { clock, propagationSeconds, log } = options;
  const disk = openDisk(options.directory);
  const { issuers = {}, onRequest, eventCopies: copies } = options;
  const identity = openIdentity({ disk, clock, issuers, onRequest });
  const s3 = createS3({ disk, clock });
  // Alarms speak to the bus, whose deliveries count as metrics.
  let events: Events | undefined;
  const cloudWatch = createCloudWatch({ disk, clock, emit: (event) => events?.accept(event) });
  const { report } = cloudWatch;
  const logs = createLogs({ disk, clock, report });
  const functions = openLambdaFunctions(disk, clock, identity.isTrusting);
  const cloudfront = createCloudFront({ disk, clock, propagationSeconds, lambda: functions });
  const reports = createReports(cloudWatch, logs, clock);
  const { startFunction, mayAct } = identity;
  const lambda = createLambdaRuntime({ ...options, ...reports, functions, startFunction });
  const { invoke } = lambda;
  const queue = openAsyncInvocations({ disk, clock, functions, invoke, log });
  const bus = createEvents({ disk, clock, functions, queue, report, log, copies, mayAct });
  events = bus;
  const isReplicated = cloudfront.distributions.mayServe;
  const control = createLambda({ functions, isReplicated, invoke, queue });
  const heard: readonly Service[] = [cloudWatch, logs, bus];
  const cloudFormation = createCloudFormation({ ...options, disk });
  const own = [s3, ...heard, control, cloudFormation, ...identity.services];
  return {
    s3,
    guard: openGuard(identity, { s3, cloudfront }),
    cloudfront,
    lambda,
    reports,
    cloudFormation,
    services: [...own, ...openQuiet(disk, clock), ...cloudfront.services],
    close: () => closeInOrder([queue, bus], lambda, [logs, cloudWatch]),
  };
}

interface Closing {
  close(): void;
}

/** What starts functions first, what they report to last. */
async function closeInOrder(
  early: readonly Closing[],
  lambda: LambdaRuntime,
  late: readonly Closing[],
): Promise<void> {
  for (const part of early) part.close();
  await lambda.close();
  for (const part of late) part.close();
}

/** Services that tell no other one anything. */
function openQuiet(disk: Disk, clock: CloudClock): readonly Service[] {
  return [createSsm({ disk, clock }), createDynamoDb({ disk, clock }), createServiceQuotas()];
}

/** Knows of the other services what a request alone doesn't say. */
function openGuard(
  identity: Identity,
  from: {
    readonly s3: S3;
    readonly cloudfront: CloudFront;
  },
): Guard {
  const { records } = from.cloudfront.stores;
  return identity.createGuard({
    storeArn: (name) => records.get(name)?.arn,
    bucketPolicy: from.s3.policyOf,
  });
}

/** What functions tell CloudWatch and its logs. */
function createReports(cloudWatch: CloudWatch, logs: Logs, clock: CloudClock) {
  const metrics = createEdgeMetrics(cloudWatch);
  const written = createEdgeLogs(logs, clock);
  return {
    lambdaFailed: metrics.lambdaFailed,
    ran: metrics.lambdaRan,
    logged: written.lambdaLogged,
    functionRan(run: FunctionRunAtEdge) {
      metrics.functionRan(run);
      written.functionRan(run);
    },
  };
}
