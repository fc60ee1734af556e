import type { EdgeFeature } from '../../edge/contract/features.ts';
import type { Floor, Route } from '../../edge/contract/route.ts';

/**
 * What the edge does, case by case, in no runtime's words. The same table runs against the core,
 * against the bundles in node:vm, and against the unmodified bundles in njs.
 */
export interface RequestVector {
  readonly name: string;
  /** Runs only in bundles that are composed of all of these; absent: in all. */
  readonly features?: readonly EdgeFeature[];
  /** The stored value; undefined: the key is missing. */
  readonly stored?: string | undefined;
  /** Reads that fail before one succeeds. */
  readonly failures?: number;
  readonly floor?: Floor;
  readonly request: EdgeRequest;
  /**
   * The URI at the origin; or for an answer its status, then the location, `Set-Cookie`s as
   * `name=value`, and the JSON body, as far as it has them.
   */
  readonly expect: string;
  /** What the edge logs; absent: nothing. */
  readonly line?: string;
}

export interface EdgeRequest {
  readonly path: string;
  readonly query?: string;
  readonly headers?: Values;
  readonly cookies?: Values;
  /** Second values of headers and cookies that were sent twice. */
  readonly doubled?: Values;
  readonly requestId?: string;
  readonly ip?: string;
}

export interface ResponseVector {
  readonly name: string;
  readonly request: EdgeRequest;
  readonly status?: number;
  readonly headers: Values;
  /** Headers named by us and cookies set, in the order build, noindex, hg_build, hg_slot. */
  readonly expect: string;
  /** The build that a bundle with sessions writes into hg_session, at `NOW`. */
  readonly session?: string;
}

export type Values = Readonly<Record<string, string>>;

export const HOST = 'shop.example.com';

/** Seconds; the functions' clocks are set to it. In base 36: tlpwu8. */
export const NOW = 1_790_000_000;

export const route: Route = {
  v: 1,
  gen: 57,
  app: 'shop',
  env: 'prod',
  spa: 1,
  stable: ['1042', '00000000000000aa'],
  canary: { build: ['1043', '00000000000000bb'], weight: 2500, salt: 7 },
  kept: [
    ['1041', '00000000000000cc'],
    ['1040', '00000000000000dd'],
  ],
  barred: ['666'],
  pool: {
    include: ['/assets/*', '/fonts/??.woff2'],
    exclude: ['/assets/config.json', '/assets/raw/*'],
  },
  preview: 'open',
};

export const floor: Floor = ['shop', 'prod', 'us-east-1', '1039'];

const site: Route = { ...route, spa: 0 };
export const quiet: Route = { ...route, preview: 'off' };

// With salt 7: slot 8 draws 827, slot 0 draws 7950; request id `c` draws 1106, `a` draws 8936.
export const IN = { hg_slot: '8' };
export const OUT = { hg_slot: '0' };

