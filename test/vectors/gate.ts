import type { Gate, Route } from '../../edge/contract/route.ts';
import { route } from './edge.ts';
import type { EdgeRequest, Values } from './edge.ts';
import { NOW, oddTokens, OLDER_PREVIEW, PREVIEW, refusedTokens, sign } from './tokens.ts';

/** Spellings that try to get round the gate or off the site, and what the gate does with whom. */

export const gate: Gate = {
  paths: ['/shop/*', '/api/checkout/*', '/Account', '/a;b/*', '/*/private/?.json'],
  except: ['/shop/public/*'],
  open: 1,
  rate: 0,
  salt: 11,
  priority: 'hg_priority',
  since: 3,
  bypass: ['x-probe'],
  page: '/waiting/index.html',
  status: 429,
  idle: 1800,
  cap: 43_200,
};

/** Every one reaches a protected path on some server, and so none may pass. */
export const protectedSpellings: readonly string[] = [
  '/shop/',
  '/shop/cart',
  '/shop',
  '/shop/index.html',
  '/shop/public',
  '/SHOP/cart',
  '/sHoP/cart',
  '/Shop/Cart/',
  '//shop/cart',
  '///shop///cart',
  '/./shop/cart',
  '/shop/./cart',
  '/x/../shop/cart',
  '/../shop/cart',
  '/x/y/../../shop/cart',
  '/%73hop/cart',
  '/%53hop/cart',
  '/s%68op/cart',
  '/%73%68%6f%70/cart',
  '/%73%68%6F%70/%63art',
  '/shop%2fcart',
  '/shop%2Fcart',
  '/%2fshop/cart',
  '/%2e/shop/cart',
  '/%2E%2e/shop/cart',
  '/x/%2e%2e/shop/cart',
  '/x/.%2e/shop/cart',
  '/x%2f..%2fshop/cart',
  '/%2573hop/cart',
  '/%252573hop/cart',
  '/%25%37%33hop/cart',
  '/%2573hop/%25zz',
  '/shop%252fcart',
  '/x/%252e%252e/shop/cart',
  '/shop./cart',
  '/shop../cart',
  '/shop%2e/cart',
  '/shop%20/cart',
  '/shop.%20./cart',
  '/shop;jsessionid=1/cart',
  '/shop;/cart',
  '/;x/shop/cart',
  '/shop%3b/cart',
  '/x/..;/shop/cart',
  '/shop%3F/cart',
  '/shop%23/cart',
  '/shop%253Fx/cart',
  '/shop%25253bx/cart',
  '/shop%252523/cart',
  '/shop%3b%252f../cart',
  '/x%3b%25252f..%25252fshop/cart',
  '/x/..%25253b/shop/cart',
  '/x/..%20/shop/cart',
  // The long s and the Kelvin sign, which some servers fold.
  '/%C5%BFhop/cart',
  '/%C5%BFHOP/cart',
  '/api/chec%E2%84%AAout/1',
  '/shop%255c/cart',
  '/x/%255c..%255c../shop/cart',
  '/shop/public/../cart',
  '/shop/public/%2e%2e/cart',
  '/shop/public/..;/cart',
  '/shop/public/%252e%252e/cart',
  '/shop/public/..%252fcart',
  '/shop/PUBLIC/terms',
  '/SHOP/public/terms',
  '/shop/public./terms',
  '/shop/public;x/terms',
  '/API/checkout/1',
  '/api/%63heckout/1',
  '/api//checkout/1',
  '/account',
  '/Account/',
  '/account/index.html',
  '/Account/INDEX.HTML',
  '/account.',
  '/a;b/c',
  '/A;B/c',
  '/x/private/1.json',
  '/x/y/private/A.JSON',
  // So long that a careless pattern would fail, and a fault would open the gate.
  `/shop${'.'.repeat(7000)}/cart`,
  `/x/../shop/${'a/'.repeat(3500)}!`,
  `/shop/${'.;'.repeat(3500)}`,
  '/100%25',
  '/x/%25zz',
  '/_headgate/b/1042/shop/data.json',
  '/_headgate/b/1042/SHOP/data.json',
  '/_headgate/b/1042/%2573hop/data.json',
  '/%5fheadgate/b/1042//shop/data.json',
  '/_headgate/b/1042/shop/public/..;/data.json',
];

