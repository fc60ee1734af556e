import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import type { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { buildClientConfig, findEndpoint } from './adapters/aws/client-config.ts';
import { loadOnCall } from './adapters/load-on-call.ts';
import { createClock } from './adapters/process/clock.ts';
import { createFiles } from './adapters/process/files.ts';
import { createTerminal } from './adapters/process/terminal.ts';
import type { Context } from './ports/context.ts';

/** CloudFront and its KeyValueStores are global; their API lives here. Lambda@Edge functions come from here, too. */
const GLOBAL_REGION = 'us-east-1';

/** Joins adapters to ports; the only place that makes SDK clients, each when it is first needed. */
export function createContext(): Context {
  // The SDK's advice on Node versions is for us, who pin both, and would be noise in a user's output.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return {
    terminal: createTerminal({
      output: process.stdout,
      error: process.stderr,
      summaryFile: process.env['GITHUB_STEP_SUMMARY'],
    }),
    clock: createClock(),
    files: createFiles(),
    surroundings: loadOnCall(async () => {
      const { createSurroundings } = await import('./adapters/process/surroundings.ts');
      return createSurroundings({ env: process.env, directory: process.cwd() });
    }),
    bundler: loadOnCall(async () => {
      const { createEdgeBundler } = await import('./adapters/edge/bundler.ts');
      return createEdgeBundler();
    }),
    ...joinRegional(),
    ...joinBuckets(),
    ...joinEdge(),
  };
}

/** What lives in the region that the policy names. */
function joinRegional(): Pick<Context, 'alarms' | 'parameters' | 'keys'> {
  const ssm = oncePerRegion(createSsm);
  return {
    alarms: loadOnCall(async () => {
      const { createAlarms } = await import('./adapters/aws/cloudwatch/alarms.ts');
      return createAlarms(oncePerRegion(createCloudWatch));
    }),
    parameters: (region) =>
      loadOnCall(async () => {
        const { createParameterStore } = await import('./adapters/aws/ssm/parameter-store.ts');
        return createParameterStore(await ssm(region));
      }),
    keys: (region) =>
      loadOnCall(async () => {
        const { createKeyStore } = await import('./adapters/aws/ssm/key-store.ts');
        return createKeyStore(await ssm(region));
      }),
  };
}

type Buckets = Pick<
  Context,
  'builds' | 'uploads' | 'pages' | 'records' | 'codeRecords' | 'archive'
>;

/** What lives in a bucket. */
function joinBuckets(): Buckets {
  const s3 = oncePerRegion(createS3);
  return {
    builds: ({ bucket, region, root }) =>
      loadOnCall(async () => {
        const { createBuildStore } = await import('./adapters/aws/s3/build-store.ts');
        return createBuildStore(await s3(region), bucket, root);
      }),
    uploads: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createUploadStore } = await import('./adapters/aws/s3/upload-store.ts');
        return createUploadStore(await s3(region), bucket);
      }),
    pages: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createPageStore } = await import('./adapters/aws/s3/page-store.ts');
        return createPageStore(await s3(region), bucket);
      }),
    records: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createRecordStore } = await import('./adapters/aws/s3/record-store.ts');
        return createRecordStore(await s3(region), bucket);
      }),
    codeRecords: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createCodeRecordStore } = await import('./adapters/aws/s3/code-record-store.ts');
        return createCodeRecordStore(await s3(region), bucket);
      }),
    archive: ({ bucket, region }) =>
      loadOnCall(async () => {
        const { createCodeArchive } = await import('./adapters/aws/s3/code-archive.ts');
        return createCodeArchive(await s3(region), bucket);
      }),
  };
}

/** What lives at the edge. */
function joinEdge(): Pick<
  Context,
  'routes' | 'edgeCode' | 'lambdaCode' | 'functionMetrics' | 'distributions'
> {
  const cloudfront = oncePerRegion(createCloudFront);
  const storeArns = oncePerRegion(async () => {
    const { createStoreArns } = await import('./adapters/aws/store-arns.ts');
    return createStoreArns(await cloudfront());
  });
  return {
    routes: loadOnCall(async () => {
      const { createRouteStore } = await import('./adapters/aws/keyvaluestore/route-store.ts');
      return createRouteStore(await createKeyValueStore(), await storeArns());
    }),
    edgeCode: loadOnCall(async () => {
      const { createEdgeCode } = await import('./adapters/aws/cloudfront/edge-code.ts');
      return createEdgeCode(await cloudfront(), await storeArns());
    }),
    lambdaCode: loadOnCall(async () => {
      const { createLambdaCode } = await import('./adapters/aws/lambda/lambda-code.ts');
      return createLambdaCode(await createLambda());
    }),
    functionMetrics: loadOnCall(async () => {
      const { createFunctionMetrics } =
        await import('./adapters/aws/cloudwatch/function-metrics.ts');
      return createFunctionMetrics(await createCloudWatch(GLOBAL_REGION));
    }),
    distributions: loadOnCall(async () => {
      const { createDistributions } = await import('./adapters/aws/cloudfront/distributions.ts');
      return createDistributions(await cloudfront());
    }),
  };
}

async function createS3(region?: string): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const config = buildClientConfig(region);
  const client = new S3Client(config);
  // Elsewhere than at AWS, `<bucket>.localhost` seldom resolves.
  return (await findEndpoint(client)) ? new S3Client({ ...config, forcePathStyle: true }) : client;
}

async function createSsm(region?: string): Promise<SSMClient> {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  return new SSMClient(buildClientConfig(region));
}

async function createCloudWatch(region?: string): Promise<CloudWatchClient> {
  const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
  return new CloudWatchClient(buildClientConfig(region));
}

async function createCloudFront(): Promise<CloudFrontClient> {
  const { CloudFrontClient } = await import('@aws-sdk/client-cloudfront');
  return new CloudFrontClient(buildClientConfig(GLOBAL_REGION));
}

async function createLambda(): Promise<LambdaClient> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  return new LambdaClient(buildClientConfig(GLOBAL_REGION));
}

async function createKeyValueStore(): Promise<CloudFrontKeyValueStoreClient> {
  // The data plane signs with SigV4A, which the SDK finds only when its package is loaded.
  await import('@aws-sdk/signature-v4a');
  const { CloudFrontKeyValueStoreClient } =
    await import('@aws-sdk/client-cloudfront-keyvaluestore');
  const { PLACEHOLDER_ENDPOINT, sendTo } = await import('./adapters/aws/keyvaluestore/endpoint.ts');
  const config = buildClientConfig(GLOBAL_REGION);
  const client = new CloudFrontKeyValueStoreClient(config);
  const endpoint = await findEndpoint(client);
  if (!endpoint) return client;
  const elsewhere = new CloudFrontKeyValueStoreClient({
    ...config,
    endpoint: PLACEHOLDER_ENDPOINT,
  });
  sendTo(endpoint, elsewhere);
  return elsewhere;
}

/** One client per region, however many ports share it; without a region, one. */
function oncePerRegion<T>(
  create: (region?: string) => Promise<T>,
): (region?: string) => Promise<T> {
  const created = new Map<string | undefined, Promise<T>>();
  return (region) => {
    const present = created.get(region) ?? create(region);
    created.set(region, present);
    return present;
  };
}
