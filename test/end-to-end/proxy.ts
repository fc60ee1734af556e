import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../controller/local/http/listen.ts';
import { forward } from './forward.ts';
import { nameCall } from './name-call.ts';
import { nameWrite } from './name-write.ts';

/** A request that changes something. */
export interface Write {
  /** Such as `PutParameter /headgate/shop/prod/route`. */
  readonly name: string;
  /** Of this process, from 1. */
  readonly nth: number;
}

/** `before`: AWS has not seen it yet. `after`: AWS has answered, the process has not heard. False: the answer is lost. */
export type Intercept = (moment: 'before' | 'after', write: Write) => Promise<boolean>;

/** A request of any kind, when it was answered. */
export interface Call {
  /** The IAM action it needs. */
  readonly action: string;
  readonly url: string;
  /** Milliseconds, as of `performance.now()`. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

export interface Proxy {
  readonly endpoint: string;
  /** All requests, as they were answered. */
  readonly calls: readonly Call[];
  /** Names of the writes that reached the endpoint, in order. */
  readonly writes: readonly string[];
  close(): Promise<void>;
}

/**
 * Stands between one process and the AWS endpoint. Passes everything on byte for byte, the Host
 * header included, because that is signed.
 */
export async function startProxy(target: string, intercept: Intercept): Promise<Proxy> {
  const writes: string[] = [];
  const calls: Call[] = [];
  let count = 0;

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const askedAt = performance.now();
    const body = await buffer(incoming);
    const name = nameWrite(incoming, body);
    const write = name === undefined ? undefined : { name, nth: ++count };
    if (write && !(await intercept('before', write))) return void outgoing.destroy();
    if (write) writes.push(write.name);
    const answer = await forward(target, incoming, body);
    if (write && !(await intercept('after', write))) return void outgoing.destroy();
    const { url = '' } = incoming;
    calls.push({ action: nameCall(incoming), url, askedAt, answeredAt: performance.now() });
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };

  const server = await listen(0, () =>
    createServer((incoming, outgoing) => {
      // A process that is killed leaves broken requests behind; to others it is a lost answer.
      pass(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
    }),
  );
  return {
    endpoint: `http://localhost:${server.port}`,
    writes,
    calls,
    close: () => server.close(),
  };
}
