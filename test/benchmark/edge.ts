import { composeEdge } from '../../edge/build.ts';
import { EDGE_FEATURES } from '../../edge/contract/features.ts';
import { withFloor } from '../../edge/contract/floor.ts';
import type { Route } from '../../edge/contract/route.ts';
import { assigning } from '../vectors/assignment.ts';
import { toRequestEvent, toResponseEvent } from '../vectors/cloudfront-event.ts';
import { floor, HOST, NOW, route } from '../vectors/edge.ts';
import type { EdgeRequest, Values } from '../vectors/edge.ts';
import { listEngines } from '../vectors/engines.ts';
import type { Engine } from '../vectors/engines.ts';
import { gate } from '../vectors/gate.ts';
import { PREVIEW, ring, sign } from '../vectors/tokens.ts';

/**
 * What a request costs at the edge, next to a function that does nothing and to one that does the
 * least: reads a pointer and rewrites. Says nothing of CloudFront's machines; the ratios are the point.
 */

const ROUNDS = 5000;
const RUNS = 5;

const BROWSER: Values = {
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9',
};
const NAVIGATION: Values = {
  ...BROWSER,
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};
const REQUEST_ID = '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==';

const POINTER_NAME = 'pointer';
const NOTHING = 'function handler(event){return event.request}';
const POINTER = `import cf from"cloudfront";
async function handler(event){
  const text = await cf.kvs().get(event.request.headers.host.value);
  const route = JSON.parse(text);
  event.request.uri = '/' + route.app + '/builds/' + route.stable[0] + event.request.uri;
  return event.request;
}`.replace('\n', '');

// Every round parses its event, as a fresh one comes with every request; the first rounds warm up.
const driver = `
globalThis.main = async function (input) {
  const wall = Date.now;
  // njs has files: there, where Linux tells it, the time on the processor, whoever else is busy.
  const clock = function () {
    try {
      return fs.readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0] / 1e6;
    } catch (error) {
      return wall();
    }
  };
  Date.now = function () { return input.now * 1000; };
  // What the runtime does with a line is not ours to measure.
  console.log = function () {};
  globalThis.readKey = function (key) { return input.store[key]; };
  let started = 0;
  for (let round = -500; round < input.rounds; round++) {
    if (round === 0) started = clock();
    const event = JSON.parse(input.event);
    event.request.rawQueryString = function () { return input.query; };
    await handler(event);
  }
  return String((clock() - started) * 1000 / input.rounds);
};
`;

interface Case {
  readonly name: string;
  readonly code: string;
  readonly route?: Route;
  readonly request?: EdgeRequest;
  readonly event?: unknown;
}

