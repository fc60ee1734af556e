import { composeLambdaEdge } from '../../edge/build-lambda-edge.ts';
import { EDGE_FEATURES } from '../../edge/contract/features.ts';
import { withFloor } from '../../edge/contract/floor.ts';
import type { Floor, Route } from '../../edge/contract/route.ts';
import type { LambdaEvent } from '../../edge/lambda-edge/event.ts';
import { assigning } from '../vectors/assignment.ts';
import { file, HOST, NAVIGATE, navigation, NOW, route } from '../vectors/edge.ts';
import type { EdgeRequest } from '../vectors/edge.ts';
import { gate } from '../vectors/gate.ts';
import { startAws } from '../vectors/lambda-aws.ts';
import { loadLambda } from '../vectors/lambda-engine.ts';
import { toLambdaRequest, toLambdaResponse } from '../vectors/lambda-event.ts';
import { MASTERS, sign } from '../vectors/tokens.ts';

/** What a request costs in a warm Lambda@Edge instance, with all features; events are JSON on their way, as at AWS. */

const ROUNDS = 5000;
const RUNS = 5;
const ROW: Floor = ['shop', 'prod', 'us-east-1', '1039', 1, 'pages'];

interface Case {
  readonly name: string;
  readonly route?: Route;
  readonly event: LambdaEvent;
}

const ask = (request: EdgeRequest) => toLambdaRequest(request, HOST);
const shop: EdgeRequest = { path: '/shop/cart', headers: NAVIGATE, cookies: { hg_slot: '8' } };
const admitted = sign({ kind: 's', fields: ['8', NOW - 60], expiry: NOW + 600 });
const guarded: Route = { ...route, gate: { ...gate, paths: ['/shop/*'], except: [] } };

const CASES: readonly Case[] = [
  { name: 'navigation, canary', event: ask(navigation('/cart/items')) },
  { name: 'file of a page', event: ask(file('/app.js', { hg_build: '1041' })) },
  { name: 'all assignment, none', route: assigning, event: ask(navigation('/cart/items')) },
  { name: 'gate, held', route: guarded, event: ask(shop) },
  {
    name: 'token: admitted',
    route: guarded,
    event: ask({ ...shop, cookies: { ...shop.cookies, '__Host-hg_admit': admitted } }),
  },
  {
    name: 'response, document',
    event: toLambdaResponse({
      name: '',
      request: navigation('/cart/items'),
      headers: { 'content-type': 'text/html', 'x-amz-meta-headgate-build': '1043' },
      expect: '',
    }),
  },
];

/** Microseconds of each case, in an instance of its own that has all in memory. */
async function measure(code: string, one: Case): Promise<number> {
  const stored = JSON.stringify(one.route ?? route);
  const aws = await startAws(({ operation }) => {
    if (operation === 'GetParameter') return { Parameter: { Value: stored } };
    if (operation !== 'GetParametersByPath') return '<h1>Please wait</h1>'.repeat(100);
    return { Parameters: MASTERS.map(({ kid, secret }) => ({ Name: `/${kid}`, Value: secret })) };
  });
  const handler = loadLambda(withFloor(code, { [HOST]: ROW }), {
    environment: aws.environment,
    now: () => NOW * 1000,
  });
  let started = 0;
  for (let round = -500; round < ROUNDS; round++) {
    if (round === 0) started = performance.now();
    await handler(one.event);
  }
  const micros = ((performance.now() - started) * 1000) / ROUNDS;
  await aws.close();
  return micros;
}

async function main(): Promise<void> {
  const { code } = await composeLambdaEdge(EDGE_FEATURES, { routeMaxAgeSeconds: 10 });
  process.stdout.write(`microseconds per event, median of ${RUNS} runs of ${ROUNDS}\n`);
  for (const one of CASES) {
    const runs: number[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await measure(code, one));
    const median = runs.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
    process.stdout.write(`  ${one.name.padEnd(22)} ${median.toFixed(1).padStart(6)}\n`);
  }
}

await main();
