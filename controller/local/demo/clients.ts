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

/** All clients with this environment's endpoint and keys, whatever the user's own say. */
export async function createClients(
  environment: Readonly<Record<string, string>>,
): Promise<Clients> {
  // The KeyValueStore's client signs with SigV4A, and finds it only when it is loaded.
  await import('@aws-sdk/signature-v4a');
  const settings = {
    endpoint: String(environment['AWS_ENDPOINT_URL']),
    region: String(environment['AWS_REGION']),
    credentials: {
      accessKeyId: String(environment['AWS_ACCESS_KEY_ID']),
      secretAccessKey: String(environment['AWS_SECRET_ACCESS_KEY']),
    },
  };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    ssm: new SSMClient(settings),
    cloudFront: new CloudFrontClient(settings),
    keyValueStore: createKeyValueStoreClient(settings),
    cloudWatch: new CloudWatchClient(settings),
  };
}

// This client puts the account id before the endpoint's host, and `<account>.localhost` may not resolve.
function createKeyValueStoreClient(settings: {
  readonly endpoint: string;
  readonly region: string;
}): CloudFrontKeyValueStoreClient {
  const client = new CloudFrontKeyValueStoreClient(settings);
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
