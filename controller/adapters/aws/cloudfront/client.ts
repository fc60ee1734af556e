import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';

export function createCloudFront(): CloudFrontClient {
  return new CloudFrontClient(buildClientConfig(GLOBAL_REGION));
}
