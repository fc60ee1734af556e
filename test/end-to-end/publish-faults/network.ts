import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { listen } from '../../../controller/local/http/listen.ts';
import { openPayload } from '../../../controller/local/http/payload.ts';
import {
  ServiceError,
  type Service,
  type ServiceResponse,
} from '../../../controller/local/service.ts';
import { REGION } from './bucket.ts';

/** One request of a run, in the order of arrival. */
export interface Asked {
  readonly index: number;
  /** `PUT /builds/shop/pool/assets/a.js`, without the query. */
  readonly call: string;
  /** S3 may answer it with 200 and find out afterwards that it can't (documented). */
  readonly isLateToFail: boolean;
  /** How often the run had got new credentials when it signed this. */
  readonly renewals: number;
}

/** `cut`: the connection ends without an answer. */
export type Answer = ServiceResponse | 'cut';

/** Stands between a run and S3: gives its answer, or another one, before or after S3 has acted. */
export type Meet = (asked: Asked, s3: () => Promise<Answer>) => Promise<Answer>;

export interface Run {
  /** In the session token, so that every request says whose it is. */
  readonly token: string;
  readonly asked: readonly Asked[];
}

export interface Network {
  readonly endpoint: string;
  /** Lets one run through to an S3 of its own. */
  open(s3: Service, meet: Meet): Run;
  close(): Promise<void>;
}

interface Line {
  readonly s3: Service;
  readonly meet: Meet;
  readonly asked: Asked[];
}

/** The network between publishes and S3, with S3's own checks of bytes at its end. */
export async function startNetwork(): Promise<Network> {
  const lines = new Map<string, Line>();
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const [token = '', renewals] = String(incoming.headers['x-amz-security-token']).split('.');
    const line = lines.get(token);
    if (line === undefined) throw new Error(`${incoming.url} is of no run`);
    const call = `${incoming.method} ${incoming.url?.replace(/\?.*/, '')}`;
    const isCopy = incoming.headers['x-amz-copy-source'] !== undefined;
    const isLateToFail =
      isCopy || /^POST .*[?&]uploadId=/.test(`${incoming.method} ${incoming.url}`);
    const index = line.asked.length;
    const asked = { index, call, isLateToFail, renewals: Number(renewals) };
    line.asked.push(asked);
    const body = await buffer(incoming);
    const answer = await line.meet(asked, () => ask(line.s3, incoming, body));
    if (answer === 'cut') outgoing.destroy();
    else await write(outgoing, answer, incoming.method === 'HEAD');
  };
  const server = await listen(0, () =>
    createServer((incoming, outgoing) => {
      serve(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
    }),
  );
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    open(s3, meet) {
      const token = `run-${lines.size + 1}`;
      const asked: Asked[] = [];
      lines.set(token, { s3, meet, asked });
      return { token, asked };
    },
    close: () => server.close(),
  };
}

/** As the local cloud's own door does, but for signatures: those are not what fails here, and cost the most. */
async function ask(
  s3: Service,
  { method = '', url = '', headers: sent }: IncomingMessage,
  bytes: Buffer,
): Promise<ServiceResponse> {
  const [path = '', rawQuery = ''] = url.split('?');
  const headers = Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name, String(value)]),
  );
  const query = new URLSearchParams(rawQuery.replaceAll('+', '%2B'));
  const request = { method, path, query, headers, body: bytes, region: REGION, requestId: '1' };
  try {
    return await s3.handle({ ...request, ...openPayload(headers, bytes) });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return s3.renderError(error, request);
  }
}

async function write(
  outgoing: ServerResponse,
  answer: ServiceResponse,
  isHead: boolean,
): Promise<void> {
  if (answer.pieces !== undefined && !isHead) {
    outgoing.writeHead(answer.status, answer.headers);
    await pipeline(Readable.from(answer.pieces), outgoing);
    return;
  }
  const body = Buffer.from(answer.body ?? '');
  const length = { 'content-length': String(body.length) };
  outgoing.writeHead(answer.status, { ...(isHead ? {} : length), ...answer.headers });
  outgoing.end(isHead ? undefined : body);
}

/** S3's own words. */
export function say(status: number, code: string): ServiceResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code} it is</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
