import { request as requestHttp, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Exchange {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
  /** Another address than the URL's to connect to; the URL's host is still the one asked for. */
  readonly endpoint?: string | undefined;
  readonly timeoutMilliseconds: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const BODY_LIMIT = 1024 * 1024;

/**
 * One request and its answer, all of it within the timeout. Not `fetch`, which sends no other Host
 * than the address's own.
 */
export async function exchange({ endpoint, ...asked }: Exchange): Promise<Answer> {
  const url = new URL(asked.url);
  const address = endpoint === undefined ? url : new URL(`${url.pathname}${url.search}`, endpoint);
  // With TLS, Node checks the certificate against the Host that is sent, whatever the address.
  const headers = { host: url.host, 'user-agent': 'headgate', ...asked.headers };
  const signal = AbortSignal.timeout(asked.timeoutMilliseconds);
  const request = address.protocol === 'https:' ? requestHttps : requestHttp;
  const options = { method: asked.method, headers, signal, agent: false } as const;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(address, options, resolve);
      sent.on('error', reject);
      sent.end(asked.body);
    });
    return {
      status: response.statusCode ?? 0,
      headers: joinFields(response),
      body: await readBody(response),
    };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`no answer within ${asked.timeoutMilliseconds / 1000} s`, { cause: error });
  }
}

/** Of a longer body the beginning: nobody who asks needs more, and memory is finite. */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= BODY_LIMIT) break;
  }
  return Buffer.concat(chunks).subarray(0, BODY_LIMIT).toString();
}

function joinFields({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const fields = Object.entries(headers).map(([name, value = '']) => [name, String(value)]);
  return Object.fromEntries(fields) as Readonly<Record<string, string>>;
}
