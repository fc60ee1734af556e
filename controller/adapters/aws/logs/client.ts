import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';

export function createLogs(): CloudWatchLogsClient {
  return new CloudWatchLogsClient(buildClientConfig(GLOBAL_REGION));
}