/** Not the gate's business. */
export const openPaths: readonly string[] = [
  '/',
  '',
  '/cart',
  '/shopping/cart',
  '/workshop/cart',
  '/x/shop/cart',
  '/shop-2/cart',
  '/shop.txt',
  '/shop/public/',
  '/shop/public/terms',
  '/shop/public/a/b.html',
  '/shop/public/index.html',
  '/%73hop/public/terms',
  '/shop/x/../public/terms',
  '/accounts',
  '/account/x',
  '/api/checkout-2',
  '/a/c',
  '/caf%C3%A9/%E5%BA%97',
  '/v1.2/a.b,c(d);x',
  '/private/1.json',
  '/x/private/12.json',
];

/** Paths and queries that try to make the redirect of a preview leave the site. */
export const redirectSpellings: readonly (readonly [path: string, query?: string])[] = [
  ['//evil.example'],
  ['///evil.example'],
  ['////evil.example/x'],
  ['/%2fevil.example'],
  ['/%2Fevil.example'],
  ['/%2f%2fevil.example'],
  ['%2f%2fevil.example'],
  ['/%2f/evil.example'],
  ['/./evil.example'],
  ['/.//evil.example'],
  ['/..//evil.example'],
  ['/../evil.example'],
  ['/x/..//evil.example'],
  ['/x/../%2fevil.example'],
  ['/%2e/%2fevil.example'],
  ['/%2e%2e//evil.example'],
  ['/\\evil.example'],
  ['\\\\evil.example'],
  ['/\\/evil.example'],
  ['/%5cevil.example'],
  ['/%5c%5cevil.example'],
  ['/%5Cevil.example'],
  ['//%5cevil.example'],
  ['/%09/evil.example'],
  ['/%0a/evil.example'],
  ['/%0d%0alocation:%20https://evil.example'],
  ['/%00/evil.example'],
  ['/\t/evil.example'],
  ['/%20//evil.example'],
  ['//user@evil.example'],
  ['//shop.example.com@evil.example'],
  ['//evil.example:443/'],
  ['//evil.example%2f..'],
  ['//evil%E3%80%82example'],
  ['/%E3%80%82evil.example'],
  ['/https://evil.example'],
  ['https://evil.example/'],
  ['https:evil.example'],
  ['javascript:alert(1)'],
  ['/;//evil.example'],
  ['/?//evil.example'],
  ['/#//evil.example'],
  ['/%252f%252fevil.example'],
  ['/%255cevil.example'],
  ['/', '//evil.example'],
  ['/', 'url=https://evil.example'],
  ['/', '@evil.example'],
  ['/', '\\evil.example'],
  ['/', 'x&override_build_number=//evil.example'],
];

/** See `RequestVector`; the clock shows NOW, and the keys of shop in prod are there. */
export interface GateVector {
  readonly name: string;
  readonly route: Route;
  readonly request: EdgeRequest & { readonly method?: string };
  /** Cookies that are sent a second time. */
  readonly doubled?: Values;
  /**
   * The URI at the origin, then what viewer-response is told: `429 30` or `session <fields> <seconds>`.
   * Or for an answer its status, then the location, the gate's header, and `Set-Cookie`s.
   */
  readonly expect: string;
}

const gated = (change: Partial<Gate> = {}): Route => ({ ...route, gate: { ...gate, ...change } });
const signed: Route = { ...route, preview: 'signed' };
/** An environment without keys. */
const keyless = (change: Partial<Gate>): Route => ({ ...gated(change), env: 'keyless' });

const STABLE = '/shop/builds/1042';
const PREVIEWED = '/shop/builds/1050/index.html';
const HELD = '/shop/pages/waiting/index.html 429 30';
const REFUSED = '429 wait';
const NAVIGATE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const FETCH = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
const OUT = { hg_slot: '0' };

const navigation = (path: string, cookies: Values = {}, query = ''): EdgeRequest => ({
  path,
  query,
  headers: NAVIGATE,
  cookies: { ...OUT, ...cookies },
});
const fetching = (path: string, cookies: Values = {}): EdgeRequest => ({
  path,
  headers: FETCH,
  cookies: { ...OUT, ...cookies },
});

const session = (started: number, expiry = NOW + 60): Values => ({
  '__Host-hg_admit': sign({ kind: 's', fields: ['5', String(started)], expiry }),
});
const PRIORITY = { hg_priority: sign({ kind: 'v', fields: ['3', 'ada'], expiry: NOW + 60 }) };
const REVOKED = { hg_priority: sign({ kind: 'v', fields: ['2', 'ada'], expiry: NOW + 60 }) };

type Row = readonly [
  name: string,
  request: GateVector['request'],
  expect: string,
  doubled?: Values,
];

const on = (stored: Route, rows: readonly Row[]): GateVector[] =>
  rows.map(([name, request, expect, doubled = {}]) => ({
    name,
    route: stored,
    request,
    expect,
    doubled,
  }));

