import type { Route } from '../../edge/contract/route.ts';
import {
  barredButKept,
  CANARY,
  file,
  IN,
  NAVIGATE,
  navigation,
  on,
  OUT,
  quiet,
  route,
  SCRIPT,
  STABLE,
  WORKER,
} from './edge.ts';
import type { EdgeRequest, RequestVector, Row, Values } from './edge.ts';

/** Who gets which build: cohorts, sessions, the fixed test, pinned files, and a route that changes under a page. */

const ref = (build: string) => [build, '00000000000000ff'] as const;

const cohorts: Route = {
  ...route,
  cohorts: [
    // Quarantined after the policy was written: passed over.
    { build: ref('666'), cookie: ['staff'] },
    { build: ref('1044'), cookie: ['staff'] },
    { build: ref('1045'), cookie: ['beta', 'yes'], country: ['DE', 'AT'] },
    { build: ref('1046'), header: ['x-lab', 'a'] },
    { build: ref('1047'), ip: ['203.0.113.', '2001:db8:', '198.51.100.7'] },
    // Of a newer version: nobody is in it.
    { build: ref('1048') },
  ],
};

const who = (cookies: Values, headers: Values = {}, ip = '192.0.2.1'): EdgeRequest => ({
  path: '/cart',
  headers: { ...NAVIGATE, ...headers },
  cookies: { ...OUT, ...cookies },
  ip,
});
const PAGE = '/index.html';
const at = (build: string) => `/shop/builds/${build}`;
const GERMAN = { 'cloudfront-viewer-country': 'DE' };

const members: readonly Row[] = [
  ['a cookie, whatever its value', who({ staff: '0' }), at('1044') + PAGE],
  ['a cookie without a value is none', who({ staff: '' }), STABLE + PAGE],
  ['a cookie of another name', who({ Staff: '1' }), STABLE + PAGE],
  ['the first that matches decides', who({ staff: '1', beta: 'yes' }, GERMAN), at('1044') + PAGE],
  ['a cookie with its value, and a country', who({ beta: 'yes' }, GERMAN), at('1045') + PAGE],
  ['the value in capitals', who({ beta: 'YES' }, GERMAN), STABLE + PAGE],
  ['another country', who({ beta: 'yes' }, { 'cloudfront-viewer-country': 'FR' }), STABLE + PAGE],
  ['no country', who({ beta: 'yes' }), STABLE + PAGE],
  ['only the country', who({}, GERMAN), STABLE + PAGE],
  ['a header', who({}, { 'x-lab': 'a' }), at('1046') + PAGE],
  ['a header with another value', who({}, { 'x-lab': 'ab' }), STABLE + PAGE],
  [
    'a header sent twice: the first',
    { ...who({}, { 'x-lab': 'b' }), doubled: { 'x-lab': 'a' } },
    STABLE + PAGE,
  ],
  [
    'a cookie sent twice: the first',
    { ...who({ beta: 'yes' }, GERMAN), doubled: { beta: 'no' } },
    at('1045') + PAGE,
  ],
  ['an address in a range', who({}, {}, '203.0.113.9'), at('1047') + PAGE],
  ['an address that only begins like one', who({}, {}, '203.0.11.3'), STABLE + PAGE],
  ['a range in the middle', who({}, {}, '1.203.0.113'), STABLE + PAGE],
  ['an address of IPv6', who({}, {}, '2001:db8:1::1'), at('1047') + PAGE],
  ['an address next to the range', who({}, {}, '2001:db80::1'), STABLE + PAGE],
  ['a whole address', who({}, {}, '198.51.100.7'), at('1047') + PAGE],
  ['a longer address', who({}, {}, '198.51.100.77'), STABLE + PAGE],
  ['no address', who({}, {}, ''), STABLE + PAGE],
  ['before the draw', who({ ...IN, staff: '1' }), at('1044') + PAGE],
  ['nobody: the draw', who(IN), CANARY + PAGE],
  ['after the preview', who({ staff: '1', hg_preview: '1050' }), at('1050') + PAGE],
  ['a crawler is in none', who({ staff: '1' }, { 'user-agent': 'bingbot/2.0' }), STABLE + PAGE],
  ['a file without a page', file('/a.js', { staff: '1' }), `${STABLE}/a.js`],
  ['a file of a page', file('/a.js', { staff: '1', hg_build: '1044' }), `${at('1044')}/a.js`],
  ['a file of a page, the cookie gone', file('/a.js', { hg_build: '1047' }), `${at('1047')}/a.js`],
  [
    'a service worker',
    { path: '/sw.js', headers: WORKER, cookies: { staff: '1', hg_build: '1042' } },
    `${at('1044')}/sw.js`,
  ],
  [
    'which build',
    navigation('/_headgate/build', { staff: '1' }),
    '200 {"app":"shop","environment":"prod","build":"1044","generation":57,"barred":["666"],"kept":["1041","1040"]}',
  ],
];

