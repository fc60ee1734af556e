import { request as requestPlain, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import { buildClientConfig, createAgent } from '../../client-config.ts';
import { askProxy, sendPlain } from '../../proxy/plain.ts';
import type { Target } from './target.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Put {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Milliseconds; as in the SDK's clients, `socketTimeout` counts silence. */
export interface Timeouts {
  readonly connectionTimeout: number;
  readonly socketTimeout: number;
}

/** Milliseconds; servers that don't know of `Expect: 100-continue` just wait for the body. */
const CONTINUE_TIMEOUT = 1_000;

/** One request over a kept connection; rejects when there is no answer, as the SDK's errors do. */
export type Send = (put: Put) => Promise<Answer>;

/** Connects as the SDK's clients do, with as many sockets as they may have, and through the same proxy. */
export function createSend(target: Target, timeouts?: Timeouts): Send {
  const { protocol, hostname, port } = target;
  const limits = timeouts ?? buildClientConfig(undefined).requestHandler;
  const direct = { protocol, hostname, port, path: '', headers: {} };
  const { request: to, proxy } = sendPlain(direct) ?? { request: direct, proxy: undefined };
  const place = {
    agent: createAgent(to.protocol, { timeout: limits.socketTimeout }),
    method: 'PUT',
    // Node wants an IPv6 address without its brackets.
    hostname: to.hostname.replaceAll(/[[\]]/g, ''),
    ...(to.port && { port: to.port }),
  };
  const open = to.protocol === 'http:' ? requestPlain : requestTls;
  if (!proxy)
    return ({ path, headers, body }) =>
      ask(() => open({ ...place, path, headers }), { body, limits, target });
  return ({ path, headers, body }) => {
    const sent = { ...place, path: to.path + path, headers: { ...headers, ...to.headers } };
    const answering = () => ask(() => open(sent), { body, limits, target });
    return askProxy(proxy, answering, ({ status }) => status);
  };
}

interface Asked {
  readonly body: Uint8Array;
  readonly limits: Timeouts;
  readonly target: Target;
}

function ask(open: () => ClientRequest, { body, limits, target }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = open();
    const giveUp = () => request.destroy(silence(target));
    request.on('error', reject);
    request.on('timeout', giveUp);
    request.on('socket', (socket) => limitConnecting(socket, limits.connectionTimeout, giveUp));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        const text = chunks.length === 0 ? '' : Buffer.concat(chunks).toString();
        resolve({ status, headers: answered, body: text });
      });
    });
    if (request.getHeader('expect') === undefined) request.end(body);
    else sendWhenAsked(request, body);
  });
}

/** S3 may refuse a large body by its headers: then it isn't sent, and the connection is of no more use. */
function sendWhenAsked(request: ClientRequest, body: Uint8Array): void {
  const timer = setTimeout(send, CONTINUE_TIMEOUT);
  request.once('continue', send);
  request.once('response', (response) => {
    clearTimeout(timer);
    if (!request.writableEnded) response.once('end', () => request.destroy());
  });
  request.once('close', () => clearTimeout(timer));

  function send(): void {
    clearTimeout(timer);
    if (!request.writableEnded) request.end(body);
  }
}

/** The agent's timeout is for a socket that is silent, and much longer. */
function limitConnecting(socket: Socket, milliseconds: number, giveUp: () => void): void {
  if (!socket.connecting) return;
  const timer = setTimeout(giveUp, milliseconds);
  socket.once('connect', () => clearTimeout(timer));
  socket.once('close', () => clearTimeout(timer));
}

function silence({ hostname, port }: Target): Error {
  const error = new Error(`${hostname} said nothing in time`);
  return Object.assign(error, { name: 'TimeoutError', hostname, ...(port && { port }) });
}
