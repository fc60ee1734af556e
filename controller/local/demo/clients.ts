import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';

/** SDK clients of the person who owns the account. The story checks with them what Headgate did. */
export interface Clients {
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly cloudFront: CloudFrontClient;
  readonly keyValueStore: CloudFrontKeyValueStoreClient;
  readonly cloudWatch: CloudWatchClient;
}

/**
 * All clients with this environment's endpoint and keys, whatever the user's own say. Where it has none they are those
 * that the SDK finds: of a real account.
 */
export async function createClients(
  environment: Readonly<Record<string, string>>,
): Promise<Clients> {
  // The KeyValueStore's client signs with SigV4A, and finds it only when it is loaded.
  await import('@aws-sdk/signature-v4a');
  const settings = readSettings(environment);
  return {
    s3: new S3Client({ ...settings, forcePathStyle: settings.endpoint !== undefined }),
    ssm: new SSMClient(settings),
    cloudFront: new CloudFrontClient(settings),
    keyValueStore: createKeyValueStoreClient(settings),
    cloudWatch: new CloudWatchClient(settings),
  };
}

/** What every client of the account takes. */
export function readSettings(environment: Readonly<Record<string, string>>): Settings {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = environment;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const { AWS_SESSION_TOKEN: sessionToken } = environment;
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  const token = sessionToken !== undefined && { sessionToken };
  return {
    region: String(region),
    ...(endpoint !== undefined && { endpoint }),
    ...(hasKeys && { credentials: { accessKeyId, secretAccessKey, ...token } }),
  };
}

export interface Settings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

// This client puts the account id before the endpoint's host, and `<account>.localhost` may not resolve.
function createKeyValueStoreClient(settings: Settings): CloudFrontKeyValueStoreClient {
  const client = new CloudFrontKeyValueStoreClient(settings);
  if (settings.endpoint === undefined) return client;
  const { hostname } = new URL(settings.endpoint);
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { hostname });
      return next(args);
    },
    { step: 'build', name: 'keepEndpointHost' },
  );
  return client;
}
