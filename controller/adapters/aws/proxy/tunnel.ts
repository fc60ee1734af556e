import { request as requestPlain } from 'node:http';
import { Agent, request as requestTls, type AgentOptions, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { addressOf, findProxy, refused, unanswered, type Proxy } from './find-proxy.ts';

type Done = (error: Error | null, stream: Duplex) => void;

interface Host {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Node's agent, with its pool of kept connections, where a new connection may begin with a CONNECT. Not
 * https-proxy-agent: it has one proxy for all hosts, and passes a proxy's refusal on as if the host had said it.
 */
export class TunnelAgent extends Agent {
  readonly #timeout: number;

  /** `timeout`: milliseconds until the proxy must have connected us. */
  constructor(options: AgentOptions, timeout: number) {
    super(options);
    this.#timeout = timeout;
  }

  override createConnection(options: RequestOptions, done?: Done): Duplex | null | undefined {
    const host = { hostname: options.host ?? '', port: Number(options.port) };
    const proxy = findProxy({ protocol: 'https:', ...host });
    if (!proxy || !done) return super.createConnection(options, done);
    // With an error node wants no stream, whatever its types say.
    const fail = done as (error: Error) => void;
    const wrap = (socket: Duplex) => {
      const stream = super.createConnection(Object.assign({}, options, { socket }));
      if (stream) done(null, stream);
    };
    openTunnel(proxy, host, { timeout: this.#timeout, wrap, fail });
    return undefined;
  }
}

interface Opened {
  readonly timeout: number;
  /** Gets a socket on which the proxy passes on whatever is said. */
  readonly wrap: (socket: Duplex) => void;
  readonly fail: (error: Error) => void;
}

function openTunnel(proxy: Proxy, { hostname, port }: Host, { timeout, wrap, fail }: Opened): void {
  const { headers, ...address } = addressOf(proxy);
  const path = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
  const open = address.protocol === 'https:' ? requestTls : requestPlain;
  const all = { host: path, ...headers };
  const request = open({ ...address, method: 'CONNECT', path, headers: all, agent: false });
  request.setTimeout(timeout, () => request.destroy(silence()));
  request.on('error', (error: Error & { readonly code?: string }) => {
    fail(unanswered(proxy, error.code ?? error.message, error));
  });
  request.on('connect', ({ statusCode: status = 0 }, socket) => {
    socket.setTimeout(0);
    if (status >= 200 && status < 300) return wrap(socket);
    socket.destroy();
    fail(refused(proxy, status));
  });
  request.end();
}

function silence(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}
