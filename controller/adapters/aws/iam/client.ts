import { IAMClient } from '@aws-sdk/client-iam';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';

export function createIam(): IAMClient {
  return new IAMClient(buildClientConfig(GLOBAL_REGION));
}
