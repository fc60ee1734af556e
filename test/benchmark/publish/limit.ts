import { connect } from 'node:net';
import type { Remote } from './remote.ts';

export interface Limit {
  readonly requestsPerSecond: number;
  /** Processor seconds of the stand-in per second: 1 means that it had no more to give. */
  readonly standInCpu: number;
  readonly connections: number;
}

const CONNECTIONS = 64;
const SECONDS = 3;
const BODY = Buffer.alloc(3200, 'x');

/** What the stand-in can take: PUTs of 3.2 KB at no latency, one at a time per connection, from a client that does nothing else. */
export async function measureLimit(remote: Remote): Promise<Limit> {
  await remote.tell({ kind: 'latency', milliseconds: 0 });
  const before = await remote.tell({ kind: 'reset' });
  const began = performance.now();
  const { port, hostname } = new URL(remote.endpoint);
  const sockets = Array.from({ length: CONNECTIONS }, (_, index) =>
    hammer({ port: Number(port), host: hostname }, index),
  );
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const after = await remote.tell({ kind: 'counts' });
  const seconds = (performance.now() - began) / 1000;
  for (const socket of sockets) socket.destroy();
  return {
    requestsPerSecond: after.requests / seconds,
    standInCpu: (after.cpu - before.cpu) / seconds,
    connections: CONNECTIONS,
  };
}

function hammer(place: { readonly port: number; readonly host: string }, index: number) {
  const request = Buffer.concat([Buffer.from(headOf(index)), BODY]);
  const socket = connect(place, () => socket.write(request));
  socket.setNoDelay(true);
  // An answer to a PUT fits one packet: every one that comes is a whole one.
  socket.on('data', () => socket.write(request));
  socket.on('error', () => socket.destroy());
  return socket;
}

/** As many bytes of headers as a signed request has. */
function headOf(index: number): string {
  return [
    `PUT /bench/shop/pool/assets/part-${index}.js HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: AWS4-HMAC-SHA256 Credential=bench/20261122/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${'0'.repeat(64)}`,
    `x-amz-content-sha256: ${'0'.repeat(64)}`,
    'x-amz-date: 20261122T000000Z',
    'Content-Type: text/javascript; charset=utf-8',
    'Cache-Control: public, max-age=31536000, immutable',
    `Content-Length: ${BODY.length}`,
    '\r\n',
  ].join('\r\n');
}
