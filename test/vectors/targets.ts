import type { Floor, Route } from '../../edge/contract/route.ts';
import { file, IN, navigation, on, OUT, quiet, route, STABLE } from './edge.ts';
import type { RequestVector, Row } from './edge.ts';

/** Where a build is: a whole origin, with the untrusted ones, or where an earlier set-up put it. */

const ref = (build: string) => [build, '00000000000000ff'] as const;
const PAGE = '/index.html';

const origins: Route = {
  ...route,
  canary: { build: ref('green'), weight: 2500, salt: 7 },
  kept: [ref('blue'), ref('1041')],
  origins: {
    green: 'https://green.example.com/v2',
    blue: 'blue-app',
    port: 'https://port.example.com:8443/',
  },
};
const GREEN = 'https://green.example.com/v2';

const wholeOrigins: readonly Row[] = [
  ['a page, without fallback', navigation('/cart', IN), `${GREEN}/cart as green`],
  ['a folder is what its server makes of it', navigation('/docs/', IN), `${GREEN}/docs/ as green`],
  ['the root', navigation('/', IN), `${GREEN}/ as green`],
  ['a query stays', navigation('/cart', IN, 'a=1&b'), `${GREEN}/cart as green`],
  ['a path is made plain', navigation('/x/..//%2e/a+b%2Fc', IN), `${GREEN}/a%2Bb/c as green`],
  ['a bad path', navigation('/%5c', IN), '400'],
  ['a file of its page', file('/app.js', { hg_build: 'green' }), `${GREEN}/app.js as green`],
  ['by its id', file('/api/x', { hg_build: 'blue' }), 'blue-app/api/x as blue'],
  [
    'with a port',
    navigation('/cart', { hg_preview: 'port' }),
    'https://port.example.com:8443/cart as port',
  ],
  ['a pooled file', file('/assets/a.js', { hg_build: 'green' }), '/shop/pool/assets/a.js'],
  ['all others are builds', navigation('/cart'), STABLE + PAGE],
  ['a file of another build', file('/a.js', { hg_build: '1041' }), '/shop/builds/1041/a.js'],
  ['its manifest', file('/.headgate/manifest.json', { hg_build: 'green' }), '404'],
  [
    'which build',
    navigation('/_headgate/build', IN),
    '200 {"app":"shop","environment":"prod","build":"green","generation":57,"barred":["666"],"kept":["blue","1041"]}',
  ],
  [
    'a name that every object has',
    navigation('/cart', { hg_preview: 'constructor' }),
    '/shop/builds/constructor/index.html',
  ],
  [
    'a name that every object has, too',
    navigation('/cart', { hg_preview: 'toString' }),
    '/shop/builds/toString/index.html',
  ],
];
const pinnedOrigin: readonly Row[] = [
  ['a pinned file', file('/_headgate/b/green/a.js'), `${GREEN}/a.js as green`],
  ['a pinned file by id', file('/_headgate/b/blue/a.js'), 'blue-app/a.js as blue'],
];
const notOrigins: readonly Row[] = [
  ['no origin for it', navigation('/cart', IN), '/shop/builds/green/index.html'],
];

const untrusted: Route = { ...route, untrusted: 1 };
const PULL = { ...OUT, hg_preview: 'pr-7' };
const PULL_BUILD = '/shop/untrusted/builds/pr-7';

const untrustedBuilds: readonly Row[] = [
  [
    'a preview begins',
    navigation('/cart', OUT, 'override_build_number=pr-7'),
    '302 /cart hg_preview=pr-7 hg_preview_build=pr-7',
  ],
  ['a page', navigation('/cart', PULL), PULL_BUILD + PAGE],
  ['a file', file('/a+b.js', PULL), `${PULL_BUILD}/a%2Bb.js`],
  [
    'a path that would leave it',
    file('/../../../builds/1/a.js', PULL),
    `${PULL_BUILD}/builds/1/a.js`,
  ],
  ['its manifest', file('/.headgate/manifest.json', PULL), '404'],
  ['a pooled file', file('/assets/a.js', PULL), '/shop/pool/assets/a.js'],
  ['a trusted build', navigation('/', { hg_preview: '1050' }), '/shop/builds/1050/index.html'],
  [
    'in capitals it is a trusted one',
    navigation('/', { hg_preview: 'PR-7' }),
    '/shop/builds/PR-7/index.html',
  ],
  ['without its dash, too', navigation('/', { hg_preview: 'pr7' }), '/shop/builds/pr7/index.html'],
  ['a page cookie alone is nothing', file('/a.js', { hg_build: 'pr-7' }), `${STABLE}/a.js`],
  [
    'that would leave its folder',
    navigation('/', { ...OUT, hg_preview: 'pr-/../..' }),
    STABLE + PAGE,
  ],
];
const noUntrusted: readonly Row[] = [
  ['a preview of one begins', navigation('/', OUT, 'override_build_number=pr-7'), '400'],
  ['a preview of one', navigation('/', PULL), STABLE + PAGE],
  ['a file of one', file('/a.js', PULL), `${STABLE}/a.js`],
  ['a page of one', file('/a.js', { hg_build: 'pr-7' }), `${STABLE}/a.js`],
];

const adopted: Route = { ...route, root: '/', cookies: ['Build-Number', 'Override'] };
const OVERRIDE = { ...OUT, 'Build-Number': '1050', Override: 'true' };

