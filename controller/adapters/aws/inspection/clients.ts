import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import type { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';

/** Each is made when it is first asked for. */
export interface Clients {
  sts(): Promise<STSClient>;
  iam(): Promise<IAMClient>;
  s3(region: string): Promise<S3Client>;
  cloudfront(): Promise<CloudFrontClient>;
  keyValueStore(): Promise<CloudFrontKeyValueStoreClient>;
  ssm(region: string): Promise<SSMClient>;
  lambda(): Promise<LambdaClient>;
  events(region: string): Promise<EventBridgeClient>;
  cloudwatch(region: string): Promise<CloudWatchClient>;
  logs(): Promise<CloudWatchLogsClient>;
  quotas(): Promise<ServiceQuotasClient>;
}
