import { createCloudWatch, type CloudWatch } from './cloudwatch/cloudwatch.ts';
import { createCloudFront } from './cloudfront/cloudfront.ts';
import { createDynamoDb } from './dynamodb/dynamodb.ts';
import type { FunctionRunAtEdge } from './edge/edge.ts';
import { createEdgeMetrics } from './edge-metrics.ts';
import { createEdgeLogs } from './edge-logs.ts';
import { createEvents, type Events } from './events/events.ts';
import { createLambda } from './lambda/lambda.ts';
import { openAsyncInvocations } from './lambda/async-invocations.ts';
import { openLambdaFunctions } from './lambda/function-store.ts';
import { createLambdaRuntime } from './lambda-runtime/runtime.ts';
import { createLogs, type Logs } from './logs/logs.ts';
import { createS3 } from './s3/s3.ts';
import type { CloudClock, Service } from './service.ts';
import { openDisk } from './state/disk.ts';
import { createSsm } from './ssm/ssm.ts';
import { createSts } from './sts/sts.ts';

export interface ServicesOptions {
  readonly directory: string;
  readonly clock: CloudClock;
  readonly propagationSeconds: number;
  readonly edgeRegion: string;
  /** How often each event of EventBridge reaches each target. */
  readonly eventCopies?: number | undefined;
  readonly log: (line: string) => void;
  /** What functions need to speak to this cloud: known once the endpoint listens. */
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Everything behind the endpoint, joined together, and what the edge needs of it. */
export function openServices(options: ServicesOptions) {
  const { clock, propagationSeconds, log } = options;
  const disk = openDisk(options.directory);
  const s3 = createS3({ disk, clock });
  // Alarms speak to the bus, whose deliveries count as metrics.
  let events: Events | undefined;
  const cloudWatch = createCloudWatch({ disk, clock, emit: (event) => events?.accept(event) });
  const { report } = cloudWatch;
  const logs = createLogs({ disk, clock, report });
  const functions = openLambdaFunctions(disk, clock);
  const cloudfront = createCloudFront({ disk, clock, propagationSeconds, lambda: functions });
  const reports = createReports(cloudWatch, logs, clock);
  const lambda = createLambdaRuntime({ ...options, ...reports, functions });
  const { invoke } = lambda;
  const queue = openAsyncInvocations({ disk, clock, functions, invoke, log });
  const { eventCopies: copies } = options;
  events = createEvents({ disk, clock, functions, queue, report, log, copies });
  const isReplicated = cloudfront.distributions.mayServe;
  const control = createLambda({ functions, isReplicated, invoke, queue });
  const tables = [createSsm({ disk, clock }), createDynamoDb({ disk, clock })];
  const heard: readonly Service[] = [cloudWatch, logs, events];
  const own: readonly Service[] = [s3, ...heard, control, createSts(), ...tables];
  const early = [queue, events];
  return {
    s3,
    cloudfront,
    lambda,
    reports,
    services: [...own, ...cloudfront.services],
    async close() {
      for (const part of early) part.close();
      await lambda.close();
      for (const part of [logs, cloudWatch]) part.close();
    },
  };
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
