import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A forward proxy on this machine, for which every host is one server here. */
export interface ForwardProxy {
  readonly host: string;
  /** `CONNECT s3.example:443`, `PUT http://s3.example/acme/a`, as they came. */
  readonly seen: readonly string[];
  readonly connections: number;
  /** The requests to come get these answers instead; for a CONNECT it is no tunnel. */
  refuse(...statuses: readonly number[]): void;
  /** `user:password` that it wants from now on; undefined: it asks for none. */
  want(credentials: string | undefined): void;
  close(): Promise<void>;
}

/** Passes requests on to a port of this machine, as RFC 9110 says: CONNECT by bytes, all else by whole URLs. */
export async function startForwardProxy(port: number): Promise<ForwardProxy> {
  const seen: string[] = [];
  const statuses: number[] = [];
  const sockets = new Set<Socket>();
  let wanted: string | undefined;
  let connections = 0;

  const judge = ({ method, url, headers }: IncomingMessage): number | undefined => {
    seen.push(`${method} ${url}`);
    const given = (headers['proxy-authorization'] ?? '').replace('Basic ', '');
    const isKnown = wanted === undefined || Buffer.from(given, 'base64').toString() === wanted;
    return isKnown ? statuses.shift() : 407;
  };

  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const refusal = judge(incoming) ?? (URL.canParse(incoming.url ?? '') ? undefined : 400);
    if (refusal !== undefined) return void outgoing.writeHead(refusal).end();
    const { pathname, search } = new URL(incoming.url ?? '');
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const to = { port, method: incoming.method, path: pathname + search, headers } as const;
    const passed = request(to, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  };

  const server = createServer(pass);
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
  });
  server.on('checkContinue', (incoming, outgoing) => {
    outgoing.writeContinue();
    pass(incoming, outgoing);
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    const refusal = judge(incoming);
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
    const there = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    there.on('error', () => socket.destroy());
    socket.on('error', () => there.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get connections() {
      return connections;
    },
    refuse: (...more) => void statuses.push(...more),
    want: (credentials) => void (wanted = credentials),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
