import { Agent } from 'node:http';
import { Agent as TlsAgent, type AgentOptions } from 'node:https';
import { findVariable } from './proxy/find-proxy.ts';
import { PLAIN_PROXY } from './proxy/plain.ts';
import { TunnelAgent } from './proxy/tunnel.ts';

/** CloudFront and its KeyValueStores are global; their API lives here. Lambda@Edge functions come from here, too. */
export const GLOBAL_REGION = 'us-east-1';

const AGENT = { keepAlive: true, maxSockets: 128 };

/** Milliseconds. */
const CONNECTION_TIMEOUT = 5_000;

/**
 * What every SDK client is built with; `region` undefined: that of the environment. Timeouts are in
 * milliseconds; the one on sockets counts silence, not the whole request, so that a large upload on
 * a slow line is no fault.
 */
export function buildClientConfig(region: string | undefined) {
  // The SDK for JavaScript, alone among AWS's clients, doesn't read AWS_DEFAULT_REGION.
  const known = region || process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'];
  return {
    ...(known && { region: known }),
    maxAttempts: 4,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      socketTimeout: 30_000,
      httpAgent: AGENT,
      httpsAgent: findVariable('https:') === undefined ? AGENT : createAgent('https:'),
    },
    ...(findVariable('http:') !== undefined && { extensions: [PLAIN_PROXY] }),
  };
}

/** Connections as the SDK's clients have them, through the proxy of the environment where that wants one. */
export function createAgent(protocol: string, more: AgentOptions = {}): Agent {
  const options = { ...AGENT, ...more };
  if (protocol === 'http:') return new Agent(options);
  if (findVariable('https:') === undefined) return new TlsAgent(options);
  return new TunnelAgent(options, CONNECTION_TIMEOUT);
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
