import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { createDynamoDb, type DynamoDb } from './dynamodb-client.ts';

/** SDK clients of the services of this cloud, in one region. */
export interface Clients {
  readonly s3: S3Client;
  readonly cloudFront: CloudFrontClient;
  readonly logs: CloudWatchLogsClient;
  readonly cloudWatch: CloudWatchClient;
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly dynamoDb: DynamoDb;
  destroy(): void;
}

/** `environment`: the endpoint and the keys of the account's owner. */
export function createClients(
  environment: Readonly<Record<string, string>>,
  region: string,
): Clients {
  const credentials = {
    accessKeyId: String(environment['AWS_ACCESS_KEY_ID']),
    secretAccessKey: String(environment['AWS_SECRET_ACCESS_KEY']),
  };
  const endpoint = String(environment['AWS_ENDPOINT_URL']);
  const settings = { endpoint, region, credentials };
  const clients = {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    cloudFront: new CloudFrontClient(settings),
    logs: new CloudWatchLogsClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    events: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    iam: new IAMClient(settings),
  };
  return {
    ...clients,
    dynamoDb: createDynamoDb(settings),
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
