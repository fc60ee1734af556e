import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../../controller/local/http/listen.ts';
import { forward } from '../forward.ts';
import { nameCall } from '../name-call.ts';
import { nameWrite } from '../name-write.ts';

/** `timeout`: AWS does it, and never answers. `reset`: the connection breaks before AWS has seen it. */
export const FAULTS = ['throttle', '500', 'timeout', 'reset'] as const;
/** `death`: AWS does it, and nothing that comes after it gets through. */
export type Fault = (typeof FAULTS)[number] | 'death';

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
  /** After every write that AWS has carried out in the store, before anybody hears of it: no other changes what is served. */
  readonly seen: () => Promise<void>;
}

/** Stands between the SDK and the local cloud. */
export async function startFaultProxy({ target, fault, seen }: Options): Promise<FaultProxy> {
  const asked: Asked[] = [];
  let hasFailed = false;
  const clients = watchClients();
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const one = describe(incoming, body, asked);
    asked.push(one);
    if (hasFailed && fault?.kind === 'death') return refuse(one.name, outgoing, DENIED);
    const isFault = !hasFailed && fault?.at.name === one.name && fault.at.nth === one.nth;
    hasFailed ||= isFault;
    const kind = isFault ? fault.kind : undefined;
    if (kind !== undefined && isUnseen(kind)) return fail(one.name, outgoing, kind);
    const answer = await forward(target, incoming, body);
    if (one.name.startsWith('UpdateKeys ')) await seen();
    if (kind === 'death') return refuse(one.name, outgoing, DENIED);
    if (kind === 'timeout') return clients.giveUp(incoming.socket);
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
    close: () => {
      clients.close();
      return server.close();
    },
  };
}

/** The client is in this process: no answer comes, and so it need not wait for the time that it gives it. */
function watchClients() {
  const opened = new Set<Socket>();
  const note = (message: unknown) => {
    const { socket } = message as { readonly socket: Socket };
    opened.add(socket);
    socket.once('close', () => opened.delete(socket));
  };
  subscribe('net.client.socket', note);
  return {
    giveUp({ localPort, remotePort }: Socket): void {
      const isItsEnd = (one: Socket) =>
        one.localPort === remotePort && one.remotePort === localPort;
      [...opened].find(isItsEnd)?.emit('timeout');
    },
    close: () => unsubscribe('net.client.socket', note),
  };
}

function describe(incoming: IncomingMessage, body: Buffer, before: readonly Asked[]): Asked {
  const write = nameWrite(incoming, body);
  const path = String(incoming.url).replace(/\?.*/, '');
  const name = write ?? `${nameCall(incoming)} ${incoming.method} ${path}`;
  const nth = before.filter((other) => other.name === name).length + 1;
  return { name, nth, isWrite: write !== undefined };
}

type Unseen = Exclude<Fault, 'timeout' | 'death'>;

/** AWS has not done it. */
function isUnseen(kind: Fault): kind is Unseen {
  return kind !== 'timeout' && kind !== 'death';
}

function fail(name: string, outgoing: ServerResponse, kind: Unseen): void {
  if (kind === 'reset') outgoing.socket?.destroy();
  else if (kind === '500') outgoing.writeHead(500).end();
  else refuse(name, outgoing, THROTTLED);
}

interface Refusal {
  readonly message: string;
  /** Codes of S3, of CloudFront, and of the services that speak JSON; and their statuses. */
  readonly s3: readonly [number, string];
  readonly xml: readonly [number, string];
  readonly json: readonly [number, string];
}

const THROTTLED: Refusal = {
  message: 'Rate exceeded',
  s3: [503, 'SlowDown'],
  xml: [400, 'Throttling'],
  json: [429, 'ThrottlingException'],
};

/** What the SDK doesn't try again: whoever gets this ends at once. */
const DENIED: Refusal = {
  message: 'nothing gets through any more',
  s3: [403, 'AccessDenied'],
  xml: [403, 'AccessDenied'],
  json: [403, 'AccessDeniedException'],
};

/** As each protocol says it. */
function refuse(name: string, outgoing: ServerResponse, { message, ...codes }: Refusal): void {
  if (/^(PutObject|s3:)/.test(name)) {
    const [status, code] = codes.s3;
    const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(body);
  } else if (/^(PutParameter|ssm:|cloudwatch:)/.test(name)) {
    const body = JSON.stringify({ __type: codes.json[1], message });
    outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  } else if (/^(UpdateKeys|cloudfront-keyvaluestore:)/.test(name)) {
    const [status, code] = codes.json;
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
    outgoing.writeHead(status, headers).end(JSON.stringify({ Message: message }));
  } else {
    const [status, code] = codes.xml;
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    const body = `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`;
    outgoing.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  }
}