// At the vectors' time slot 8 of a new session draws 3466, slot 3 draws 41.
const sessions: Route = { ...route, idle: 600, barred: ['666', '1040'] };
const session = (value: string, cookies: Values = { hg_slot: '8' }): EdgeRequest =>
  navigation('/cart', { ...cookies, hg_session: value });

const inProgress: readonly Row[] = [
  ['on stable, though the slot is in', session('1042.tlpwu7'), STABLE + PAGE],
  ['on the canary, though the slot is out', session('1043.tlpwu7', OUT), CANARY + PAGE],
  ['on a kept build', session('1041.tlpwu7'), at('1041') + PAGE],
  ['the last second', session('1041.tlpwdk'), at('1041') + PAGE],
  ['a second too late', session('1041.tlpwdj'), STABLE + PAGE],
  ['over, and drawn again', session('1042.0', { hg_slot: '3' }), CANARY + PAGE],
  ['an edge whose clock is ahead', session('1041.tlpwud'), at('1041') + PAGE],
  ['on a quarantined build', session('1040.tlpwu7'), STABLE + PAGE],
  ['on a build the route does not name', session('1038.tlpwu7'), STABLE + PAGE],
  ['on a path', session('../x.tlpwu7'), STABLE + PAGE],
  ['without a time', session('1041'), STABLE + PAGE],
  ['with an empty time', session('1041.'), STABLE + PAGE],
  ['with a time that is none', session('1041.!'), STABLE + PAGE],
  ['without a build', session('.tlpwu7'), STABLE + PAGE],
  ['a dot', session('.'), STABLE + PAGE],
  ['an empty one', session(''), STABLE + PAGE],
  ['a huge one', session(`${'1'.repeat(4000)}.tlpwu7`), STABLE + PAGE],
  ['a huge time', session(`1041.${'z'.repeat(4000)}`), at('1041') + PAGE],
  [
    'sent twice: the first',
    { ...session('1041.tlpwu7'), doubled: { hg_session: '1043.tlpwu7' } },
    at('1041') + PAGE,
  ],
  ['a new one is a new draw: in by visitor, out', navigation('/cart', IN), STABLE + PAGE],
  [
    'a new one is a new draw: out by visitor, in',
    navigation('/cart', { hg_slot: '3' }),
    CANARY + PAGE,
  ],
  ['a preview comes first', session('1041.tlpwu7', { hg_preview: '1050' }), at('1050') + PAGE],
  ['a file follows its page', file('/a.js', { hg_session: '1041.tlpwu7' }), `${STABLE}/a.js`],
  [
    'a crawler has none',
    {
      ...session('1041.tlpwu7'),
      headers: { ...NAVIGATE, 'user-agent': 'Mozilla/5.0 (compatible; SomeSpider)' },
    },
    STABLE + PAGE,
  ],
];
const byVisitor: readonly Row[] = [
  ['means nothing where visitors stick', session('1041.tlpwu7', OUT), STABLE + PAGE],
];

// With its salt slot 17 draws 40, slot 20 draws 1794, slot 3 draws 2192, slot 19 draws 5894.
const split: Route = {
  ...route,
  split: {
    salt: 3,
    arms: [
      { build: ref('1044-red'), weight: 1000 },
      { build: ref('666'), weight: 1000 },
      { build: ref('1044-blue'), weight: 2000 },
    ],
  },
};
const slot = (value: string): EdgeRequest => navigation('/cart', { hg_slot: value });

