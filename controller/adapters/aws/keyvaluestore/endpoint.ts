import type { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';

/**
 * The client puts the account id in front of the endpoint's host, which is right for AWS but makes
 * `000000000000.127.0.0.1` of an address: not even a URL. So a client for another endpoint is
 * built with this name, which survives that, and `sendTo` puts the real one back.
 */
export const PLACEHOLDER_ENDPOINT = 'http://endpoint.invalid';

/** Sends every request of the client to `endpoint`: a `build` step, so before it is signed for its host. */
export function sendTo(endpoint: string, client: CloudFrontKeyValueStoreClient): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol, hostname, port } = new URL(endpoint);
      Object.assign(args.request as object, {
        protocol,
        hostname,
        port: port === '' ? undefined : Number(port),
      });
      return next(args);
    },
    { step: 'build', name: 'sendToEndpoint' },
  );
}