const page = (cookies: Values = {}, path = '/cart/items'): EdgeRequest => ({
  path,
  headers: NAVIGATION,
  cookies,
  requestId: REQUEST_ID,
});
const file = (path: string, cookies: Values = {}): EdgeRequest => ({
  path,
  headers: { ...BROWSER, accept: '*/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
  cookies,
  requestId: REQUEST_ID,
});
const preview = { ...page({}, '/'), query: 'a=1&override_build_number=1050' };
const document = toResponseEvent({
  name: 'document',
  request: page(),
  headers: { 'content-type': 'text/html', 'x-amz-meta-headgate-build': '1043' },
  expect: '',
});

const session = (expiry: number) =>
  page(
    {
      hg_slot: '8',
      '__Host-hg_admit': sign({ kind: 's', fields: ['8', String(NOW - 60)], expiry }),
    },
    '/shop/cart',
  );

async function listCases(): Promise<readonly Case[]> {
  const [base, watching, chosen, signed, gated, all] = await Promise.all([
    composeEdge([]),
    composeEdge(['beacon']),
    composeEdge(['session', 'split', 'cohorts', 'pinned']),
    composeEdge(['session', 'split', 'cohorts', 'signed']),
    composeEdge(['gate']),
    composeEdge(EDGE_FEATURES),
  ]);
  const guarded = { ...gate, paths: ['/shop/*', '/api/checkout/*'], except: [] };
  const open = { ...route, gate: { ...guarded, rate: 10_000 } };
  const watched: Route = { ...route, beacon: 1 };
  const report: EdgeRequest = {
    ...file('/_headgate/errors', { hg_slot: '8', hg_build: '1043' }),
    query: 'k=e&1790000000000',
  };
  const signing: Route = { ...route, preview: 'signed' };
  const toOrigin: Route = { ...route, origins: { '1043': 'https://green.example.com/v2' } };
  const shop = page({ hg_slot: '8' }, '/shop/cart');
  return [
    { name: 'nothing', code: NOTHING },
    { name: POINTER_NAME, code: POINTER },
    { name: POINTER_NAME, code: POINTER, route: assigning },
    { name: POINTER_NAME, code: POINTER, route: open },
    { name: 'navigation, canary', code: base.request.code },
    { name: 'first navigation', code: base.request.code, request: page() },
    {
      name: 'file of a page',
      code: base.request.code,
      request: file('/app.js', { hg_build: '1041' }),
    },
    { name: 'pooled file', code: base.request.code, request: file('/assets/app.js') },
    {
      name: 'path to normalise',
      code: base.request.code,
      request: page({ hg_slot: '8' }, '/a//%C3%A9'),
    },
    { name: 'preview redirect', code: base.request.code, request: preview },
    { name: 'all assignment, none', code: chosen.request.code, route: assigning },
    {
      name: 'session in progress',
      code: chosen.request.code,
      route: assigning,
      request: page({ hg_slot: '8', hg_session: '1043.tlpwu7' }),
    },
    { name: 'pinned file', code: chosen.request.code, request: file('/_headgate/b/1041/app.js') },
    { name: 'gate, not protected', code: gated.request.code, route: open },
    {
      name: 'gate, held',
      code: gated.request.code,
      route: { ...route, gate: guarded },
      request: shop,
    },
    {
      name: 'token: preview, verify',
      code: signed.request.code,
      route: signing,
      request: page({ hg_preview: PREVIEW }),
    },
    {
      name: 'token: forged preview',
      code: signed.request.code,
      route: signing,
      request: page({ hg_preview: `${PREVIEW}x` }),
    },
    { name: 'token: new session, sign', code: gated.request.code, route: open, request: shop },
    {
      name: 'token: admitted, verify',
      code: gated.request.code,
      route: open,
      request: session(NOW + 1740),
    },
    {
      name: 'token: renewed, both',
      code: gated.request.code,
      route: open,
      request: session(NOW + 600),
    },
    {
      name: 'whole origin by URL',
      code: all.request.code,
      route: toOrigin,
    },
    { name: 'beacon, navigation', code: watching.request.code, route: watched },
    {
      name: 'beacon, report',
      code: watching.request.code,
      route: watched,
      request: report,
    },
    { name: 'all ten features, none', code: all.request.code, route: assigning },
    { name: 'response, document', code: base.response.code, event: document },
  ];
}

function measure(run: Engine, { code, event, ...given }: Case): Promise<unknown> {
  const request = given.request ?? page({ hg_slot: '8' });
  return run(withFloor(code, { [HOST]: floor }), driver, {
    rounds: ROUNDS,
    now: NOW,
    query: request.query ?? '',
    event: JSON.stringify(event ?? toRequestEvent(request, HOST)),
    store: { [HOST]: JSON.stringify(given.route ?? route), 'keys/shop/prod': JSON.stringify(ring) },
  });
}

/** Runs of different cases take turns, so that a busy machine is as bad for all of them. */
async function measureAll(run: Engine, cases: readonly Case[]): Promise<readonly number[]> {
  const micros = cases.map((): number[] => []);
  for (let round = 0; round < RUNS; round++) {
    for (const [index, one] of cases.entries()) {
      micros[index]?.push(Number(await measure(run, one)));
    }
  }
  return micros.map((runs) => runs.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The pointer function over a route of the same size: nearly all it does is parse it. */
function findPointer(cases: readonly Case[], { route: given = route }: Case): number {
  const size = ({ route: stored = route }: Case) => JSON.stringify(stored).length;
  const pointers = cases.flatMap((one, index) =>
    one.name === POINTER_NAME ? [{ one, index }] : [],
  );
  const distance = ({ one }: { readonly one: Case }) =>
    Math.abs(size(one) - JSON.stringify(given).length);
  return pointers.toSorted((a, z) => distance(a) - distance(z))[0]?.index ?? -1;
}

async function main(): Promise<void> {
  const cases = await listCases();
  for (const [engine, run] of listEngines()) {
    const medians = await measureAll(run, cases);
    print(`\n${engine}: microseconds per request, median of ${RUNS} runs of ${ROUNDS},`);
    print('and times the pointer function over the same route');
    for (const [index, one] of cases.entries()) {
      const micros = medians[index] ?? Number.NaN;
      const ratio = (micros / (medians[findPointer(cases, one)] ?? Number.NaN)).toFixed(1);
      print(`  ${one.name.padEnd(24)} ${micros.toFixed(1).padStart(6)}  ${ratio.padStart(5)} x`);
    }
  }
}

await main();
