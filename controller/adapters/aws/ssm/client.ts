import { SSMClient } from '@aws-sdk/client-ssm';
import { buildClientConfig } from '../client-config.ts';

export function createSsm(region?: string): SSMClient {
  return new SSMClient(buildClientConfig(region));
}
