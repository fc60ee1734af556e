/** What the probe's distribution runs. It is text: CloudFront runs it, not we. */

export const SEEN = 'x-seen';
export const MARKER = 'x-marker';

/** In the order in which the functions write them. */
const FIELDS = ['path', 'query', 'cookie', 'written', 'twin', 'raw', 'call'] as const;

export type Seen = Readonly<Record<(typeof FIELDS)[number], string>>;

/** `/page|a||1|1|function|` -> `{ path: '/page', query: 'a', ... }` */
export function readSeen(header = ''): Seen {
  const values = header.split('|');
  return Object.fromEntries(FIELDS.map((name, index) => [name, values[index] ?? ''])) as Seen;
}

/** A server that isn't a bucket, as functions say it: where S3 itself is, which names the bucket in its errors. */
export interface Server {
  readonly domain: string;
  readonly port: number;
  readonly protocol: string;
}

/**
 * Says in a header what it sees of the request, and of the store. `/generated` it answers itself; below `/call/` it
 * tries what its helpers do; `/work/1000` makes it work. What has no page of its own is the page.
 */
export function composeRequestCode({ domain, port, protocol }: Server): string {
  const connection = { port, protocol, sslProtocols: ['TLSv1.2'] };
  const shut = { originAccessControlConfig: { enabled: false }, connectionAttempts: 1 };
  const server = { domainName: domain, customOriginConfig: connection };
  const closed = { ...server, customOriginConfig: { ...connection, port: 65_535 } };
  const quick = { readTimeout: 5, connectionTimeout: 2 };
  return `import cf from 'cloudfront';
var server = ${JSON.stringify(server)};
var calls = {
  unknown: function () { cf.selectRequestOriginById('nowhere'); },
  form: function () { cf.updateRequestOrigin({ domainName: 5 }); },
  inherited: function () { cf.updateRequestOrigin(server); },
  server: function () { cf.updateRequestOrigin(${JSON.stringify({ ...server, ...shut })}); },
  nobody: function () { cf.updateRequestOrigin(${JSON.stringify({ ...server, ...shut, domainName: 'nobody.invalid' })}); },
  closed: function () { cf.updateRequestOrigin(${JSON.stringify({ ...closed, ...shut, timeouts: quick })}); },
  anew: function () { cf.updateRequestOrigin({ originPath: '/other' }); cf.updateRequestOrigin({ customHeaders: { 'x-probe': '1' } }); },
  last: function () { cf.updateRequestOrigin({ originPath: '/nowhere' }); cf.updateRequestOrigin({ originPath: '/other' }); }
};
function attempt(call) { try { call(); return 'accepted'; } catch (e) { return 'threw'; } }
async function handler(event) {
  var request = event.request, uri = request.uri, name = uri.split('/').pop(), call = '';
  if (uri === '/generated') return { statusCode: 200, statusDescription: 'OK', body: 'generated' };
  if (uri.startsWith('/call/') || uri.startsWith('/path/')) call = attempt(calls[name]);
  if (uri === '/uncaught') calls.unknown();
  for (var left = uri.startsWith('/work/') ? Number(name) : 0, sum = 0; left > 0; left--) sum = (sum * 31 + left) % 1000003;
  var query = request.querystring.q, cookie = request.cookies.c, written = '', twin = '';
  try { var store = cf.kvs(); written = await store.get('written'); twin = await store.get('twin'); } catch (e) {}
  if (name === 'who' && cookie) cf.selectRequestOriginById('other');
  var seen = [uri, query ? query.value : '', cookie ? cookie.value : '', written, twin, typeof request.rawQueryString, call];
  request.headers['${SEEN}'] = { value: seen.join('|') };
  if (uri === '/cached/alias') request.uri = '/cached/page.html';
  else if (!/^\\/(|missing|star|cached\\/.*|fresh\\/.*|path\\/.*|call\\/(inherited|server|nobody|closed|anew|last))$/.test(uri)) request.uri = '/page.html';
  return request;
}
`;
}

/** Shows what viewer-request has set, and what the helpers do there. */
export const RESPONSE_CODE = `import cf from 'cloudfront';
function handler(event) {
  var response = event.response, seen = event.request.headers['${SEEN}'], value = seen ? seen.value : 'nothing';
  if (value.startsWith('/response|')) {
    try { cf.updateRequestOrigin({ originPath: '/other' }); value += 'accepted'; } catch (e) { value += 'threw'; }
  }
  response.headers['${SEEN}'] = { value: value };
  return response;
}
`;

/** Leaves a mark on the answer, by which it is known which of several ran. */
export function composeMarker(mark: string): string {
  return `function handler(event) {
  event.response.headers['${MARKER}'] = { value: '${mark}' };
  return event.response;
}
`;
}

/** Prints where the path is the one to print for. */
export const PRINTING_CODE = `function handler(event) {
  if (event.request.uri === '/print/line') console.log('headgate-probe');
  event.request.uri = '/page.html';
  return event.request;
}
`;
