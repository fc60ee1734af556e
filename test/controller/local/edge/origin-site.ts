import type { CustomOriginConfig, Origin } from '@aws-sdk/client-cloudfront';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createBucket, putObject } from './account.ts';
import { makeCertificate } from './certificate.ts';
import type { World } from './world.ts';

/** What a server was asked. */
export interface Told {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

const tell: RequestListener = (incoming, outgoing) => {
  const { method, url = '', headers } = incoming;
  if (url.includes('/silent')) return;
  const { servername } = incoming.socket as Partial<TLSSocket>;
  const secure = servername === undefined ? {} : { 'x-secure': String(servername) };
  const status = Number(/\/status-(\d+)/.exec(url)?.[1] ?? 200);
  outgoing.writeHead(status, { 'cache-control': 'max-age=60' });
  outgoing.end(JSON.stringify({ method, url, headers: { ...headers, ...secure } }));
};

/** Two servers on this machine, and a bucket with some files. `/status-404` is a 404, `/silent` no answer at all. */
export async function openOrigins(world: World) {
  const servers = [createServer(tell), createSecureServer(makeCertificate(), tell)];
  const ports = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    }),
  );
  await createBucket(world);
  await putObject(world, 'shop/pool/a.js', { body: 'trusted' });
  await putObject(world, 'shop/untrusted/pool/b.js', { body: 'untrusted' });
  await putObject(world, 'index.html', { body: 'bucket' });
  const [port = 0, securePort = 0] = ports;
  return {
    port,
    securePort,
    custom: (Id: string, OriginPath: string, more: Partial<CustomOriginConfig> = {}): Origin => ({
      Id,
      OriginPath,
      DomainName: 'localhost',
      CustomHeaders: { Quantity: 1, Items: [{ HeaderName: 'X-Origin', HeaderValue: Id }] },
      CustomOriginConfig: {
        HTTPPort: port,
        HTTPSPort: 443,
        OriginProtocolPolicy: 'http-only',
        ...more,
      },
    }),
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

export type Origins = Awaited<ReturnType<typeof openOrigins>>;

export const bucket = (Id: string, OriginPath = ''): Origin => ({
  Id,
  OriginPath,
  DomainName: 'acme-web-builds.s3.us-east-1.amazonaws.com',
  S3OriginConfig: { OriginAccessIdentity: '' },
});