const closed = on(gated(), [
  ['held: a page', navigation('/shop/cart'), HELD],
  ['held: headers of a page', { ...navigation('/shop/cart'), method: 'HEAD' }, HELD],
  ['held: a fetch', fetching('/shop/cart.json'), REFUSED],
  ['held: a form', { ...navigation('/shop/cart'), method: 'POST' }, REFUSED],
  [
    'held: a service worker',
    { path: '/shop/sw.js', headers: { ...FETCH, 'sec-fetch-dest': 'script' }, cookies: OUT },
    REFUSED,
  ],
  ['held: a pinned file', fetching('/_headgate/b/1042/shop/data.json'), REFUSED],
  ['held: before a preview', navigation('/shop/cart', { hg_preview: '1050' }), HELD],
  ['free: elsewhere', navigation('/cart'), `${STABLE}/index.html`],
  ['free: an exception', fetching('/shop/public/a.json'), `${STABLE}/shop/public/a.json`],
  ['free: reserved paths', navigation('/_headgate/other'), '404'],
  [
    'free: a header of the policy',
    { path: '/shop/cart', headers: { ...NAVIGATE, 'x-probe': '' } },
    `${STABLE}/index.html`,
  ],
  [
    'a header of the gate is stripped',
    { path: '/cart', headers: { ...NAVIGATE, 'x-headgate-gate': '200 1' } },
    `${STABLE}/index.html`,
  ],
  [
    'a visitor tells nothing',
    { path: '/shop/public/a', headers: { ...FETCH, 'x-headgate-gate': 'a~b 1' } },
    `${STABLE}/shop/public/a`,
  ],
  ['priority', navigation('/shop/cart', PRIORITY), `${STABLE}/index.html`],
  [
    'priority on a pinned file',
    fetching('/_headgate/b/1041/shop/a.json', PRIORITY),
    '/shop/builds/1041/shop/a.json',
  ],
  [
    'priority twice: the first',
    navigation('/shop/cart', PRIORITY),
    `${STABLE}/index.html`,
    REVOKED,
  ],
  ['priority twice: the first, revoked', navigation('/shop/cart', REVOKED), HELD, PRIORITY],
  ['priority, revoked', navigation('/shop/cart', REVOKED), HELD],
  [
    'priority in another cookie',
    navigation('/shop/cart', { '__Host-hg_admit': PRIORITY.hg_priority }),
    HELD,
  ],
  [
    'a session',
    navigation('/shop/cart', session(NOW - 9)),
    `${STABLE}/index.html session 5~${NOW - 9} 1800`,
  ],
  [
    'a session of a fetch',
    fetching('/shop/a.json', session(NOW - 9)),
    `${STABLE}/shop/a.json session 5~${NOW - 9} 1800`,
  ],
  [
    'a session near its cap',
    navigation('/shop/cart', session(NOW - 43_100)),
    `${STABLE}/index.html session 5~${NOW - 43_100} 100`,
  ],
  ['a session at its cap', navigation('/shop/cart', session(NOW - 43_200)), HELD],
  ['a session that was idle', navigation('/shop/cart', session(NOW - 1900, NOW)), HELD],
  [
    'a session twice: the first',
    navigation('/shop/cart', session(NOW - 43_200)),
    HELD,
    session(NOW),
  ],
  [
    "a session that is young isn't signed again",
    navigation('/shop/cart', session(NOW - 9, NOW + 1621)),
    `${STABLE}/index.html`,
  ],
  [
    'a session of a tenth of its idle time is',
    navigation('/shop/cart', session(NOW - 9, NOW + 1620)),
    `${STABLE}/index.html session 5~${NOW - 9} 1800`,
  ],
  [
    "a young session near its cap isn't either",
    navigation('/shop/cart', session(NOW - 43_100, NOW + 100)),
    `${STABLE}/index.html`,
  ],
  [
    'a session in the cookie of priority',
    navigation('/shop/cart', { hg_priority: session(NOW)['__Host-hg_admit'] ?? '' }),
    HELD,
  ],
]);

