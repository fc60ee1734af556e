import * as http from 'node:http';
import * as https from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Which build it says it is. */
  readonly build: string | undefined;
}

/** What a visitor has: a cookie jar, an address bar, and pages that ask for files. */
export interface Browser {
  /** Types an address and follows redirects. */
  navigate(path: string): Promise<Answer>;
  /** A file the open page asks for. */
  load(path: string): Promise<Answer>;
}

// What Chromium sends; the edge tells navigations from files by it.
const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
};
const SUB_RESOURCE = {
  accept: '*/*',
  'sec-fetch-dest': 'script',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
};
const REDIRECT_LIMIT = 5;

// Shared by all browsers: an edge sees visitors by their cookies, not by their connections.
const AGENT = { keepAlive: true, maxSockets: 32 } as const;
const agents = { http: new http.Agent(AGENT), https: new https.Agent(AGENT) };

/** A browser with an empty cookie jar on `host`, served by the edge at `edgeUrl` whatever DNS says. */
export function openBrowser(edgeUrl: string, host: string): Browser {
  const jar = new Map<string, string>();
  const get = async (path: string, headers: Record<string, string>) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(new URL(path, edgeUrl), {
      host,
      'user-agent': 'Mozilla/5.0 (simulated visitor)',
      ...headers,
      ...(cookie === '' ? {} : { cookie }),
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) storeCookie(jar, line);
    return answer;
  };
  return {
    navigate: async (path) => {
      let answer = await get(path, NAVIGATION);
      for (let left = REDIRECT_LIMIT; left > 0 && isRedirect(answer); left -= 1) {
        const target = new URL(String(answer.headers['location']), new URL(path, edgeUrl));
        answer = await get(target.pathname + target.search, NAVIGATION);
      }
      return answer;
    },
    load: (path) => get(path, SUB_RESOURCE),
  };
}

function isRedirect(answer: Answer): boolean {
  return answer.status >= 301 && answer.status <= 308 && answer.headers['location'] !== undefined;
}

/** Keeps the pair, or forgets it when the line says that it has expired. */
export function storeCookie(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const name = pair.slice(0, pair.indexOf('='));
  const attribute = (wanted: string) =>
    attributes
      .find((text) => text.toLowerCase().startsWith(`${wanted}=`))
      ?.slice(wanted.length + 1);
  const maxAge = attribute('max-age');
  const expires = attribute('expires');
  const expired =
    maxAge === undefined
      ? expires !== undefined && Date.parse(expires) <= Date.now()
      : Number(maxAge) <= 0;
  if (expired) jar.delete(name);
  else jar.set(name, pair.slice(pair.indexOf('=') + 1));
}

/** The server closed a kept connection in the moment in which it was used again. */
class StaleConnection extends Error {}

/** As browsers do: once more, on another connection. */
async function send(url: URL, headers: Record<string, string>): Promise<Answer> {
  try {
    return await sendOnce(url, headers);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return sendOnce(url, headers);
  }
}

// Not fetch(): it refuses to send another Host than the address's own.
function sendOnce(url: URL, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const { request } = isSecure ? https : http;
    const agent = isSecure ? agents.https : agents.http;
    const sent = request(url, { agent, headers, timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const build = response.headers['x-headgate-build'];
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          build: typeof build === 'string' ? build : undefined,
        });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`No answer from ${url.href} in 10 s`)));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && error.code === 'ECONNRESET';
      reject(isStale ? new StaleConnection() : error);
    });
    sent.end();
  });
}
