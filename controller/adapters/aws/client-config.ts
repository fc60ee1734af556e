/** CloudFront and its KeyValueStores are global; their API lives here. Lambda@Edge functions come from here, too. */
export const GLOBAL_REGION = 'us-east-1';

const MAX_SOCKETS = 128;

/**
 * What every SDK client is built with; `region` undefined: that of the environment. Timeouts are in
 * milliseconds; the one on sockets counts silence, not the whole request, so that a large upload on
 * a slow line is no fault.
 */
export function buildClientConfig(region: string | undefined) {
  // The SDK for JavaScript, alone among AWS's clients, doesn't read AWS_DEFAULT_REGION.
  const known = region || process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'];
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return {
    ...(known && { region: known }),
    maxAttempts: 4,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 5_000,
      socketTimeout: 30_000,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/**
 * The endpoint that AWS_ENDPOINT_URL, its per-service form or the profile puts in the place of AWS;
 * undefined: AWS itself. Asked of the SDK, so that it can't differ from where requests really go.
 */
export async function findEndpoint(client: {
  readonly config: { readonly serviceConfiguredEndpoint?: () => Promise<string | undefined> };
}): Promise<string | undefined> {
  return client.config.serviceConfiguredEndpoint?.();
}
