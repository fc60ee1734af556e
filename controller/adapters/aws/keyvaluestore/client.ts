import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { buildClientConfig, findEndpoint, GLOBAL_REGION } from '../client-config.ts';
import { PLACEHOLDER_ENDPOINT, sendTo } from './endpoint.ts';
// The data plane signs with SigV4A, which the SDK finds only when its package is loaded: by this.
import { signNatively } from './native-signature.ts';

export async function createKeyValueStore(): Promise<CloudFrontKeyValueStoreClient> {
  signNatively();
  const config = buildClientConfig(GLOBAL_REGION);
  const client = new CloudFrontKeyValueStoreClient(config);
  const endpoint = await findEndpoint(client);
  if (!endpoint) return client;
  const elsewhere = new CloudFrontKeyValueStoreClient({
    ...config,
    endpoint: PLACEHOLDER_ENDPOINT,
  });
  sendTo(endpoint, elsewhere);
  return elsewhere;
}