const arms: readonly Row[] = [
  ['the first arm, though the slot is in the canary', slot('17'), at('1044-red') + PAGE],
  ['the last arm', slot('3'), at('1044-blue') + PAGE],
  ['a quarantined arm: nobody', slot('20'), STABLE + PAGE],
  ['no arm: stable', slot('19'), STABLE + PAGE],
  ['no arm: the canary', slot('8'), CANARY + PAGE],
  [
    'a crawler is in no arm',
    { ...slot('17'), headers: { ...NAVIGATE, 'user-agent': 'crawler' } },
    STABLE + PAGE,
  ],
  ['a file draws none', file('/a.js', { hg_slot: '17' }), `${STABLE}/a.js`],
  ['a file of a page', file('/a.js', { hg_build: '1044-red' }), `${at('1044-red')}/a.js`],
  [
    'open pages of a quarantined arm keep their files',
    file('/a.js', { hg_build: '666' }),
    `${at('666')}/a.js`,
  ],
];

/** All of it at once. */
export const assigning: Route = {
  ...route,
  idle: 600,
  cohorts: cohorts.cohorts ?? [],
  split: { salt: 3, arms: [{ build: ref('1044-red'), weight: 1000 }] },
};
const together: readonly Row[] = [
  ['a cohort before a session', session('1041.tlpwu7', { staff: '1' }), at('1044') + PAGE],
  ['a session before an arm', session('1041.tlpwu7', { hg_slot: '17' }), at('1041') + PAGE],
  ['a session on an arm', session('1044-red.tlpwu7', OUT), at('1044-red') + PAGE],
  ['a session on a build of a cohort', session('1046.tlpwu7', OUT), at('1046') + PAGE],
  ['an arm before the canary', slot('17'), at('1044-red') + PAGE],
  ['an arm for a new session, too', session('1041.0', { hg_slot: '17' }), at('1044-red') + PAGE],
];

const pinned: readonly Row[] = [
  ['a file of stable', file('/_headgate/b/1042/app.js'), `${STABLE}/app.js`],
  [
    'whatever the page is',
    file('/_headgate/b/1042/app.js', { hg_build: '1043' }),
    `${STABLE}/app.js`,
  ],
  ['a file of the canary', file('/_headgate/b/1043/a/b.js'), `${CANARY}/a/b.js`],
  ['a file of a kept build', file('/_headgate/b/1040/app.js'), `${at('1040')}/app.js`],
  ['a file of no build', file('/_headgate/b/1038/app.js'), '404'],
  [
    'a file of a preview',
    file('/_headgate/b/1050/a.js', { hg_preview: '1050' }),
    `${at('1050')}/a.js`,
  ],
  ['of a preview that is barred', file('/_headgate/b/666/a.js', { hg_preview: '666' }), '404'],
  ['a pooled file', file('/_headgate/b/1041/assets/a.js'), '/shop/pool/assets/a.js'],
  ['an excluded one', file('/_headgate/b/1041/assets/raw/a.js'), `${at('1041')}/assets/raw/a.js`],
  ['no fallback', navigation('/_headgate/b/1042/cart'), `${STABLE}/cart`],
  ['a navigation to a file', navigation('/_headgate/b/1041/terms.pdf'), `${at('1041')}/terms.pdf`],
  ['a folder', file('/_headgate/b/1042/docs/'), '404'],
  ['the root', navigation('/_headgate/b/1042/'), '404'],
  ['nothing', navigation('/_headgate/b/1042'), '404'],
  ['no build', file('/_headgate/b//app.js'), '404'],
  ['a manifest', file('/_headgate/b/1042/.headgate/manifest.json'), '404'],
  ['an encoded manifest', file('/_headgate/b/1042/%2eheadgate/manifest.json'), '404'],
  ['leaving by dots', file('/_headgate/b/1042/../1038/app.js'), '404'],
  ['leaving by encoded dots', file('/_headgate/b/1042/%2e%2e/1038/app.js'), '404'],
  ['leaving the reserved path', file('/_headgate/b/1042/../../../app.js'), `${STABLE}/app.js`],
  ['an encoded slash in the build', file('/_headgate/b/1042%2fapp.js'), `${STABLE}/app.js`],
  ['another letter', file('/_headgate/c/1042/app.js'), '404'],
  ['a manifest folder that looks like it', file('/.headgate/b/1042/app.js'), '404'],
  ['a plus', file('/_headgate/b/1042/a+b.js'), `${STABLE}/a%2Bb.js`],
  [
    'a preview begins elsewhere',
    navigation('/_headgate/b/1042/a.html', OUT, 'override_build_number=1050'),
    `${STABLE}/a.html`,
  ],
];
const pinnedBarred: readonly Row[] = [
  [
    'open pages keep the files of a barred build',
    file('/_headgate/b/666/a.js'),
    `${at('666')}/a.js`,
  ],
  ['navigations do not get them', navigation('/_headgate/b/666/a.html'), '404'],
];

