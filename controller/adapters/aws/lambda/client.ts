import { LambdaClient } from '@aws-sdk/client-lambda';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';

export function createLambda(): LambdaClient {
  return new LambdaClient(buildClientConfig(GLOBAL_REGION));
}
