import type { EdgeFeature } from './features.ts';
import { BUILD_METADATA, GOLDEN_HOST } from './route.ts';
import type { Route } from './route.ts';

/** What every new edge function must do on CloudFront itself, before it is published. */

/** Written under `GOLDEN_HOST` before the golden cases run: a host that never resolves, so no visitor sees it. */
export const GOLDEN_ROUTE: Route = {
  v: 1,
  gen: 1,
  app: 'golden',
  env: 'golden',
  spa: 1,
  stable: ['stable', '0000000000000000'],
  canary: { build: ['canary', '1111111111111111'], weight: 5000, salt: 7 },
  kept: [['kept', '2222222222222222']],
  barred: ['barred'],
  pool: { include: ['/assets/*'], exclude: ['/assets/config.json'] },
  preview: 'open',
  gate: {
    paths: ['/gated/*'],
    open: 1,
    rate: 5000,
    salt: 7,
    page: '/waiting.html',
    status: 429,
    idle: 60,
    cap: 60,
  },
};

export interface GoldenCase {
  readonly name: string;
  readonly function: 'request' | 'response';
  /** For TestFunction. */
  readonly event: unknown;
  /** What is wrong with the function's output; undefined: nothing. */
  readonly check: (output: unknown) => string | undefined;
}

type Values = Readonly<Record<string, string>>;

interface GoldenRequest {
  readonly host?: string;
  readonly uri: string;
  readonly query?: Values;
  readonly headers?: Values;
  readonly cookies?: Values;
}

const NAVIGATION: Values = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** With salt 7 at 5,000 basis points, slot 2 is in the canary's share and slot 0 is not. */
const STABLE_VISITOR: Values = { hg_slot: '0' };
const CANARY_VISITOR: Values = { hg_slot: '2' };

const COOKIE = 'Path=/; Secure; SameSite=Lax; HttpOnly';

export const goldenCases: readonly GoldenCase[] = [
  requestCase(
    'a navigation gets the stable build',
    { uri: '/', headers: NAVIGATION, cookies: STABLE_VISITOR },
    ['"uri":"/golden/builds/stable/index.html"', '"x-headgate-build":{"value":"stable"}'],
  ),
  requestCase(
    'a navigation in the share gets the canary, and the SPA fallback',
    { uri: '/any/page', headers: NAVIGATION, cookies: CANARY_VISITOR },
    ['"uri":"/golden/builds/canary/index.html"'],
  ),
  requestCase(
    'a file follows its page to a kept build',
    { uri: '/a+b.json', cookies: { hg_build: 'kept' } },
    ['"uri":"/golden/builds/kept/a%2Bb.json"'],
  ),
  requestCase(
    'a file can leave neither the app nor the builds that the route names',
    { uri: '/../x/%2e%2e/a.json', cookies: { hg_build: 'other' } },
    ['"uri":"/golden/builds/stable/a.json"'],
  ),
  requestCase('a pooled file comes from the pool', { uri: '/assets/a.js' }, [
    '"uri":"/golden/pool/assets/a.js"',
  ]),
  requestCase('an excluded file comes from the build', { uri: '/assets/config.json' }, [
    '"uri":"/golden/builds/stable/assets/config.json"',
  ]),
  requestCase('a bad path is refused', { uri: '/a%5cb' }, ['"statusCode":400', 'no-store']),
  requestCase(
    'an open preview goes on to the clean URL with its cookie',
    { uri: '/page', query: { a: '1', override_build_number: 'next' } },
    [
      '"statusCode":302',
      '"/page?a=1"',
      '"hg_preview":{',
      '"next"',
      'no-store',
      'no-referrer',
      COOKIE,
    ],
  ),
  requestCase(
    'a preview cookie is followed',
    { uri: '/', headers: NAVIGATION, cookies: { hg_preview: 'next' } },
    ['"uri":"/golden/builds/next/index.html"'],
  ),
  requestCase(
    'a preview cookie of a barred build is not',
    { uri: '/', headers: NAVIGATION, cookies: { hg_slot: '0', hg_preview: 'barred' } },
    ['"uri":"/golden/builds/stable/index.html"'],
  ),
  requestCase(
    'a preview of a barred build is refused',
    { uri: '/', query: { override_build_number: 'barred' } },
    ['"statusCode":403', 'no-store'],
  ),
  requestCase(
    'the reserved path names the build of this visitor',
    { uri: '/_headgate/build', cookies: { hg_build: 'canary' } },
    ['"statusCode":200', '\\"build\\":\\"canary\\"', 'no-store'],
  ),
  requestCase(
    'without a route and a floor, visitors are asked to come back',
    { host: 'missing.' + GOLDEN_HOST, uri: '/', headers: NAVIGATION },
    ['"statusCode":503', '"retry-after":{', 'no-store'],
  ),
  // The team's own code doesn't meet the golden host: here, where it does, it must not fail.
  requestCase('a host without a route is answered', { host: 'www.example.com', uri: '/' }, [
    '"statusCode":',
  ]),
  {
    name: 'a document sets both cookies and names its build',
    function: 'response',
    event: responseEvent(NAVIGATION),
    check: (output) =>
      findMissing(output, [
        '"hg_build":{',
        '"hg_slot":{',
        '"x-headgate-build":{"value":"stable"}',
        COOKIE,
        '; Max-Age=31536000',
      ]),
  },
];

