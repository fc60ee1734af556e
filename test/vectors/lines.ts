import type { Route } from '../../edge/contract/route.ts';
import { readSlot } from '../../edge/core/assign.ts';
import {
  CANARY,
  file,
  IN,
  NAVIGATE,
  navigation,
  on,
  OUT,
  route,
  SCRIPT,
  STABLE,
  WORKER,
} from './edge.ts';
import type { EdgeRequest, RequestVector, Row, Values } from './edge.ts';

/** What the edge logs about visitors of a rollout, and about whom it says nothing. */

type Told = readonly [name: string, request: EdgeRequest, expect: string, line?: string];

const PAGE = '/index.html';
const STABLE_PAGE = STABLE + PAGE;
const CANARY_PAGE = CANARY + PAGE;
const ref = (build: string) => [build, '00000000000000ff'] as const;

const watched: Route = { ...route, beacon: 1 };
const { canary: _canary, ...alone } = watched;

const line = (kind: string, of: 'stable 1042' | 'canary 1043', slot: number | string) => {
  const [arm, build] = of.split(' ');
  return `headgate 1 shop prod ${arm} ${kind} ${build} 7 2500 ${slot}`;
};
const STAYS = line('n', 'stable 1042', 0);
const MOVES = line('n', 'canary 1043', 8);

const loaded = (headers: Values, cookies: Values = OUT): EdgeRequest => ({
  path: '/cart',
  headers,
  cookies,
});
const { 'sec-fetch-mode': mode } = NAVIGATE;
const first: EdgeRequest = { path: '/', headers: NAVIGATE, requestId: 'c' };
const firstSlot = readSlot({ headers: {}, cookies: {}, id: 'c', now: 0 });

const navigations: readonly Told[] = [
  ['one to stable', navigation('/cart'), STABLE_PAGE, STAYS],
  ['one to the canary', navigation('/cart', IN), CANARY_PAGE, MOVES],
  ['a first one, with its first slot', first, CANARY_PAGE, line('n', 'canary 1043', firstSlot)],
  [
    'a page of another build was open',
    navigation('/', { ...OUT, hg_build: '1043' }),
    STABLE_PAGE,
    STAYS,
  ],
  ['an old browser, by Accept', loaded({ accept: 'text/html' }), STABLE_PAGE, STAYS],
  ['a browser without a destination', loaded({ 'sec-fetch-mode': mode }), STABLE_PAGE, STAYS],
  ['a frame', loaded({ ...NAVIGATE, 'sec-fetch-dest': 'iframe' }), STABLE_PAGE],
  [
    'a destination that only begins like it',
    loaded({ ...NAVIGATE, 'sec-fetch-dest': 'documents' }),
    STABLE_PAGE,
  ],
  ['fetched ahead', loaded({ ...NAVIGATE, 'sec-purpose': 'prefetch;prerender' }), STABLE_PAGE],
  ['a service worker', { path: '/sw.js', headers: WORKER, cookies: IN }, `${CANARY}/sw.js`],
  ['a crawler', loaded({ ...NAVIGATE, 'user-agent': 'Googlebot/2.1' }), STABLE_PAGE],
  ['a preview', navigation('/', { ...IN, hg_preview: '1050' }), '/shop/builds/1050/index.html'],
  ['a preview of stable', navigation('/', { ...IN, hg_preview: '1042' }), STABLE_PAGE],
  ['a file', file('/app.js', { ...IN, hg_build: '1043' }), `${CANARY}/app.js`],
  ['a pooled one', navigation('/assets/a.html', IN), '/shop/pool/assets/a.html'],
  [
    'an answer',
    navigation('/', OUT, 'override_build_number=off'),
    '302 / hg_preview= hg_preview_build=',
  ],
  ['a reserved path', navigation('/_headgate/other'), '404'],
  ['a bad path', navigation('/%'), '400'],
];

const report = (
  kind: string,
  cookies: Values = { ...IN, hg_build: '1043' },
  headers: Values = SCRIPT,
): EdgeRequest => ({ path: '/_headgate/errors', query: kind && `k=${kind}`, headers, cookies });
const ofStable = { ...OUT, hg_build: '1042' };
const toCanary = (kind: string) => line(kind, 'canary 1043', 8);

