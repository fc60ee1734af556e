import { CreateCachePolicyCommand } from '@aws-sdk/client-cloudfront';
import {
  CreateFunctionCommand,
  LambdaClient,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { build } from 'esbuild';
import { join } from 'node:path';
import { functionZip } from '../controller/local/lambda/archive.ts';
import { BUCKET, REGION } from './policy.ts';
import type { Setting } from './setting.ts';
import { BEHAVIOUR, createBucket, createDistribution } from './site.ts';

export const ACTIVE = '/shop/active-build';

const SOURCES = join(import.meta.dirname, '../fixtures/seed');
const TRIO = ['viewer-request', 'origin-request', 'viewer-response'] as const;
/** Their names. */
export const OLD_FUNCTIONS = TRIO.map((event) => `versioned-${event}`);

/**
 * As teams had it before: a folder per build, a parameter that names the active one, Lambda@Edge on three
 * events, and the cookies that carry the build in the cache key. Returns the distribution's id.
 */
export async function createSeed(setting: Setting, builds: readonly string[]): Promise<string> {
  await createBucket(setting);
  for (const number of builds) await storeSite(setting, `${number}/`, number);
  const active = { Name: ACTIVE, Value: String(builds.at(-1)), Type: 'String' } as const;
  await setting.clients.ssm.send(new PutParameterCommand(active));
  const lambda = createLambda(setting);
  const Items = await Promise.all(
    TRIO.map(async (EventType) => ({
      EventType,
      LambdaFunctionARN: await publishFunction(lambda, EventType),
    })),
  );
  lambda.destroy();
  return createDistribution(setting, {
    DefaultCacheBehavior: {
      ...BEHAVIOUR,
      CachePolicyId: await createKeyed(setting),
      TargetOriginId: 'builds',
      LambdaFunctionAssociations: { Quantity: Items.length, Items },
    },
  });
}

/** A site without builds below an origin path, with error pages for links into the app. */
export async function createFlat(setting: Setting): Promise<string> {
  await createBucket(setting);
  await storeSite(setting, 'site/', 'old');
  const rules = [403, 404].map((ErrorCode) => ({
    ErrorCode,
    ResponsePagePath: '/index.html',
    ResponseCode: '200',
    ErrorCachingMinTTL: 10,
  }));
  return createDistribution(setting, {
    folders: { site: '/site' },
    DefaultRootObject: 'index.html',
    CustomErrorResponses: { Quantity: rules.length, Items: rules },
    DefaultCacheBehavior: { ...BEHAVIOUR, TargetOriginId: 'site' },
  });
}

/** The files of a build: its page loads one by a name that every build has, and one by a name of its own. */
export function filesOf(number: string): Readonly<Record<string, string>> {
  return {
    'index.html': `<!doctype html><title>${number}</title><script src="/app.js"></script><p>page of ${number}</p>`,
    'app.js': `document.title += ' runs'; // script of ${number}`,
    [`chunk-${number}.js`]: `// script of ${number}`,
  };
}

async function storeSite({ clients: { s3 } }: Setting, folder: string, number: string) {
  for (const [path, Body] of Object.entries(filesOf(number))) {
    const ContentType = path.endsWith('.html') ? 'text/html' : 'text/javascript';
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: folder + path, Body, ContentType }));
  }
}

async function createKeyed({ clients: { cloudFront } }: Setting): Promise<string> {
  const Items = ['Build-Number', 'Override'];
  const made = await cloudFront.send(
    new CreateCachePolicyCommand({
      CachePolicyConfig: {
        Name: 'by-build-cookie',
        MinTTL: 0,
        DefaultTTL: 86_400,
        MaxTTL: 86_400,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: false,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: {
            CookieBehavior: 'whitelist',
            Cookies: { Quantity: Items.length, Items },
          },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
      },
    }),
  );
  return String(made.CachePolicy?.Id);
}

function createLambda({ cloud: { environment } }: Setting): LambdaClient {
  return new LambdaClient({
    endpoint: String(environment['AWS_ENDPOINT_URL']),
    region: REGION,
    credentials: {
      accessKeyId: String(environment['AWS_ACCESS_KEY_ID']),
      secretAccessKey: String(environment['AWS_SECRET_ACCESS_KEY']),
    },
  });
}

async function publishFunction(
  lambda: LambdaClient,
  event: (typeof TRIO)[number],
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(SOURCES, `${event}.js`)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    write: false,
  });
  const FunctionName = `versioned-${event}`;
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::123456789012:role/edge',
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Publish: true,
      Code: { ZipFile: functionZip(outputFiles[0]?.text ?? '') },
    }),
  );
  const version = { FunctionName, Qualifier: String(made.Version) };
  const waiting = { client: lambda, maxWaitTime: 20, minDelay: 0.1, maxDelay: 1 };
  await waitUntilPublishedVersionActive(waiting, version);
  return String(made.FunctionArn);
}
