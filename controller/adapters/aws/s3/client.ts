import { S3Client } from '@aws-sdk/client-s3';
import { buildClientConfig, findEndpoint } from '../client-config.ts';
import { readText } from '../fields.ts';
import { renewExpired } from '../renew-credentials.ts';

/** Without a region, it is that of the environment until S3 says where the bucket is. */
export async function createS3(region?: string): Promise<S3Client> {
  return renewExpired(await create(region));
}

async function create(region?: string): Promise<S3Client> {
  const config = buildClientConfig(region);
  const client = new S3Client(config);
  // Elsewhere than at AWS, `<bucket>.localhost` seldom resolves.
  const forcePathStyle = (await findEndpoint(client)) !== undefined;
  if (region) return forcePathStyle ? new S3Client({ ...config, forcePathStyle }) : client;
  return followBuckets({ ...config, forcePathStyle }, client);
}

/** Whoever names a bucket alone need not know its region. The SDK asks again for each request: here for the first. */
function followBuckets(config: object, { config: known }: S3Client): S3Client {
  let found: string | undefined;
  const region = async () => found ?? (await known.region());
  const client = new S3Client({ ...config, region, followRegionRedirects: true });
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        found = readText(error, '$response', 'headers', 'x-amz-bucket-region') ?? found;
        throw error;
      }
    },
    { step: 'build', name: 'rememberBucketRegion' },
  );
  return client;
}
