import { createCloudWatch, type CloudWatch } from './cloudwatch/cloudwatch.ts';
import { createCloudFront } from './cloudfront/cloudfront.ts';
import { createDynamoDb } from './dynamodb/dynamodb.ts';
import { startEdge, type FunctionFailure } from './edge/edge.ts';
import { LOCAL_KEY } from './http/authorization.ts';
import { startServer } from './http/server.ts';
import { createLambda } from './lambda/lambda.ts';
import { openLambdaFunctions } from './lambda/function-store.ts';
import { createLambdaRuntime } from './lambda-runtime/runtime.ts';
import { createS3 } from './s3/s3.ts';
import type { CloudClock } from './service.ts';
import { createClock } from './state/clock.ts';
import { openDisk } from './state/disk.ts';
import { createSsm } from './ssm/ssm.ts';
import { createSts } from './sts/sts.ts';

/** Where clients start; every region is there. */
const REGION = 'us-east-1';

export interface CloudOptions {
  /** Everything the cloud remembers is below it; opened again, it is the same cloud. */
  readonly directory: string;
  /** Of the AWS endpoint. Default 0: any free port. */
  readonly port?: number;
  /** Of the edge. Default 0: any free port. */
  readonly edgePort?: number;
  /** Divides how long things really take. Default 1. */
  readonly speed?: number;
  /** How long the edge keeps seeing the old KeyValueStore, before `speed`. Default 5. */
  readonly propagationSeconds?: number;
  /** Where Lambda@Edge functions run: their `AWS_REGION`. Default us-east-1. */
  readonly edgeRegion?: string;
  readonly log?: (line: string) => void;
}

export interface Cloud {
  /** `http://localhost:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly edgeUrl: string;
  /** What a child process needs to speak to this cloud instead of AWS. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts the AWS endpoint and the edge in this process, on loopback only. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const log = options.log ?? (() => {});
  const clock = createClock(options.speed ?? 1);
  const { s3, cloudWatch, cloudfront, functions, services } = openServices(options, clock);
  const { anonymous } = s3;
  const server = await startServer({ port: options.port ?? 0, clock, services, anonymous, log });
  const endpoint = `http://localhost:${server.port}`;
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_KEY,
    AWS_SECRET_ACCESS_KEY: LOCAL_KEY,
    AWS_REGION: REGION,
    // Of version 1 of the AWS CLI, which knows no other.
    AWS_DEFAULT_REGION: REGION,
  };
  const region = options.edgeRegion ?? REGION;
  const lambda = createLambdaRuntime({ functions, region, environment, log });
  const functionFailed = (failure: FunctionFailure) => countFailure(cloudWatch, failure);
  const edgeParts = { cloudfront, s3, lambda, clock, log, functionFailed };
  const edge = await startEdge({ ...edgeParts, port: options.edgePort ?? 0 }).catch(
    async (error: unknown) => {
      // Its port is taken: nothing may stay behind that keeps the process alive.
      cloudWatch.close();
      await server.close();
      throw error;
    },
  );
  return {
    endpoint,
    edgeUrl: edge.url,
    environment,
    async close() {
      await Promise.all([server.close(), edge.close()]);
      await lambda.close();
      cloudWatch.close();
    },
  };
}

function openServices({ directory, propagationSeconds = 5 }: CloudOptions, clock: CloudClock) {
  const disk = openDisk(directory);
  const s3 = createS3({ disk, clock });
  const cloudWatch = createCloudWatch({ disk, clock });
  const functions = openLambdaFunctions(disk, clock);
  const cloudfront = createCloudFront({ disk, clock, propagationSeconds, lambda: functions });
  const lambda = createLambda({ functions, isReplicated: cloudfront.distributions.mayServe });
  const tables = [createSsm({ disk, clock }), createDynamoDb({ disk, clock })];
  const services = [s3, cloudWatch, lambda, ...tables, createSts(), ...cloudfront.services];
  return { s3, cloudWatch, cloudfront, functions, services };
}

const FAILURES = {
  execution: 'FunctionExecutionErrors',
  validation: 'FunctionValidationErrors',
} as const;

/** What CloudFront says about its functions: the metrics live in us-east-1. */
function countFailure(cloudWatch: CloudWatch, { name, by }: FunctionFailure): void {
  cloudWatch.count({
    region: REGION,
    namespace: 'AWS/CloudFront',
    MetricName: FAILURES[by],
    Dimensions: [
      { Name: 'FunctionName', Value: name },
      { Name: 'Region', Value: 'Global' },
    ],
  });
}