const adoptedSetUp: readonly Row[] = [
  ['a page', navigation('/cart'), '/1042/index.html'],
  ['the canary', navigation('/cart', IN), '/1043/index.html'],
  ['a file', file('/a.js'), '/1042/a.js'],
  ['a path that would leave it', file('/../../shop/settings.json'), '/1042/shop/settings.json'],
  ['a manifest', file('/.headgate/manifest.json'), '404'],
  ['a pooled file', file('/assets/a.js'), '/shop/pool/assets/a.js'],
  ['a file of an old page', file('/a.js', { 'Build-Number': '1041' }), '/1041/a.js'],
  [
    'a file of a page since',
    file('/a.js', { 'Build-Number': '1041', hg_build: '1043' }),
    '/1043/a.js',
  ],
  ['a file of a page nobody knows', file('/a.js', { 'Build-Number': '1038' }), '/1042/a.js'],
  ['a file of no page', file('/a.js', { 'Build-Number': '' }), '/1042/a.js'],
  ['a path for a page', file('/a.js', { 'Build-Number': '../x' }), '/1042/a.js'],
  ['a page leaves it', navigation('/', { ...OUT, 'Build-Number': '1041' }), '/1042/index.html'],
  ['an override', navigation('/cart', OVERRIDE), '/1050/index.html'],
  ['a file of an override', file('/a.js', OVERRIDE), '/1050/a.js'],
  ['an override of nothing', navigation('/', { ...OUT, Override: 'true' }), '/1042/index.html'],
  ['an override that is empty', navigation('/', { ...OVERRIDE, Override: '' }), '/1042/index.html'],
  [
    'an override of a quarantined build',
    navigation('/', { ...OVERRIDE, 'Build-Number': '666' }),
    '/1042/index.html',
  ],
  [
    'an override that leaves its folder',
    navigation('/', { ...OVERRIDE, 'Build-Number': '../shop' }),
    '/1042/index.html',
  ],
  [
    'an override of an untrusted build',
    navigation('/', { ...OVERRIDE, 'Build-Number': 'pr-7' }),
    '/1042/index.html',
  ],
  [
    "the app's own folder is no build",
    navigation('/untrusted/builds/pr-1/x.html', OUT, 'override_build_number=shop'),
    '400',
  ],
  [
    "the app's own folder is no build, in a cookie",
    file('/untrusted/builds/pr-1/x.html', { hg_preview: 'shop' }),
    '/1042/untrusted/builds/pr-1/x.html',
  ],
  [
    "the app's own folder is no build, nor an override's",
    file('/environments/prod/record.json', { ...OVERRIDE, 'Build-Number': 'shop' }),
    '/1042/environments/prod/record.json',
  ],
  [
    'a preview comes first',
    navigation('/', { ...OVERRIDE, hg_preview: '1041' }),
    '/1041/index.html',
  ],
  [
    'in other capitals',
    navigation('/', { ...OUT, 'build-number': '1050', override: '1' }),
    '/1042/index.html',
  ],
  [
    'leaving an override',
    navigation('/cart', OVERRIDE, 'override_build_number=off'),
    '302 /cart hg_preview= hg_preview_build= Override=',
  ],
  [
    'a preview begins',
    navigation('/cart', OVERRIDE, 'override_build_number=1050'),
    '302 /cart hg_preview=1050 hg_preview_build=1050',
  ],
];
const withoutPreviews: readonly Row[] = [
  ['an override while previews are off', navigation('/', OVERRIDE), '/1042/index.html'],
];
const withoutCookies: readonly Row[] = [
  ['an override', navigation('/', OVERRIDE), '/1042/index.html'],
  ['an old page', file('/a.js', { 'Build-Number': '1041' }), '/1042/a.js'],
];
const deepRoot: readonly Row[] = [
  ['builds further down', navigation('/', OUT), '/apps/shop_1/1042/index.html'],
];

/** A floor with the root where these builds are. */
const adoptedFloor: Floor = ['shop', 'prod', 'us-east-1', '1039', 1, null, '/'];
const fault = (name: string, stored: object | undefined, expect: string): RequestVector => ({
  name,
  features: ['adopted'],
  stored: stored && JSON.stringify(stored),
  floor: adoptedFloor,
  request: navigation('/cart'),
  expect,
});
const BAD_ROOTS: readonly unknown[] = [
  'a',
  '/a',
  'a/',
  '//',
  '/a//',
  '/../',
  '/a/../',
  '/./',
  '/.a/',
  '/a/..',
  '/%2e%2e/',
  '/a b/',
  '/a\\',
  '\\',
  '/a?/',
  '/a#/',
  '/a/\n',
  '/\u017f/',
  '/_/',
  'https://evil.example/',
  7,
  {},
  true,
];

export const targetVectors: readonly RequestVector[] = [
  ...on(origins, wholeOrigins, ['origins']),
  ...on(origins, pinnedOrigin, ['origins', 'pinned']),
  ...[null, [], {}, 'green', { green: 7 }, { green: ['x'] }].flatMap((odd) =>
    on({ ...origins, origins: odd } as unknown as Route, notOrigins, ['origins']),
  ),
  ...on(untrusted, untrustedBuilds, ['untrusted']),
  ...on(route, noUntrusted),
  ...on({ ...untrusted, untrusted: 0 } as unknown as Route, noUntrusted, ['untrusted']),
  ...on(adopted, adoptedSetUp, ['adopted']),
  ...on({ ...adopted, preview: quiet.preview }, withoutPreviews, ['adopted']),
  ...on({ ...route, root: '/' }, withoutCookies, ['adopted']),
  ...[null, [], 'x', 7].flatMap((odd) =>
    on({ ...adopted, cookies: odd } as unknown as Route, withoutCookies, ['adopted']),
  ),
  ...on({ ...route, root: '/apps/shop_1/' }, deepRoot, ['adopted']),
  fault('the floor of an adopted set-up', undefined, '/1039/index.html'),
  ...BAD_ROOTS.map((root) =>
    fault(`a root that is none: ${JSON.stringify(root)}`, { ...adopted, root }, '/1039/index.html'),
  ),
];
