import type { EdgeFeature } from './features.ts';
import { findMissing, requestCase, responseEvent } from './golden-event.ts';
import type { GoldenCase, GoldenRequest, Values } from './golden-event.ts';
import { GOLDEN_PREVIEW, GOLDEN_SESSION, GOLDEN_SIGNED_HOST } from './golden-values.ts';
import { GOLDEN_HOST } from './route.ts';

/** What every new edge function must do on CloudFront itself, before it is published. */

const NAVIGATION: Values = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

const SIGNED: GoldenRequest = { host: GOLDEN_SIGNED_HOST, uri: '/', headers: NAVIGATION };

/** With salt 7 at 5,000 basis points, slot 2 is in the canary's share and slot 0 is not. */
const STABLE_VISITOR: Values = { hg_slot: '0' };
const CANARY_VISITOR: Values = { hg_slot: '2' };

const COOKIE = 'Path=/; Secure; SameSite=Lax; HttpOnly';

export const goldenCases: readonly GoldenCase[] = [
  requestCase(
    'a navigation gets the stable build',
    { uri: '/', headers: NAVIGATION, cookies: STABLE_VISITOR },
    ['"uri":"/Golden/builds/stable/index.html"', '"x-headgate-build":{"value":"stable"}'],
  ),
  requestCase(
    'a navigation in the share gets the canary, and the SPA fallback',
    { uri: '/any/page', headers: NAVIGATION, cookies: CANARY_VISITOR },
    ['"uri":"/Golden/builds/canary/index.html"'],
  ),
  requestCase(
    'a file follows its page to a kept build',
    { uri: '/a+b.json', cookies: { hg_build: 'kept' } },
    ['"uri":"/Golden/builds/kept/a%2Bb.json"'],
  ),
  requestCase(
    'a file can leave neither the app nor the builds that the route names',
    { uri: '/../x/%2e%2e/a.json', cookies: { hg_build: 'other' } },
    ['"uri":"/Golden/builds/stable/a.json"'],
  ),
  requestCase('a pooled file comes from the pool', { uri: '/assets/a.js' }, [
    '"uri":"/Golden/pool/assets/a.js"',
  ]),
  requestCase('an excluded file comes from the build', { uri: '/assets/config.json' }, [
    '"uri":"/Golden/builds/stable/assets/config.json"',
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
    'leaving a preview clears its cookies',
    { uri: '/', query: { override_build_number: 'off' } },
    ['"statusCode":302', '"hg_preview":{', '"hg_preview_build":{', '; Max-Age=0'],
  ),
  requestCase(
    'a preview cookie is followed',
    { uri: '/', headers: NAVIGATION, cookies: { hg_preview: 'next' } },
    ['"uri":"/Golden/builds/next/index.html"'],
  ),
  requestCase(
    'a preview cookie of a barred build is not',
    { uri: '/', headers: NAVIGATION, cookies: { hg_slot: '0', hg_preview: 'barred' } },
    ['"uri":"/Golden/builds/stable/index.html"'],
  ),
  requestCase(
    'a preview of a barred build is refused',
    { uri: '/', query: { override_build_number: 'barred' } },
    ['"statusCode":400', 'no-store'],
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

/** On top of the others, for bundles that have the feature. */
const featureCases: Readonly<Partial<Record<EdgeFeature, readonly GoldenCase[]>>> = {
  signed: [
    requestCase(
      'a signed preview is followed: its mac is what the keys make of it',
      { ...SIGNED, cookies: { hg_slot: '0', hg_preview: GOLDEN_PREVIEW } },
      ['"uri":"/Golden/builds/next/index.html"'],
    ),
    requestCase(
      'a forged one is not',
      { ...SIGNED, cookies: { hg_slot: '0', hg_preview: forge(GOLDEN_PREVIEW) } },
      ['"uri":"/Golden/builds/stable/index.html"'],
    ),
    requestCase(
      'a signed link goes on to the clean URL',
      { ...SIGNED, query: { override_build_number: GOLDEN_PREVIEW } },
      ['"statusCode":302', '"hg_preview":{', '"hg_preview_build":{"value":"next"', '; Max-Age='],
    ),
    requestCase(
      'a forged link is refused',
      {
        ...SIGNED,
        query: { override_build_number: forge(GOLDEN_PREVIEW) },
      },
      ['"statusCode":400'],
    ),
  ],
  pinned: [
    requestCase('a pinned file is of its build', { uri: '/_headgate/b/kept/a.js' }, [
      '"uri":"/Golden/builds/kept/a.js"',
    ]),
    requestCase(
      'a file of a build that is not served is not there',
      { uri: '/_headgate/b/other/a.js' },
      ['"statusCode":404'],
    ),
  ],
  origins: [
    // Where CloudFront sends it, TestFunction doesn't say; that the function may ask for it, it does.
    requestCase(
      'a whole origin has its own paths',
      { uri: '/page', headers: NAVIGATION, cookies: { hg_preview: 'elsewhere' } },
      ['"uri":"/v2/page"', '"x-headgate-build":{"value":"elsewhere"}'],
    ),
  ],
  untrusted: [
    requestCase(
      'an untrusted build lies elsewhere',
      { uri: '/a.js', cookies: { hg_preview: 'pr-1' } },
      ['"uri":"/Golden/untrusted/builds/pr-1/a.js"'],
    ),
  ],
  adopted: [
    requestCase(
      "a file follows an earlier set-up's page",
      { uri: '/a.js', cookies: { 'Build-Number': 'kept' } },
      ['"uri":"/Golden/builds/kept/a.js"'],
    ),
  ],
  beacon: [
    requestCase(
      'a report of a page is taken, and answered with nothing',
      { uri: '/_headgate/errors', query: { k: 'e' }, cookies: CANARY_VISITOR },
      ['"statusCode":204', 'no-store'],
    ),
  ],
  gate: [
    requestCase(
      'a held navigation gets the waiting page, in every spelling of its path',
      { uri: '/GATED/%2e/x', headers: NAVIGATION, cookies: STABLE_VISITOR },
      ['"uri":"/Golden/pages/waiting.html"', '"x-headgate-gate":{"value":"429 30"}'],
    ),
    requestCase(
      'a held request for data is refused',
      { uri: '/gated/a.json', cookies: STABLE_VISITOR },
      ['"statusCode":429', '"x-headgate-gate":{"value":"wait"}', '"retry-after":{', 'no-store'],
    ),
    requestCase(
      'a visitor in the share passes, with a session',
      { uri: '/gated/a.json', cookies: CANARY_VISITOR },
      ['"uri":"/Golden/builds/stable/gated/a.json"', '"x-headgate-gate":{"value":"1~s~golden~2~'],
    ),
    requestCase(
      'an admitted visitor passes',
      { uri: '/gated/a.json', cookies: { hg_slot: '0', '__Host-hg_admit': GOLDEN_SESSION } },
      ['"uri":"/Golden/builds/stable/gated/a.json"'],
    ),
    requestCase(
      'a forged session is held',
      { uri: '/gated/a.json', cookies: { hg_slot: '0', '__Host-hg_admit': forge(GOLDEN_SESSION) } },
      ['"statusCode":429'],
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

/** The same with another last character. */
function forge(token: string): string {
  return token.slice(0, -1) + (token.slice(-1) === 'A' ? 'Q' : 'A');
}