/** On top of the others, for bundles that have the feature. There are no golden keys: admitted visitors get no session. */
const featureCases: Readonly<Partial<Record<EdgeFeature, readonly GoldenCase[]>>> = {
  signed: [
    requestCase(
      'leaving a preview clears its badge',
      { uri: '/', query: { override_build_number: 'off' } },
      ['"statusCode":302', '"hg_preview":{', '"hg_preview_build":{', '; Max-Age=0'],
    ),
  ],
  gate: [
    requestCase(
      'a held navigation gets the waiting page, in every spelling of its path',
      { uri: '/GATED/%2e/x', headers: NAVIGATION, cookies: STABLE_VISITOR },
      ['"uri":"/golden/pages/waiting.html"', '"x-headgate-gate":{"value":"429 30"}'],
    ),
    requestCase(
      'a held request for data is refused',
      { uri: '/gated/a.json', cookies: STABLE_VISITOR },
      ['"statusCode":429', '"x-headgate-gate":{"value":"wait"}', '"retry-after":{', 'no-store'],
    ),
    requestCase(
      'a visitor in the share passes',
      { uri: '/gated/a.json', cookies: CANARY_VISITOR },
      ['"uri":"/golden/builds/stable/gated/a.json"'],
    ),
    {
      name: 'the waiting page has its status',
      function: 'response',
      event: responseEvent({ 'x-headgate-gate': '429 30' }),
      check: (output) => findMissing(output, ['"statusCode":429', 'no-store', '"retry-after":{']),
    },
  ],
};

/** What a bundle with these features must do. */
export function goldenCasesOf(features: readonly EdgeFeature[]): readonly GoldenCase[] {
  return features.reduce(
    (cases: readonly GoldenCase[], feature) => cases.concat(featureCases[feature] || []),
    goldenCases,
  );
}

/** `parts` must all be in the function's output, as JSON. */
function requestCase(name: string, request: GoldenRequest, parts: readonly string[]): GoldenCase {
  return {
    name,
    function: 'request',
    event: makeEvent('viewer-request', request),
    check: (output) => findMissing(output, parts),
  };
}

function findMissing(output: unknown, parts: readonly string[]): string | undefined {
  const text = JSON.stringify(output) || 'nothing';
  const missing = parts.filter((part) => text.indexOf(part) < 0);
  return missing.length ? 'expected ' + missing.join(' and ') + ' in ' + text : undefined;
}

function makeEvent(eventType: string, request: GoldenRequest) {
  const host = { host: { value: request.host || GOLDEN_HOST } };
  return {
    version: '1.0',
    context: { eventType, requestId: 'golden' },
    viewer: { ip: '192.0.2.1' },
    request: {
      method: 'GET',
      uri: request.uri,
      querystring: makeFields(request.query, {}),
      headers: makeFields(request.headers, host),
      cookies: makeFields(request.cookies, {}),
    },
  };
}

function responseEvent(told: Values) {
  const event = makeEvent('viewer-response', { uri: '/', headers: told });
  const headers: Record<string, Field> = { 'content-type': { value: 'text/html' } };
  headers['x-amz-meta-' + BUILD_METADATA] = { value: 'stable' };
  const response = { statusCode: 200, statusDescription: 'OK', headers, cookies: {} };
  return {
    version: event.version,
    context: event.context,
    viewer: event.viewer,
    request: event.request,
    response,
  };
}

interface Field {
  readonly value: string;
}

function makeFields(values: Values | undefined, start: Record<string, Field>) {
  for (const name in values) start[name] = { value: values[name] || '' };
  return start;
}
