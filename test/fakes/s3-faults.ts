import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A write as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers, or doesn't, in S3's place; `store` keeps the object all the same. */
export type Fault = (call: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly store: () => void;
}) => void;

/** A create-only S3 that meets each request with the next fault, and without one does what it should. */
export interface FaultyS3 {
  readonly endpoint: string;
  readonly seen: readonly Seen[];
  /** What is stored, by path. */
  readonly stored: ReadonlyMap<string, Buffer>;
  /** The requests to come, in order, meet these. */
  fail(...faults: readonly Fault[]): void;
  /** Every request to come is asked first: an answer, or undefined where it may pass. */
  guard(check: ((seen: Seen) => Fault | undefined) | undefined): void;
  /** How many milliseconds its clock is ahead of ours. */
  setClock(ahead: number): void;
  close(): Promise<void>;
}

/** S3's own error, in its words. */
export function refuse(
  status: number,
  code: string,
  headers: Record<string, string> = {},
  details = '',
): Fault {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code} it is</Message>${details}</Error>`;
  return ({ response }) =>
    void response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(xml);
}

/** The connection ends without an answer. */
export const reset: Fault = ({ request }) => void request.socket.destroy();

/** The object is stored, and nobody learns of it. */
export const resetAfterStoring: Fault = ({ request, store }) => {
  store();
  request.socket.destroy();
};

/** No answer, and no end. */
export const silence: Fault = () => {};

/** `tls`: it speaks HTTPS. */
export async function startFaultyS3(tls?: { cert: string; key: string }): Promise<FaultyS3> {
  const seen: Seen[] = [];
  const stored = new Map<string, Buffer>();
  const faults: Fault[] = [];
  let guard: ((seen: Seen) => Fault | undefined) | undefined;
  let ahead = 0;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    const now = Date.now() + ahead;
    response.setHeader('date', new Date(now).toUTCString());
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const path = url.replace(/\?.*/, '');
      const one = { method, path, headers, body: Buffer.concat(chunks) };
      seen.push(one);
      const store = () => void stored.set(path, one.body);
      const usual = stored.has(path)
        ? TAKEN
        : headers['x-amz-copy-source'] === undefined
          ? put(one, now)
          : copy(one, stored);
      const fault = guard?.(one) ?? faults.shift() ?? usual;
      fault({ request, response, store });
    });
  };
  const server = tls ? createSecureServer(tls, answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    stored,
    fail: (...more) => void faults.push(...more),
    guard: (check) => void (guard = check),
    setClock: (milliseconds) => void (ahead = milliseconds),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const TAKEN = refuse(412, 'PreconditionFailed', {}, '<Condition>If-None-Match</Condition>');

/** As S3 does: signed in the last 15 minutes, by its checksum, and only where nothing is. */
function put({ headers, body }: Seen, now: number): Fault {
  const skew = Math.abs(parseTime(String(headers['x-amz-date'])) - now);
  if (skew > 15 * 60_000) return refuse(403, 'RequestTimeTooSkewed');
  const sha256 = createHash('sha256').update(body).digest('base64');
  if (headers['if-none-match'] !== '*') return refuse(400, 'NotCreateOnly');
  if (headers['x-amz-checksum-sha256'] !== sha256) return refuse(400, 'BadDigest');
  const etag = createHash('md5').update(body).digest('hex');
  return ({ response, store }) => {
    store();
    response.writeHead(200, { etag: `"${etag}"` }).end();
  };
}

/** With headers of its own, from the object of that ETag, by its checksum. */
function copy({ path, headers }: Seen, stored: Map<string, Buffer>): Fault {
  const source = stored.get(`/${String(headers['x-amz-copy-source'])}`);
  if (source === undefined) return refuse(404, 'NoSuchKey');
  const etag = `"${createHash('md5').update(source).digest('hex')}"`;
  if (headers['x-amz-copy-source-if-match'] !== etag) {
    const condition = '<Condition>x-amz-copy-source-If-Match</Condition>';
    return refuse(412, 'PreconditionFailed', {}, condition);
  }
  if (headers['if-none-match'] !== '*') return refuse(400, 'NotCreateOnly');
  if (headers['x-amz-metadata-directive'] !== 'REPLACE') return refuse(400, 'NotReplaced');
  if (headers['x-amz-checksum-algorithm'] !== 'SHA256') return refuse(400, 'NoChecksum');
  const sha256 = createHash('sha256').update(source).digest('base64');
  const result =
    `<CopyObjectResult><ETag>${etag.replaceAll('"', '&quot;')}</ETag>` +
    `<ChecksumSHA256>${sha256}</ChecksumSHA256></CopyObjectResult>`;
  return ({ response }) => {
    stored.set(path, source);
    response.writeHead(200, { 'content-type': 'application/xml' }).end(result);
  };
}

/** `20261122T013000Z` to milliseconds. */
function parseTime(time: string): number {
  return Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
