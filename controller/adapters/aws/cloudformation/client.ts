import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { buildClientConfig } from '../client-config.ts';

export function createCloudFormation(region?: string): CloudFormationClient {
  return new CloudFormationClient(buildClientConfig(region));
}