const opened = [
  ...on(gated({ rate: 10_000 }), [
    ['open: a page', navigation('/shop/cart'), `${STABLE}/index.html session 0~${NOW} 1800`],
    [
      'open: a form',
      { ...navigation('/shop/cart'), method: 'POST' },
      `${STABLE}/index.html session 0~${NOW} 1800`,
    ],
    ['open: elsewhere', navigation('/cart'), `${STABLE}/index.html`],
    [
      'open: a session goes on',
      navigation('/shop/cart', session(NOW - 9)),
      `${STABLE}/index.html session 5~${NOW - 9} 1800`,
    ],
  ]),
  ...on(gated({ rate: 10_000, open: 0 }), [
    ['shut: a page', navigation('/shop/cart'), HELD],
    ['shut: priority', navigation('/shop/cart', PRIORITY), `${STABLE}/index.html`],
    [
      'shut: a session',
      navigation('/shop/cart', session(NOW)),
      `${STABLE}/index.html session 5~${NOW} 1800`,
    ],
  ]),
  ...on(gated({ status: 200, page: '/a+b.html' }), [
    ['held with another status', navigation('/shop/cart'), '/shop/pages/a%2Bb.html 200 30'],
  ]),
];

const withoutKeys = [
  ...on(keyless({ until: NOW + 1 }), [
    ['no keys yet: a presented token', navigation('/shop/cart', PRIORITY), `${STABLE}/index.html`],
    ['no keys yet: no token', navigation('/shop/cart'), HELD],
  ]),
  ...on(keyless({ until: NOW }), [
    ['no keys any more: a presented token', navigation('/shop/cart', PRIORITY), HELD],
  ]),
  ...on(keyless({ rate: 10_000 }), [
    ['no keys: the lottery', navigation('/shop/cart'), `${STABLE}/index.html`],
  ]),
];

const start = (token: string) => navigation('/cart', {}, `a=1&override_build_number=${token}`);
const shown = (token: string) => navigation('/', { hg_preview: token });
const QUARANTINED = sign({ kind: 'p', fields: ['666'], expiry: NOW + 60 });
const started = (token: string, build: string) =>
  `302 /cart?a=1 hg_preview=${token} for 60 hg_preview_build=${build} for 60 readable`;

const previews = [
  ...on(signed, [
    ['preview: a link', start(PREVIEW), started(PREVIEW, '1050')],
    ['preview: a link of the older key', start(OLDER_PREVIEW), started(OLDER_PREVIEW, '1050')],
    ['preview: a link to a quarantined build', start(QUARANTINED), started(QUARANTINED, '666')],
    ['preview: a plain number', start('1050'), '400'],
    ['preview: nothing', start(''), '400'],
    [
      'preview: off',
      start('off'),
      '302 /cart?a=1 hg_preview=off for 0 hg_preview_build=off for 0 readable',
    ],
    ['preview: a page', shown(PREVIEW), PREVIEWED],
    ['preview: a page by the older key', shown(OLDER_PREVIEW), PREVIEWED],
    ['preview: a page of a quarantined build', shown(QUARANTINED), '/shop/builds/666/index.html'],
    [
      'preview: the cookie twice: the first',
      shown(PREVIEW),
      PREVIEWED,
      { hg_preview: OLDER_PREVIEW },
    ],
    ['preview: a plain number in the cookie', shown('1050'), `${STABLE}/index.html`],
    ['preview: a file', fetching('/a.js', { hg_preview: PREVIEW }), '/shop/builds/1050/a.js'],
    [
      'preview: a pinned file',
      fetching('/_headgate/b/1050/a.js', { hg_preview: PREVIEW }),
      '/shop/builds/1050/a.js',
    ],
    [
      'preview: a pinned file of another build',
      fetching('/_headgate/b/1051/a.js', { hg_preview: PREVIEW }),
      '404',
    ],
    ['preview: a pinned file without it', fetching('/_headgate/b/1050/a.js'), '404'],
  ]),
  ...on({ ...signed, env: 'keyless' }, [
    ['preview: a link without keys', start(PREVIEW), '400'],
    ['preview: a page without keys', shown(PREVIEW), `${STABLE}/index.html`],
  ]),
  ...on({ ...signed, preview: 'off' }, [
    ['preview: a link while they are off', start(PREVIEW), `${STABLE}/index.html`],
    ['preview: a page while they are off', shown(PREVIEW), `${STABLE}/index.html`],
  ]),
  ...on(
    signed,
    [...refusedTokens, ...oddTokens].map(({ name, text }) => [
      `token: ${name}`,
      shown(text),
      `${STABLE}/index.html`,
    ]),
  ),
];

export const gateVectors: readonly GateVector[] = [
  ...closed,
  ...opened,
  ...withoutKeys,
  ...on(
    gated(),
    protectedSpellings.map((path) => [`spelling: ${path}`, fetching(path), REFUSED]),
  ),
  ...on(
    gated(),
    openPaths.map((path) => [`free: ${path}`, { ...fetching(path), method: 'PUT' }, 'free']),
  ),
  ...previews,
];
