import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isDisallowedHeader } from '../function-runtime/header-rules.ts';
import type { EventRequest, Fields, FieldValue } from '../function-runtime/event.ts';
import { collectFields, parseCookies, parseQuery, splitOnce } from './fields.ts';
import type { Headers } from './time-to-live.ts';

/** What a viewer sent. */
export interface Viewer {
  /** Lower case, without the port. */
  readonly host: string;
  readonly ip: string;
  readonly request: EventRequest;
  /** As sent; undefined: no question mark. */
  readonly query: string | undefined;
  /** The header Cookie as sent. */
  readonly cookie: string | undefined;
  readonly body: Buffer;
}

/** What a viewer gets. */
export interface ViewerAnswer {
  readonly status: number;
  readonly reason?: string | undefined;
  readonly headers: Headers;
  readonly body: Buffer;
}

export async function readViewer(incoming: IncomingMessage): Promise<Viewer> {
  const { method = 'GET', url = '/', headers, socket } = incoming;
  const [uri = '/', query] = splitOnce(url, '?');
  const host = (headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
  return {
    host,
    ip: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    request: {
      method,
      uri,
      querystring: parseQuery(query ?? ''),
      headers: readHeaders(incoming.rawHeaders, host),
      cookies: parseCookies(headers.cookie ?? ''),
    },
    query,
    cookie: headers.cookie,
    body: method === 'GET' || method === 'HEAD' ? Buffer.alloc(0) : await buffer(incoming),
  };
}

function readHeaders(raw: readonly string[], host: string): Fields {
  const pairs: (readonly [string, FieldValue])[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]).toLowerCase();
    // A viewer of the real thing uses the standard port: functions see the name alone.
    const value = name === 'host' ? host : String(raw[index + 1]);
    if (name !== 'cookie' && !isDisallowedHeader(name)) pairs.push([name, { value }]);
  }
  return collectFields(pairs);
}

/** An answer of CloudFront's own. */
export function errorPage(status: number, why: string, cause = 'Error'): ViewerAnswer {
  return {
    status,
    headers: {
      server: 'CloudFront',
      'content-type': 'text/html',
      'x-cache': `${cause} from cloudfront`,
    },
    body: Buffer.from(
      `<!DOCTYPE html>\n<title>ERROR: The request could not be satisfied</title>\n<h1>${status} ERROR</h1>\n<p>${why}</p>\n`,
    ),
  };
}
