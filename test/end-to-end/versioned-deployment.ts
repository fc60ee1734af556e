import { CreateKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import {
  CreateFunctionCommand,
  LambdaClient,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { functionZip } from '../controller/local/lambda/archive.ts';
import { BUCKET, REGION, STORE } from './policy.ts';
import type { Setting } from './setting.ts';
import { BEHAVIOUR, createBucket, createDistribution } from './site.ts';

export const ACTIVE = '/shop/active-build';
export const OLD_FUNCTION = 'versioned-deployment';

/**
 * The common pattern: a bucket with a prefix per build, a parameter that names the active one, and a
 * Lambda@Edge function that puts the page's build, or the active one, in front of every path.
 */
const SOURCE = `
  const ACTIVE = '1041'; // As it was read from SSM: functions here have no SDK of their own.
  exports.handler = async (event) => {
    const { request } = event.Records[0].cf;
    const cookies = (request.headers.cookie || []).map(({ value }) => value).join('; ');
    const [, build = ACTIVE] = /(?:^|; )Build-Number=([^;]*)/.exec(cookies) || [];
    request.uri = '/' + build + (/\\.\\w+$/.test(request.uri) ? request.uri : '/index.html');
    return request;
  };`;

/** Makes it, with builds 1040 and 1041; returns the distribution's id. */
export async function createVersionedDeployment(setting: Setting): Promise<string> {
  const { ssm, cloudFront } = setting.clients;
  await createBucket(setting);
  for (const build of ['1040', '1041']) await storeBuild(setting, build);
  const active = { Name: ACTIVE, Value: '1041', Type: 'String' } as const;
  await ssm.send(new PutParameterCommand(active));
  await cloudFront.send(new CreateKeyValueStoreCommand({ Name: STORE }));
  const LambdaFunctionARN = await publishOldFunction(setting);
  return createDistribution(setting, {
    DefaultCacheBehavior: {
      ...BEHAVIOUR,
      TargetOriginId: 'builds',
      LambdaFunctionAssociations: {
        Quantity: 1,
        Items: [{ EventType: 'viewer-request', LambdaFunctionARN }],
      },
    },
  });
}

/** As `aws s3 sync` does it: no metadata. */
async function storeBuild({ clients: { s3 } }: Setting, build: string): Promise<void> {
  const files = [
    ['index.html', 'text/html', `<script src="/app.js"></script>page of ${build}`],
    ['app.js', 'text/javascript', `script of ${build}`],
  ] as const;
  for (const [path, ContentType, Body] of files) {
    const object = { Bucket: BUCKET, Key: `${build}/${path}`, Body, ContentType };
    await s3.send(new PutObjectCommand(object));
  }
}

async function publishOldFunction({ cloud: { environment } }: Setting): Promise<string> {
  const lambda = new LambdaClient({
    endpoint: String(environment['AWS_ENDPOINT_URL']),
    region: REGION,
    credentials: {
      accessKeyId: String(environment['AWS_ACCESS_KEY_ID']),
      secretAccessKey: String(environment['AWS_SECRET_ACCESS_KEY']),
    },
  });
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: OLD_FUNCTION,
      Role: 'arn:aws:iam::123456789012:role/edge',
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Publish: true,
      Code: { ZipFile: functionZip(SOURCE) },
    }),
  );
  const version = { FunctionName: OLD_FUNCTION, Qualifier: String(made.Version) };
  await waitUntilPublishedVersionActive(
    { client: lambda, maxWaitTime: 20, minDelay: 0.1, maxDelay: 1 },
    version,
  );
  lambda.destroy();
  return String(made.FunctionArn);
}
