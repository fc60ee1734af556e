import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { buildClientConfig } from '../client-config.ts';

export function createCloudWatch(region?: string): CloudWatchClient {
  return new CloudWatchClient(buildClientConfig(region));
}