const reports: readonly Told[] = [
  ...['o', 'e', 'r', 'c'].map((kind): Told => [
    `${kind} of the canary`,
    report(kind),
    '204',
    toCanary(kind),
  ]),
  ['e of stable', report('e', ofStable), '204', line('e', 'stable 1042', 0)],
  ['with something behind it', report('e&t=mg5k2'), '204', toCanary('e')],
  [
    'by an image',
    report('e', undefined, { ...SCRIPT, 'sec-fetch-dest': 'image' }),
    '204',
    toCanary('e'),
  ],
  ['by an old browser', report('e', undefined, { accept: '*/*' }), '204', toCanary('e')],
  ['a build of its own counts for nothing', report('e&build=1042&b=1042'), '204', toCanary('e')],
  ['n', report('n'), '204'],
  ['another kind', report('x'), '204'],
  ['no kind', report(''), '204'],
  ['an empty one', { ...report(''), query: 'k=' }, '204'],
  ['a kind in capitals', report('E'), '204'],
  ['an encoded kind', report('%65'), '204'],
  ['a line of its own', report('%0aheadgate'), '204'],
  ['by a link', report('e', undefined, NAVIGATE), '204'],
  ['by a link, in an old browser', report('e', undefined, { accept: 'text/html' }), '204'],
  ['without cookies', report('e', {}), '204'],
  ['without a slot', report('e', { hg_build: '1043' }), '204'],
  [
    'without a slot, by the request id',
    { ...report('e', { hg_build: '1043' }), requestId: 'c' },
    '204',
  ],
  ['with a broken slot', report('e', { hg_slot: '08', hg_build: '1043' }), '204'],
  ['with a huge slot', report('e', { hg_slot: '1048576', hg_build: '1043' }), '204'],
  ['with a slot that ends the line', report('e', { hg_slot: '8 8', hg_build: '1043' }), '204'],
  ['without a page', report('e', IN), '204'],
  ['of a page of the step before', report('e', { ...IN, hg_build: '1042' }), '204'],
  ['of a kept page', report('e', { ...IN, hg_build: '1041' }), '204'],
  ['of a preview', report('e', { ...IN, hg_build: '1043', hg_preview: '1043' }), '204'],
  ['of a crawler', report('e', undefined, { ...SCRIPT, 'user-agent': 'bingbot' }), '204'],
  [
    'another spelling of the path',
    { ...report('e'), path: '//_headgate/./errors' },
    '204',
    toCanary('e'),
  ],
  ['a path below it', { ...report('e'), path: '/_headgate/errors/' }, '404'],
];

const none = (kind: string) => `headgate 1 shop prod stable ${kind} 1042 0 0 0`;
const withoutRollout: readonly Told[] = [
  ['no navigation', navigation('/'), STABLE_PAGE],
  ['no quiet page', report('o', ofStable), '204'],
  ['an error', report('e', ofStable), '204', none('e')],
  ['a rejection', report('r', ofStable), '204', none('r')],
  ['a chunk', report('c', ofStable), '204', none('c')],
];
const empty: Route = { ...watched, canary: { build: ref('1043'), weight: 0, salt: 7 } };
const ofNobody: readonly Told[] = [
  ['no navigation', navigation('/'), STABLE_PAGE],
  ['no quiet page', report('o', ofStable), '204'],
  ['an error', report('e', ofStable), '204', none('e').replace('0 0 0', '7 0 0')],
];

/** Where the route says nothing of it, an open page may still report. */
const unwatched: readonly Told[] = [
  ['a navigation', navigation('/', IN), CANARY_PAGE],
  ['a report', report('e'), '204'],
];
const chosen: Route = {
  ...watched,
  cohorts: [{ build: ref('1043'), cookie: ['staff'] }],
  split: {
    salt: 3,
    arms: [
      { build: ref('1042'), weight: 1000 },
      { build: ref('1043'), weight: 1000 },
    ],
  },
};
const SPLIT = { hg_slot: '17' };
const inArm = (kind: string) => `headgate 1 shop prod split ${kind} 1042 7 2500 17`;
const chosenOnes: readonly Told[] = [
  ['a member of a cohort', navigation('/', { ...OUT, staff: '1' }), CANARY_PAGE],
  ['a report of a member', report('e', { ...IN, hg_build: '1043', staff: '1' }), '204'],
  ['an arm of stable is the split’s', navigation('/', SPLIT), STABLE_PAGE, inArm('n')],
  ['a report of it', report('e', { ...SPLIT, hg_build: '1042' }), '204', inArm('e')],
  [
    'an arm of the canary, too',
    navigation('/', { hg_slot: '20' }),
    CANARY_PAGE,
    'headgate 1 shop prod split n 1043 7 2500 20',
  ],
  ['no arm', navigation('/', { hg_slot: '19' }), STABLE_PAGE, line('n', 'stable 1042', 19)],
];

