import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { storeCookie } from '../../controller/local/demo/browser.ts';
import { HOSTS } from './policy.ts';
import type { Setting } from './setting.ts';

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A browser with a cookie jar, on the host of prod. */
export interface Person {
  readonly jar: Map<string, string>;
  /** A page; a form when the method says so. */
  open(path: string, method?: string): Promise<Received>;
  /** What a script of the page asks for. */
  fetch(path: string, headers?: Readonly<Record<string, string>>): Promise<Received>;
}

const PAGE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' };
const SCRIPT = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' };

export function createPerson(
  { cloud }: Setting,
  cookies: Readonly<Record<string, string>> = {},
): Person {
  const jar = new Map(Object.entries(cookies));
  const ask = async (path: string, method: string, headers: Readonly<Record<string, string>>) => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const own = { host: HOSTS.prod, ...(cookie && { cookie }), ...headers };
    const received = await send(new URL(path, cloud.edgeUrl), method, own);
    for (const line of received.headers['set-cookie'] ?? []) storeCookie(jar, line);
    return received;
  };
  return {
    jar,
    open: (path, method = 'GET') => ask(path, method, PAGE),
    fetch: (path, headers = {}) => ask(path, 'GET', { ...SCRIPT, ...headers }),
  };
}

// Not fetch(): it refuses to send another Host than the address's own.
function send(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const { statusCode: status = 0, headers: received } = response;
      text(response).then((body) => resolve({ status, headers: received, body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
