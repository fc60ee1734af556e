import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createFramer } from './frame.ts';
import { createLatency } from './latency.ts';
import { createObjects, type Objects } from './objects.ts';
import { createS3, keepsBody } from './s3.ts';
import { createUploads } from './uploads.ts';

/** What came in since the last `reset`. */
export interface Counts {
  /** By kind: put, head, get, list, delete, part... */
  readonly kinds: Readonly<Record<string, number>>;
  readonly requests: number;
  /** All that the sockets carried towards the stand-in, headers included. */
  readonly bytes: number;
  readonly connections: number;
  readonly mostInFlight: number;
  /** Objects that are there and were not at the last `freeze`. */
  readonly objects: number;
  /** Milliseconds by which answers came late, on average. */
  readonly late: number;
}

export interface StandIn {
  readonly port: number;
  readonly objects: Objects;
  readonly setLatency: (milliseconds: number) => void;
  readonly counts: () => Counts;
  /** Back to what was frozen, counts at zero. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
}

/** An S3 in memory, good for measuring clients: see the README beside for what it leaves out. */
export async function startStandIn(): Promise<StandIn> {
  const objects = createObjects();
  let etags = 0;
  const newEtag = () => (++etags).toString(16).padStart(32, '0');
  const answer = createS3(objects, { uploads: createUploads(objects, newEtag), newEtag });
  const latency = createLatency();
  const none = { bytes: 0, connections: 0, inFlight: 0, mostInFlight: 0, requests: 0 };
  const counted = { ...none };
  let kinds: Record<string, number> = {};
  const sockets = new Set<Socket>();

  function accept(socket: Socket): void {
    sockets.add(socket);
    counted.connections += 1;
    socket.setNoDelay(true);
    const take = createFramer({
      keeps: keepsBody,
      began(expectsContinue) {
        counted.inFlight += 1;
        counted.mostInFlight = Math.max(counted.mostInFlight, counted.inFlight);
        if (expectsContinue) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      },
      ended(request) {
        latency.after(() => {
          const { kind, text } = answer(request);
          kinds[kind] = (kinds[kind] ?? 0) + 1;
          counted.requests += 1;
          counted.inFlight -= 1;
          // Nearly all answers are these, and latin1 is written without being looked at.
          if (kind === 'put' && typeof text === 'string') socket.write(text, 'latin1');
          else socket.write(text);
        });
      },
    });
    socket.on('data', (chunk: Buffer) => {
      counted.bytes += chunk.length;
      take(chunk);
    });
    // A client that ends with requests under way resets its connections.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  }

  const server = createServer(accept);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 1024, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    objects,
    setLatency: latency.set,
    counts: () => ({ ...counted, kinds, objects: objects.count(), late: latency.late() }),
    reset() {
      objects.reset();
      Object.assign(counted, none);
      kinds = {};
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