const staying: Route = { ...watched, idle: 600 };
const session = (last: string, cookies: Values = OUT): Values => ({ ...cookies, hg_session: last });
const bySession: readonly Told[] = [
  [
    'the page that begins one',
    navigation('/', { hg_slot: '3' }),
    CANARY_PAGE,
    line('n', 'canary 1043', 3),
  ],
  ['one that goes on', navigation('/', session('1043.tlpwu7')), CANARY_PAGE],
  ['one that was over', navigation('/', session('1043.0')), STABLE_PAGE, STAYS],
  [
    'a report of one',
    report('e', session('1043.tlpwu7', { ...OUT, hg_build: '1043' })),
    '204',
    line('e', 'canary 1043', 0),
  ],
  [
    'a report of one on stable',
    report('e', session('1042.tlpwu7', ofStable)),
    '204',
    line('e', 'stable 1042', 0),
  ],
  [
    'a report of one on a kept build',
    report('e', session('1041.tlpwu7', { ...OUT, hg_build: '1041' })),
    '204',
  ],
  ['a report after the session', report('e', session('1042.0', ofStable)), '204'],
];

/** Builds that are whole origins, the file of a build, and a gate. */
const origins: Route = { ...watched, origins: { '1043': 'https://green.example.com' } };
const gated: Route = {
  ...watched,
  gate: {
    paths: ['/shop/*'],
    open: 0,
    rate: 0,
    salt: 1,
    page: '/w.html',
    status: 429,
    idle: 60,
    cap: 60,
  },
};
const elsewhere: readonly Told[] = [
  ['a navigation', navigation('/cart', IN), 'https://green.example.com/cart as 1043', MOVES],
];
const pinned: readonly Told[] = [
  ['a page', navigation('/_headgate/b/1043/index.html', IN), CANARY_PAGE],
];
const held: readonly Told[] = [
  ['a report', report('e'), '204', toCanary('e')],
  ['one that passes', navigation('/cart', IN), CANARY_PAGE, MOVES],
];

const logged = (
  stored: Route,
  rows: readonly Told[],
  more: Parameters<typeof on>[2] = [],
): readonly RequestVector[] => {
  const vectors = on(
    stored,
    rows.map(([name, request, expect]): Row => [name, request, expect]),
    ['beacon', ...more],
  );
  return vectors.map((vector, index) => {
    const told = rows[index]?.[3];
    return { ...vector, name: `line: ${vector.name}`, ...(told !== undefined && { line: told }) };
  });
};

export const lineVectors: readonly RequestVector[] = [
  ...logged(watched, navigations),
  ...logged(watched, reports),
  ...logged(alone, withoutRollout),
  ...logged(empty, ofNobody),
  ...logged(route, unwatched),
  // Runs in all bundles, and only those with the feature log.
  ...logged(watched, navigations.slice(1, 2)).map((vector) => ({ ...vector, features: [] })),
  ...logged(chosen, chosenOnes, ['split', 'cohorts']),
  ...logged(staying, bySession, ['session']),
  ...logged(origins, elsewhere, ['origins']),
  ...logged(watched, pinned, ['pinned']),
  ...logged(gated, held, ['gate']),
  // The floor knows nothing of a rollout.
  ...logged(watched, navigations.slice(0, 1)).map(({ line: _line, ...vector }) => ({
    ...vector,
    name: 'line: fault: a navigation',
    failures: 2,
    expect: '/shop/builds/1039/index.html',
  })),
  ...logged(watched, reports.slice(0, 1)).map(({ line: _line, ...vector }) => ({
    ...vector,
    name: 'line: fault: a report',
    failures: 2,
  })),
];
