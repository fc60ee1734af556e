import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../../controller/local/http/listen.ts';
import { forward } from '../forward.ts';
import { nameCall } from '../name-call.ts';
import { nameWrite } from '../name-write.ts';

/** `timeout`: AWS does it, and never answers. `reset`: the connection breaks before AWS has seen it. */
export const FAULTS = ['throttle', '500', 'timeout', 'reset'] as const;
export type Fault = (typeof FAULTS)[number];

/** One request of a run: what it is, and the how manieth of that name. */
export interface Asked {
  readonly name: string;
  readonly nth: number;
  readonly isWrite: boolean;
}

export interface FaultProxy {
  readonly endpoint: string;
  readonly asked: readonly Asked[];
  /** The fault met its request. */
  readonly hasFailed: boolean;
  close(): Promise<void>;
}

interface Options {
  readonly target: string;
  /** The request that fails, once. */
  readonly fault?: { readonly kind: Fault; readonly at: Asked } | undefined;
  /** After every write that AWS has carried out, before anybody hears of it. */
  readonly seen: () => Promise<void>;
}

/** Stands between the SDK and the local cloud. */
export async function startFaultProxy({ target, fault, seen }: Options): Promise<FaultProxy> {
  const asked: Asked[] = [];
  let hasFailed = false;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const one = describe(incoming, body, asked);
    asked.push(one);
    const { at, kind } = fault ?? {};
    const isFault = !hasFailed && at?.name === one.name && at.nth === one.nth;
    hasFailed ||= isFault;
    if (isFault && kind === 'reset') return void incoming.socket.destroy();
    if (isFault && kind === '500') return void outgoing.writeHead(500).end();
    if (isFault && kind === 'throttle') return throttle(one.name, outgoing);
    const answer = await forward(target, incoming, body);
    if (one.isWrite) await seen();
    // Without an answer the client gives up by itself.
    if (isFault) return;
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = await listen(0, () =>
    createServer((incoming, outgoing) => {
      pass(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
    }),
  );
  return {
    endpoint: `http://localhost:${server.port}`,
    asked,
    get hasFailed() {
      return hasFailed;
    },
    close: () => server.close(),
  };
}

function describe(incoming: IncomingMessage, body: Buffer, before: readonly Asked[]): Asked {
  const write = nameWrite(incoming, body);
  const path = String(incoming.url).replace(/\?.*/, '');
  const name = write ?? `${nameCall(incoming)} ${incoming.method} ${path}`;
  const nth = before.filter((other) => other.name === name).length + 1;
  return { name, nth, isWrite: write !== undefined };
}

/** As each protocol says that there were too many requests. */
function throttle(name: string, outgoing: ServerResponse): void {
  const message = 'Rate exceeded';
  if (/^(PutObject|s3:)/.test(name)) {
    const body = `<Error><Code>SlowDown</Code><Message>${message}</Message></Error>`;
    outgoing.writeHead(503, { 'content-type': 'application/xml' }).end(body);
  } else if (/^(PutParameter|ssm:|cloudwatch:)/.test(name)) {
    const body = JSON.stringify({ __type: 'ThrottlingException', message });
    outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  } else if (/^(UpdateKeys|cloudfront-keyvaluestore:)/.test(name)) {
    const headers = {
      'content-type': 'application/json',
      'x-amzn-errortype': 'ThrottlingException',
    };
    outgoing.writeHead(429, headers).end(JSON.stringify({ Message: message }));
  } else {
    const error = `<Error><Type>Sender</Type><Code>Throttling</Code><Message>${message}</Message></Error>`;
    const body = `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`;
    outgoing.writeHead(400, { 'content-type': 'text/xml' }).end(body);
  }
}