/** The page was decided by one route, its files come under the next. */
const released: Route = { ...route, gen: 58, stable: ref('1043'), kept: [ref('1042')] };
const { canary: _released, ...withoutCanary } = released;
const rolledBack: Route = {
  ...withoutCanary,
  gen: 59,
  stable: ref('1042'),
  kept: [ref('1043')],
  barred: ['1043'],
};
const forgotten: Route = { ...withoutCanary, gen: 60, stable: ref('1045'), kept: [] };

const afterRelease: readonly Row[] = [
  ['files of the old page', file('/a.js', { hg_build: '1042' }), `${STABLE}/a.js`],
  ['files of the new page', file('/a.js', { hg_build: '1043' }), `${CANARY}/a.js`],
  ['the next page', navigation('/', { ...OUT, hg_build: '1042' }), CANARY + PAGE],
  ['a second tab on the older build', file('/b.js', { hg_build: '1042' }), `${STABLE}/b.js`],
];
const afterRollback: readonly Row[] = [
  ['files of the bad page', file('/a.js', { hg_build: '1043' }), `${CANARY}/a.js`],
  ['the next page', navigation('/', { ...IN, hg_build: '1043' }), STABLE + PAGE],
  ['a session on it', session('1043.tlpwu7'), STABLE + PAGE],
  [
    'its service worker',
    { path: '/sw.js', headers: WORKER, cookies: { ...IN, hg_build: '1043' } },
    `${STABLE}/sw.js`,
  ],
  ['a preview of it', navigation('/', { ...OUT, hg_preview: '1043' }), STABLE + PAGE],
  ['a preview of it begins', navigation('/', OUT, 'override_build_number=1043'), '400'],
];
const afterLong: readonly Row[] = [
  ['files of a page nobody keeps', file('/a.js', { hg_build: '1042' }), `${at('1045')}/a.js`],
  ['its pooled files', file('/assets/a.js', { hg_build: '1042' }), '/shop/pool/assets/a.js'],
  ['a session of then', session('1042.tlpwu7'), at('1045') + PAGE],
];

const unused: readonly Row[] = [
  ['files of any page', file('/a.js', { hg_build: '1041' }), `${at('1041')}/a.js`],
  [
    'script without cookies',
    { path: '/a.js', headers: SCRIPT, ip: '203.0.113.9' },
    `${STABLE}/a.js`,
  ],
];

export const assignmentVectors: readonly RequestVector[] = [
  ...on(cohorts, members, ['cohorts']),
  ...on(sessions, inProgress, ['session']),
  ...on(route, byVisitor),
  ...on(split, arms, ['split']),
  ...on(assigning, together, ['session', 'split', 'cohorts']),
  ...on(assigning, unused, []),
  ...on(route, pinned, ['pinned']),
  ...on(
    quiet,
    [['pinned without previews', file('/_headgate/b/1050/a.js', { hg_preview: '1050' }), '404']],
    ['pinned'],
  ),
  ...on(barredButKept, pinnedBarred, ['pinned']),
  ...on(released, afterRelease),
  ...on(
    { ...released, idle: 600 },
    [['a session across the release', session('1042.tlpwu7'), STABLE + PAGE]],
    ['session'],
  ),
  ...on({ ...rolledBack, idle: 600 }, afterRollback),
  ...on({ ...forgotten, idle: 600 }, afterLong),
];
