import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Route } from '../../edge/contract/route.ts';
import { parseVisitorLine } from '../../edge/contract/visitor-line.ts';
import type { VisitorLine } from '../../edge/contract/visitor-line.ts';
import { decide } from '../../edge/core/decide.ts';
import type { Field, Fields } from '../../edge/core/fields.ts';
import { markResponse } from '../../edge/core/mark-response.ts';
import type { Visitor } from '../../edge/core/visitor.ts';

/** Pages behind the edge's own core, and what it logs of them. */
export interface WatchedSite {
  readonly url: string;
  /** In force from the next request on. */
  route: Route;
  /** Of these kinds, in the order in which they came. */
  readonly lines: readonly VisitorLine[];
  close(): Promise<void>;
}

interface Page {
  readonly type: string;
  readonly body: string;
}

/** `pages` by path; all other paths are 404. */
export async function openWatchedSite(
  route: Route,
  pages: Readonly<Record<string, Page>>,
): Promise<WatchedSite> {
  const lines: VisitorLine[] = [];
  let visits = 0;
  const server = createServer((request, response) => {
    const visitor = toVisitor(request, `${++visits}-request`);
    const decision = decide(site.route, visitor);
    const line = visitor.line && parseVisitorLine(visitor.line);
    if (line) lines.push(line);
    if ('statusCode' in decision) {
      for (const [name, field] of Object.entries(decision.headers)) {
        response.setHeader(name, field.value);
      }
      response.writeHead(decision.statusCode).end(decision.body.data);
      return;
    }
    const page = pages[visitor.path];
    const { type, body } = page ?? { type: 'text/plain', body: 'missing' };
    const { cookies } = markResponse(visitor, { type, build: decision.build ?? '' });
    response.setHeader('set-cookie', Object.entries(cookies).map(renderCookie));
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const site: WatchedSite = {
    url: `http://shop.localhost:${port}`,
    route,
    lines,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return site;
}

function toVisitor({ headers, url = '/', method = 'GET' }: IncomingMessage, id: string): Visitor {
  const { pathname, search } = new URL(url, 'http://localhost');
  const fields = Object.entries(headers).map(([name, value]) => [name, { value: String(value) }]);
  const pairs = (headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
  return {
    headers: Object.fromEntries(fields) as Fields,
    cookies: Object.fromEntries(pairs.map(([name, value = '']) => [name, { value }])) as Fields,
    path: pathname,
    query: search.slice(1),
    ip: '192.0.2.1',
    now: Math.floor(Date.now() / 1000),
    id,
    method,
  };
}

function renderCookie([name, field]: readonly [string, Field | undefined]): string {
  return `${name}=${field?.value}; ${field?.attributes}`;
}
