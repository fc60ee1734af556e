import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../../../controller/local/http/listen.ts';
import { forward } from '../forward.ts';
import { nameCall } from '../name-call.ts';

export interface Outage {
  readonly endpoint: string;
  /** Requests that were answered with 503. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** A service of AWS that is down: what `isDown` says of a call (`ssm:GetParameters`) is answered with 503. */
export async function startOutage(
  target: string,
  isDown: (call: string) => boolean,
): Promise<Outage> {
  const refused: string[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const call = nameCall(incoming);
    if (isDown(call)) {
      refused.push(call);
      outgoing.writeHead(503).end();
      return;
    }
    const answer = await forward(target, incoming, body);
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = await listen(0, () =>
    createServer((incoming, outgoing) => {
      pass(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
    }),
  );
  return { endpoint: `http://localhost:${server.port}`, refused, close: () => server.close() };
}