export const NAVIGATE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
export const SCRIPT = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script', accept: '*/*' };
export const WORKER = { 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'serviceworker' };
export const STABLE = '/shop/builds/1042';
export const CANARY = '/shop/builds/1043';

export const navigation = (path: string, cookies: Values = OUT, query = ''): EdgeRequest => ({
  path,
  query,
  headers: NAVIGATE,
  cookies,
});
export const file = (path: string, cookies: Values = {}, query = ''): EdgeRequest => ({
  path,
  query,
  headers: SCRIPT,
  cookies,
});

export type Row = readonly [name: string, request: EdgeRequest, expect: string];

export const on = (
  stored: Route,
  rows: readonly Row[],
  features: readonly EdgeFeature[] = [],
): RequestVector[] =>
  rows.map(([name, request, expect]) => ({
    name,
    features,
    stored: JSON.stringify(stored),
    floor,
    request,
    expect,
  }));

const pages: readonly Row[] = [
  ['the root', navigation('/'), `${STABLE}/index.html`],
  ['an empty path', navigation(''), `${STABLE}/index.html`],
  ['the root, not as a navigation', file('/'), `${STABLE}/index.html`],
  ['a deep link', navigation('/cart/items'), `${STABLE}/index.html`],
  ['a deep link with a slash', navigation('/cart/'), `${STABLE}/index.html`],
  ['a deep link that ends in a version', navigation('/release/1.2'), `${STABLE}/index.html`],
  ['a deep link with a dot further up', navigation('/v1.x/cart'), `${STABLE}/index.html`],
  ['a page by its name', navigation('/about.html'), `${STABLE}/about.html`],
  ['a navigation to a file', navigation('/terms.pdf'), `${STABLE}/terms.pdf`],
  ['an extension that begins with a digit', navigation('/a.7z'), `${STABLE}/a.7z`],
  ['an extension in capitals', navigation('/TERMS.PDF'), `${STABLE}/TERMS.PDF`],
  [
    'a deep link that ends in a letter beyond ASCII',
    navigation('/a.%C5%BF'),
    `${STABLE}/index.html`,
  ],
  ['a missing script is never HTML', file('/chunk.js'), `${STABLE}/chunk.js`],
  ['a fetch without an extension', file('/api/cart'), `${STABLE}/api/cart`],
  ['a folder, not as a navigation', file('/docs/'), `${STABLE}/docs/index.html`],
  [
    'an old browser, by Accept',
    { path: '/cart', headers: { accept: 'text/html,application/xhtml+xml' } },
    `${STABLE}/index.html`,
  ],
  [
    'a client that accepts anything',
    { path: '/cart', headers: { accept: '*/*' } },
    `${STABLE}/cart`,
  ],
  ['a client that says nothing', { path: '/cart' }, `${STABLE}/cart`],
  [
    'a fetch that accepts HTML',
    { path: '/part', headers: { ...SCRIPT, accept: 'text/html' } },
    `${STABLE}/part`,
  ],
  [
    'a frame',
    {
      path: '/widget',
      headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      cookies: OUT,
    },
    `${STABLE}/index.html`,
  ],
  ['a query stays out of the key', navigation('/cart', OUT, 'a=1&b'), `${STABLE}/index.html`],
];

const sitePages: readonly Row[] = [
  ['a site has its own folders', navigation('/docs/'), `${STABLE}/docs/index.html`],
  ['a site has no fallback', navigation('/docs'), `${STABLE}/docs`],
  ['the root of a site', navigation('/'), `${STABLE}/index.html`],
  ['a folder reached by dots', navigation('/docs/..'), `${STABLE}/index.html`],
];

