import { S3Client } from '@aws-sdk/client-s3';
import { buildClientConfig, findEndpoint } from '../client-config.ts';

export async function createS3(region?: string): Promise<S3Client> {
  const config = buildClientConfig(region);
  const client = new S3Client(config);
  // Elsewhere than at AWS, `<bucket>.localhost` seldom resolves.
  return (await findEndpoint(client)) ? new S3Client({ ...config, forcePathStyle: true }) : client;
}
