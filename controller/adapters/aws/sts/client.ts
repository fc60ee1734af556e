import { STSClient } from '@aws-sdk/client-sts';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';

export function createSts(): STSClient {
  return new STSClient(buildClientConfig(GLOBAL_REGION));
}