const draws: readonly Row[] = [
  ['a slot in the share', navigation('/', IN), `${CANARY}/index.html`],
  ['a slot outside the share', navigation('/', OUT), `${STABLE}/index.html`],
  [
    'a first visit in the share',
    { path: '/', headers: NAVIGATE, requestId: 'c' },
    `${CANARY}/index.html`,
  ],
  [
    'a first visit outside it',
    { path: '/', headers: NAVIGATE, requestId: 'a' },
    `${STABLE}/index.html`,
  ],
  [
    'a slot that is no number is drawn again',
    { ...navigation('/', { hg_slot: '8x' }), requestId: 'a' },
    `${STABLE}/index.html`,
  ],
  [
    'a slot over the end is drawn again',
    { ...navigation('/', { hg_slot: '1048576' }), requestId: 'c' },
    `${CANARY}/index.html`,
  ],
  [
    'a crawler gets stable',
    {
      ...navigation('/', IN),
      headers: { ...NAVIGATE, 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' },
    },
    `${STABLE}/index.html`,
  ],
  [
    'a crawler with a capital',
    { ...navigation('/', IN), headers: { ...NAVIGATE, 'user-agent': 'AhrefsBot/7.0' } },
    `${STABLE}/index.html`,
  ],
  ['a file draws nothing', file('/app.js', IN), `${STABLE}/app.js`],
  [
    'a file without cookies draws nothing',
    { path: '/app.js', headers: SCRIPT, requestId: 'c' },
    `${STABLE}/app.js`,
  ],
  [
    'a navigation ignores the page cookie',
    navigation('/', { ...OUT, hg_build: '1043' }),
    `${STABLE}/index.html`,
  ],
  [
    'a service worker is drawn like a navigation',
    { path: '/sw.js', headers: WORKER, cookies: { ...IN, hg_build: '1041' } },
    `${CANARY}/sw.js`,
  ],
  [
    'a service worker leaves a build that is only kept',
    { path: '/sw.js', headers: WORKER, cookies: { ...OUT, hg_build: '1041' } },
    `${STABLE}/sw.js`,
  ],
];

const followers: readonly Row[] = [
  ['a file of a canary page', file('/app.js', { hg_build: '1043' }), `${CANARY}/app.js`],
  ['a file of a stable page', file('/app.js', { ...IN, hg_build: '1042' }), `${STABLE}/app.js`],
  ['a file of a kept page', file('/app.js', { hg_build: '1040' }), '/shop/builds/1040/app.js'],
  ['a file of a page no longer kept', file('/app.js', { hg_build: '1038' }), `${STABLE}/app.js`],
  [
    'a page cookie with a path in it',
    file('/app.js', { hg_build: '../other' }),
    `${STABLE}/app.js`,
  ],
  [
    'a preview cookie with a letter beyond ASCII',
    file('/app.js', { hg_preview: '\u017f1' }),
    `${STABLE}/app.js`,
  ],
  [
    'a preview cookie with a line break',
    file('/app.js', { hg_preview: '1043\n' }),
    `${STABLE}/app.js`,
  ],
  ['an empty page cookie', file('/app.js', { hg_build: '' }), `${STABLE}/app.js`],
];

export const barredButKept: Route = { ...route, kept: [['666', '00000000000000ee']] };
const quarantine: readonly Row[] = [
  [
    'open pages of a barred build keep their files',
    file('/a.js', { hg_build: '666' }),
    '/shop/builds/666/a.js',
  ],
  ['navigations leave it', navigation('/', { ...OUT, hg_build: '666' }), `${STABLE}/index.html`],
  [
    'a preview cookie of it is ignored',
    navigation('/', { ...OUT, hg_preview: '666' }),
    `${STABLE}/index.html`,
  ],
  [
    'a service worker leaves it',
    { path: '/sw.js', headers: WORKER, cookies: { ...OUT, hg_build: '666' } },
    `${STABLE}/sw.js`,
  ],
];

const pooled: readonly Row[] = [
  ['a pooled file', file('/assets/app-1a2b.js'), '/shop/pool/assets/app-1a2b.js'],
  [
    'a pooled file of any page',
    file('/assets/a.js', { hg_build: '1040' }),
    '/shop/pool/assets/a.js',
  ],
  ['a pooled navigation', navigation('/assets/logo.svg'), '/shop/pool/assets/logo.svg'],
  ['question marks of a pattern', file('/fonts/ab.woff2'), '/shop/pool/fonts/ab.woff2'],
  ['one character too many', file('/fonts/abc.woff2'), `${STABLE}/fonts/abc.woff2`],
  ['a dot of a pattern is a dot', file('/fonts/ab_woff2'), `${STABLE}/fonts/ab_woff2`],
  [
    'an exclude',
    file('/assets/config.json', { hg_build: '1041' }),
    '/shop/builds/1041/assets/config.json',
  ],
  ['another exclude', file('/assets/raw/a.js'), `${STABLE}/assets/raw/a.js`],
  ['a star is no character, too', file('/assets/'), '/shop/pool/assets/'],
  ['the pattern begins at the root', file('/x/assets/a.js'), `${STABLE}/x/assets/a.js`],
  ['patterns know capitals', file('/Assets/a.js'), `${STABLE}/Assets/a.js`],
  ['an encoded exclude', file('/assets/config%2Ejson'), `${STABLE}/assets/config.json`],
  ['a way round into the pool', file('/x/../assets/a+b.js'), '/shop/pool/assets/a%2Bb.js'],
];

const paths: readonly Row[] = [
  ['a plus', file('/a+b.js'), `${STABLE}/a%2Bb.js`],
  ['an encoded plus', file('/a%2Bb.js'), `${STABLE}/a%2Bb.js`],
  ['a space', file('/a%20b.js'), `${STABLE}/a%20b.js`],
  ['an encoded letter', file('/%61.js'), `${STABLE}/a.js`],
  ['letters beyond ASCII', file('/caf%C3%A9.js'), `${STABLE}/caf%C3%A9.js`],
  ['an encoded percent sign stays one', file('/100%25.js'), `${STABLE}/100%25.js`],
  ['dots encoded twice are a name', file('/%252e%252e/a.js'), `${STABLE}/%252e%252e/a.js`],
  ['a question mark in a name', file('/a%3Fb.js'), `${STABLE}/a%3Fb.js`],
  ['a hash in a name', file('/a%23b.js'), `${STABLE}/a%23b.js`],
  ['two slashes', file('//a.js'), `${STABLE}/a.js`],
  ['slashes in the middle', file('/a///b.js'), `${STABLE}/a/b.js`],
  ['dot segments', file('/a/./b/../c.js'), `${STABLE}/a/c.js`],
  ['up over the root', file('/../../other/builds/1/a.js'), `${STABLE}/other/builds/1/a.js`],
  ['encoded dots', file('/a/%2e%2E/%2e/b.js'), `${STABLE}/b.js`],
  ['half-encoded dots', file('/a/.%2e/b.js'), `${STABLE}/b.js`],
  ['encoded slashes', file('/a%2f..%2F..%2fb.js'), `${STABLE}/b.js`],
  ['three dots are a name', file('/.../a.js'), `${STABLE}/.../a.js`],
  ['a backslash', file('/a\\..\\b.js'), '400'],
  ['an encoded backslash', file('/..%5c..%5cb.js'), '400'],
  ['a NUL', file('/a%00.js'), '400'],
  ['a line break', file('/a%0d%0ab.js'), '400'],
  ['a lone percent sign', file('/100%.js'), '400'],
  ['a broken escape', navigation('/%zz'), '400'],
  ['bytes that are not UTF-8', file('/%ff.js'), '400'],
  ['slashes in more bytes than they need', file('/..%c0%afa.js'), '400'],
];

const reserved: readonly Row[] = [
  [
    'which build a page has',
    file('/_headgate/build', { hg_build: '1043' }),
    '200 {"app":"shop","environment":"prod","build":"1043","generation":57,"barred":["666"],"kept":["1041","1040"]}',
  ],
  [
    'which build a navigation gets',
    navigation('/_headgate/build', IN),
    '200 {"app":"shop","environment":"prod","build":"1043","generation":57,"barred":["666"],"kept":["1041","1040"]}',
  ],
  [
    'which build is previewed',
    file('/_headgate/build', { hg_preview: '1050' }),
    '200 {"app":"shop","environment":"prod","build":"1050","generation":57,"barred":["666"],"kept":["1041","1040"]}',
  ],
  ['other reserved paths', file('/_headgate/other'), '404'],
  ['the reserved folder', navigation('/_headgate/'), '404'],
  ['the reserved name', navigation('/_headgate'), '404'],
  ['the reserved path, encoded', file('/%5fheadgate/x'), '404'],
  ['a name that only begins like it', file('/_headgates/a.js'), `${STABLE}/_headgates/a.js`],
  [
    'reserved before a preview',
    navigation('/_headgate/x', OUT, 'override_build_number=1050'),
    '404',
  ],
  ['a manifest', file('/.headgate/manifest.json'), '404'],
  ['a manifest, encoded', file('/%2eheadgate%2fmanifest.json'), '404'],
  ['a manifest as a navigation', navigation('/.headgate/'), '404'],
  ['a manifest through dots', file('/a/../.headgate/manifest.json'), '404'],
  ['the same name further down', file('/docs/.headgate/a.txt'), `${STABLE}/docs/.headgate/a.txt`],
];

const previews: readonly Row[] = [
  [
    'a preview',
    navigation('/', OUT, 'override_build_number=1050'),
    '302 / hg_preview=1050 hg_preview_build=1050',
  ],
  [
    'a preview of a deep link',
    navigation('/cart/items', OUT, 'override_build_number=1050'),
    '302 /cart/items hg_preview=1050 hg_preview_build=1050',
  ],
  [
    'the rest of the query stays',
    navigation('/', OUT, 'a=%20+&override_build_number=1050&b'),
    '302 /?a=%20+&b hg_preview=1050 hg_preview_build=1050',
  ],
  [
    'the first of several counts',
    navigation('/', OUT, 'override_build_number=1&a=2&override_build_number=3'),
    '302 /?a=2 hg_preview=1 hg_preview_build=1',
  ],
  [
    'repeated parameters stay',
    navigation('/', OUT, 'a=1&override_build_number=1050&a=2'),
    '302 /?a=1&a=2 hg_preview=1050 hg_preview_build=1050',
  ],
  [
    'names that only contain it',
    navigation('/', OUT, 'x_override_build_number=1'),
    `${STABLE}/index.html`,
  ],
  [
    'leading slashes',
    navigation('//evil.example/x', OUT, 'override_build_number=1'),
    '302 /evil.example/x hg_preview=1 hg_preview_build=1',
  ],
  ['slashes and backslashes', navigation('/\\evil.example', OUT, 'override_build_number=1'), '400'],
  [
    'an encoded second slash',
    navigation('/%2fevil.example', OUT, 'override_build_number=1'),
    '302 /evil.example hg_preview=1 hg_preview_build=1',
  ],
  [
    'a line break in the path',
    navigation('/%0d%0aset-cookie:x', OUT, 'override_build_number=1'),
    '400',
  ],
  [
    'a plus in the path',
    navigation('/a+b', OUT, 'override_build_number=1'),
    '302 /a%2Bb hg_preview=1 hg_preview_build=1',
  ],
  [
    'leaving',
    navigation('/cart', { hg_preview: '1050' }, 'override_build_number=off'),
    '302 /cart hg_preview= hg_preview_build=',
  ],
  ['no number', navigation('/', OUT, 'override_build_number='), '400'],
  ['a path for a number', navigation('/', OUT, 'override_build_number=../1'), '400'],
  ['a letter beyond ASCII', navigation('/', OUT, 'override_build_number=\u017f1'), '400'],
  ['a number and a line break', navigation('/', OUT, 'override_build_number=1043\n'), '400'],
  ['an encoded number', navigation('/', OUT, 'override_build_number=10%350'), '400'],
  [
    'a number of 65 characters',
    navigation('/', OUT, `override_build_number=${'1'.repeat(65)}`),
    '400',
  ],
  [
    'a number of 64 characters',
    navigation('/', OUT, `override_build_number=${'1'.repeat(64)}`),
    `302 / hg_preview=${'1'.repeat(64)} hg_preview_build=${'1'.repeat(64)}`,
  ],
  [
    'a build with capitals',
    navigation('/', OUT, 'override_build_number=PR-7'),
    '302 / hg_preview=PR-7 hg_preview_build=PR-7',
  ],
  ['a barred build', navigation('/', OUT, 'override_build_number=666'), '400'],
  [
    'the page of a preview',
    navigation('/cart', { ...OUT, hg_preview: '1050' }),
    '/shop/builds/1050/index.html',
  ],
  [
    'a file of a preview',
    file('/app.js', { hg_build: '1042', hg_preview: '1050' }),
    '/shop/builds/1050/app.js',
  ],
  [
    'a pooled file of a preview',
    file('/assets/a.js', { hg_preview: '1050' }),
    '/shop/pool/assets/a.js',
  ],
  [
    'a broken preview cookie',
    navigation('/', { ...OUT, hg_preview: '../1' }),
    `${STABLE}/index.html`,
  ],
];

const noPreviews: readonly Row[] = [
  ['previews are off', navigation('/', OUT, 'override_build_number=1050'), `${STABLE}/index.html`],
  [
    'a barred build while they are off',
    navigation('/', OUT, 'override_build_number=666'),
    `${STABLE}/index.html`,
  ],
  [
    'a preview cookie while they are off',
    navigation('/', { ...OUT, hg_preview: '1050' }),
    `${STABLE}/index.html`,
  ],
  [
    'leaving while they are off',
    navigation('/', OUT, 'override_build_number=off'),
    '302 / hg_preview= hg_preview_build=',
  ],
];

const FLOOR_PAGE = '/shop/builds/1039/index.html';
const unreadable = (
  name: string,
  stored: string | undefined,
  cookies: Values = IN,
): RequestVector => ({
  name: `unreadable: ${name}`,
  stored,
  floor,
  request: navigation('/cart', cookies),
  expect: FLOOR_PAGE,
});
const broken = (name: string, change: object, cookies: Values = IN): RequestVector =>
  unreadable(name, JSON.stringify({ ...route, ...change }), cookies);
const lost = (name: string, request: EdgeRequest, expect: string): RequestVector => ({
  name: `fault: ${name}`,
  stored: undefined,
  floor,
  request,
  expect,
});
const cart = navigation('/cart', IN);

const faults: readonly RequestVector[] = [
  unreadable('a missing key', undefined),
  unreadable('an empty value', ''),
  unreadable('not JSON', '{"v":1,"gen":57,"app":"sh'),
  unreadable('null', 'null'),
  unreadable('a list', '[]'),
  broken('a version two ahead', { v: 3 }),
  broken('an app that leaves its prefix', { app: '../other' }),
  broken('no stable build', { stable: undefined }, OUT),
  broken('a stable build that leaves its prefix', { stable: ['../x', ''] }, OUT),
  broken('a canary that leaves its prefix', {
    canary: { build: ['a/b', ''], weight: 10_000, salt: 1 },
  }),
  broken('no pool', { pool: null }),
  {
    name: 'a version one ahead',
    stored: JSON.stringify({ ...route, v: 2 }),
    floor,
    request: cart,
    expect: `${CANARY}/index.html`,
  },
  {
    name: 'an unknown field',
    stored: JSON.stringify({ ...route, next: { rate: 1 } }),
    floor,
    request: cart,
    expect: `${CANARY}/index.html`,
  },
  {
    name: 'one failed read',
    stored: JSON.stringify(route),
    failures: 1,
    floor,
    request: cart,
    expect: `${CANARY}/index.html`,
  },
  {
    name: 'two failed reads',
    stored: JSON.stringify(route),
    failures: 2,
    floor,
    request: cart,
    expect: FLOOR_PAGE,
  },
  { name: 'no route, no floor', request: cart, expect: '503' },
  {
    name: 'no route, no floor, a file',
    request: file('/a.js', { hg_build: '1042' }),
    expect: '503',
  },
  {
    name: 'no route, a broken floor',
    floor: ['shop', 'prod', 'us-east-1', '../x'],
    request: cart,
    expect: '503',
  },
  {
    name: 'no route, and the floor of an environment with a gate',
    floor: ['shop', 'prod', 'us-east-1', '', 1],
    request: cart,
    expect: '503',
  },
  {
    name: 'no route, and the floor of an environment with a gate, a file of an open page',
    floor: ['shop', 'prod', 'us-east-1', '', 1],
    request: file('/a.js', { hg_build: '1042' }),
    expect: '503',
  },
  {
    name: 'the floor of a site',
    floor: [...floor.slice(0, 4), 0] as unknown as Floor,
    request: navigation('/docs/'),
    expect: '/shop/builds/1039/docs/index.html',
  },
  lost('a file follows its page', file('/a.js', { hg_build: '1042' }), '/shop/builds/1042/a.js'),
  lost('a file without a page', file('/a.js'), '/shop/builds/1039/a.js'),
  lost('a broken page cookie', file('/a.js', { hg_build: '../1' }), '/shop/builds/1039/a.js'),
  lost('a preview', navigation('/', { hg_preview: '1050' }), FLOOR_PAGE),
  lost('a preview begins', navigation('/', OUT, 'override_build_number=1050'), FLOOR_PAGE),
  lost(
    'leaving a preview',
    navigation('/', OUT, 'override_build_number=off'),
    '302 / hg_preview= hg_preview_build=',
  ),
  lost(
    'which build',
    file('/_headgate/build'),
    '200 {"app":"shop","environment":"prod","build":"1039","generation":0,"barred":[],"kept":[]}',
  ),
  lost('a manifest', file('/.headgate/manifest.json'), '404'),
  lost('a bad path', file('/%'), '400'),
];

export const requestVectors: readonly RequestVector[] = [
  ...on(route, pages),
  ...on(site, sitePages),
  ...on(route, draws),
  ...on(route, followers),
  ...on(barredButKept, quarantine),
  ...on(route, pooled),
  ...on(route, paths),
  ...on(route, reserved),
  ...on(route, previews),
  ...on(quiet, noPreviews),
  ...faults,
];

const html = (build: string): Values => ({
  'content-type': 'text/html; charset=utf-8',
  'x-amz-meta-headgate-build': build,
});
const visit = (cookies: Values, build?: string): EdgeRequest => ({
  path: '/',
  headers: { ...NAVIGATE, ...(build === undefined ? {} : { 'x-headgate-build': build }) },
  cookies,
  requestId: 'c',
});
const asset = (headers: Values, cookies: Values = {}): EdgeRequest => ({
  path: '/a',
  headers,
  cookies,
});

export const responseVectors: readonly ResponseVector[] = [
  {
    name: 'a first document',
    request: visit({}),
    headers: html('1043'),
    expect: '1043 hg_build=1043 hg_slot=533334',
    session: '1043',
  },
  {
    name: 'a document with a slot',
    request: visit(IN),
    headers: html('1043'),
    expect: '1043 hg_build=1043',
    session: '1043',
  },
  {
    name: 'nothing new',
    request: visit({ ...IN, hg_build: '1043' }),
    headers: html('1043'),
    expect: '1043',
    session: '1043',
  },
  {
    name: 'a slot that is no slot',
    request: visit({ hg_slot: 'x' }),
    headers: html('1043'),
    expect: '1043 hg_build=1043 hg_slot=533334',
    session: '1043',
  },
  {
    name: 'what was served, not what was asked for',
    request: visit(IN, '1042'),
    headers: html('1043'),
    expect: '1043 hg_build=1043',
    session: '1043',
  },
  {
    name: 'a document without metadata',
    request: visit(IN, '1042'),
    headers: { 'content-type': 'text/html' },
    expect: '1042 hg_build=1042',
    session: '1042',
  },
  {
    name: 'a document of no build',
    request: visit({}),
    headers: { 'content-type': 'text/html' },
    expect: '',
  },
  {
    name: 'metadata that is no build',
    request: visit({}),
    headers: html('a; Domain=x'),
    expect: '',
  },
  {
    name: 'a script sets nothing',
    request: asset({ ...SCRIPT, 'x-headgate-build': '1042' }),
    headers: { 'content-type': 'text/javascript' },
    expect: '1042',
  },
  {
    name: 'a pooled file',
    request: asset(SCRIPT),
    headers: { 'content-type': 'text/javascript' },
    expect: '',
  },
  {
    name: 'a service worker brings its files along',
    request: {
      ...asset({ ...WORKER, 'x-headgate-build': '1043' }, { ...IN, hg_build: '1042' }),
      path: '/sw.js',
    },
    headers: { 'content-type': 'text/javascript' },
    expect: '1043 hg_build=1043',
    session: '1043',
  },
  {
    name: 'a page the browser has',
    request: visit({ ...IN, hg_build: '1043' }, '1042'),
    status: 304,
    headers: {},
    expect: '1042 hg_build=1042',
    session: '1042',
  },
  {
    name: 'a page that an old browser has',
    request: asset({ accept: 'text/html,*/*', 'x-headgate-build': '1042' }, IN),
    status: 304,
    headers: {},
    expect: '1042 hg_build=1042',
    session: '1042',
  },
  {
    name: 'a script the browser has',
    request: asset({ ...SCRIPT, 'x-headgate-build': '1042' }, IN),
    status: 304,
    headers: {},
    expect: '1042',
  },
  {
    name: 'a document to download',
    request: visit(IN, '1042'),
    headers: { 'content-type': 'application/pdf' },
    expect: '1042',
  },
  {
    name: 'a previewed document',
    request: visit({ ...IN, hg_preview: '1050' }),
    headers: html('1050'),
    expect: '1050 noindex hg_build=1050',
  },
  {
    name: 'a preview that was not served',
    request: visit({ ...IN, hg_preview: '1050' }),
    headers: html('1042'),
    expect: '1042 hg_build=1042',
    session: '1042',
  },
];
