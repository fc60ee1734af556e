import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../../controller/local/http/listen.ts';
import { forward } from '../forward.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What is told of a request and of its answer. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly asked: string;
  readonly status: number;
  readonly answer: string;
}

/** Another AWS: `change` says what it answers instead; undefined: as the cloud at that endpoint does. */
export async function startOther(
  endpoint: string,
  change: (exchange: Exchange) => Partial<Reply> | undefined,
) {
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming);
    const real = await forward(endpoint, incoming, body);
    const exchange = { incoming, asked: String(body), status: real.status };
    const other = change({ ...exchange, answer: String(real.body) });
    const { 'content-length': _, ...headers } = { ...real.headers, ...other?.headers };
    outgoing.writeHead(other?.status ?? real.status, headers).end(other?.body ?? real.body);
  };
  const server = await listen(0, () =>
    createServer((incoming, outgoing) => void pass(incoming, outgoing)),
  );
  return { endpoint: `http://localhost:${server.port}`, close: () => server.close() };
}
