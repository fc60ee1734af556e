import type { Gate, Route } from '../../edge/contract/route.ts';
import { barredButKept, file, navigation, route, SCRIPT } from './edge.ts';
import type { EdgeRequest, Values } from './edge.ts';
import { gate } from './gate.ts';

/** The route changes between the two functions: viewer-request followed one, viewer-response runs under the next. */
export interface RouteChange {
  readonly name: string;
  readonly before: Route;
  readonly after: Route;
  readonly request: EdgeRequest;
  /** Type of what the origin answers, and whether the object names its build, as HTML does. */
  readonly type: string;
  /** Where viewer-request sends it, as `renderRequestOutput` says. */
  readonly served: string;
  /** What viewer-response adds: a status other than 200, the build, and the names of cookies. */
  readonly marks: string;
  /** The same browser's next requests, now under the new route. */
  readonly next: readonly (readonly [request: EdgeRequest, served: string])[];
}

const HTML = 'text/html';
const JS = 'text/javascript';
const bare = (path: string, requestId: string): EdgeRequest => ({
  ...navigation(path, {}),
  requestId,
});
const gated = (gen: number, change: Partial<Gate>): Route => ({
  ...route,
  gen,
  gate: { ...gate, ...change },
});

const ref = (build: string) => [build, '00000000000000ff'] as const;
const { canary: _, ...withoutCanary } = route;
/** The canary of `route`, which request id `c` draws, was rolled back. */
const rolledBack: Route = {
  ...withoutCanary,
  gen: route.gen + 1,
  kept: [ref('1043'), ...route.kept],
  barred: ['1043', '666'],
};
const finished: Route = {
  ...withoutCanary,
  gen: route.gen + 1,
  stable: ref('1043'),
  kept: [ref('1042')],
};
const origin = (url: string, gen: number): Route => ({
  ...withoutCanary,
  gen,
  stable: ref('green'),
  origins: { green: url },
});

export const routeChanges: readonly RouteChange[] = [
  {
    name: 'a rollback: the page says the build that it is of, and its files still come from there',
    before: route,
    after: rolledBack,
    request: bare('/cart', 'c'),
    type: HTML,
    served: '/shop/builds/1043/index.html',
    marks: '1043 hg_build hg_slot hg_session',
    next: [
      [file('/app.js'), '/shop/builds/1043/app.js'],
      [navigation('/cart', {}), '/shop/builds/1042/index.html'],
    ],
  },
  {
    name: 'a release: the page of the old build keeps its files, the next page is the new build',
    before: route,
    after: finished,
    request: bare('/cart', 'a'),
    type: HTML,
    served: '/shop/builds/1042/index.html',
    marks: '1042 hg_build hg_slot hg_session',
    next: [
      [file('/app.js'), '/shop/builds/1042/app.js'],
      [navigation('/cart', {}), '/shop/builds/1043/index.html'],
    ],
  },
  {
    name: 'a file, which has no word of its own on its build, is marked with the one that was asked for',
    before: route,
    after: rolledBack,
    request: file('/app.js', { hg_build: '1043' }),
    type: JS,
    served: '/shop/builds/1043/app.js',
    marks: '1043',
    next: [],
  },
  {
    name: 'a quarantine: a file of its open page is still marked as its own',
    before: { ...barredButKept, barred: [] },
    after: { ...barredButKept, gen: route.gen + 1 },
    request: file('/app.js', { hg_build: '666' }),
    type: JS,
    served: '/shop/builds/666/app.js',
    marks: '666',
    next: [[navigation('/cart', {}), '/shop/builds/1042/index.html']],
  },
  {
    name: 'previews are switched off: the page is marked, and the next one is no preview',
    before: route,
    after: { ...route, gen: route.gen + 1, preview: 'off' },
    request: navigation('/cart', { hg_slot: '0', hg_preview: '1050' }),
    type: HTML,
    served: '/shop/builds/1050/index.html',
    marks: '1050 noindex hg_build',
    next: [[navigation('/cart', {}), '/shop/builds/1042/index.html']],
  },
  {
    name: 'the gate closes: who was let in gets the session, and stays',
    before: gated(route.gen, { rate: 10_000 }),
    after: gated(route.gen + 1, { open: 0 }),
    request: bare('/shop/cart', 'a'),
    type: HTML,
    served: '/shop/builds/1042/index.html',
    marks: '1042 hg_build hg_slot hg_session __Host-hg_admit',
    next: [[file('/shop/app.js'), '/shop/builds/1042/shop/app.js']],
  },
  {
    name: 'an origin moves: the request goes where it was sent, under the name that it had',
    before: origin('https://one.example.com', route.gen),
    after: origin('https://two.example.com/v2', route.gen + 1),
    request: file('/api/cart', { hg_slot: '0' }),
    type: JS,
    served: 'https://one.example.com/api/cart as green',
    marks: 'green',
    next: [[file('/api/cart'), 'https://two.example.com/v2/api/cart as green']],
  },
];

/** Only where the waiting page passes viewer-response: Lambda@Edge answers with it at once. */
export const heldChange: RouteChange = {
  name: 'the gate opens: the waiting page stays one, is stored nowhere, and the next request gets in',
  before: gated(route.gen, {}),
  after: gated(route.gen + 1, { rate: 10_000 }),
  request: bare('/shop/cart', 'a'),
  type: HTML,
  served: '/shop/pages/waiting/index.html',
  marks: '429 hg_slot',
  next: [[navigation('/shop/cart', {}), '/shop/builds/1042/index.html']],
};

/** With the cookies that the browser has by now. */
export const withJar = (request: EdgeRequest, jar: Values): EdgeRequest => ({
  ...request,
  headers: request.headers ?? SCRIPT,
  cookies: { ...jar, ...request.cookies },
});

/** What S3 answers: HTML names its build. */
export function originHeaders({ type }: RouteChange, served: string): Values {
  const build = /\/builds\/([^/]+)\//.exec(served)?.[1];
  return {
    'content-type': type,
    ...(type === HTML && build !== undefined ? { 'x-amz-meta-headgate-build': build } : {}),
  };
}
