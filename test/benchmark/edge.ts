import { composeEdge } from '../../edge/build.ts';
import { withFloor } from '../../edge/contract/floor.ts';
import { toRequestEvent, toResponseEvent } from '../vectors/cloudfront-event.ts';
import { floor, HOST, route } from '../vectors/edge.ts';
import type { EdgeRequest, Values } from '../vectors/edge.ts';
import { listEngines } from '../vectors/engines.ts';
import type { Engine } from '../vectors/engines.ts';

/**
 * What a request costs at the edge, next to a function that does nothing and to one that does the
 * least: reads a pointer and rewrites. Says nothing of CloudFront's machines; the ratios are the point.
 */

const ROUNDS = 3000;
const NAVIGATION: Values = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

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
  globalThis.readKey = function () { return input.stored; };
  let started = 0;
  for (let round = -500; round < input.rounds; round++) {
    if (round === 0) started = Date.now();
    await handler(JSON.parse(input.event));
  }
  return String((Date.now() - started) * 1000 / input.rounds);
};
`;

const request = (part: Omit<EdgeRequest, 'headers'>, headers: Values = {}) =>
  toRequestEvent({ ...part, headers }, HOST);
const page = request({ path: '/cart', cookies: { hg_slot: '8' } }, NAVIGATION);
const document = toResponseEvent({
  name: 'document',
  request: { path: '/cart', headers: NAVIGATION },
  headers: { 'content-type': 'text/html', 'x-amz-meta-headgate-build': '1043' },
  expect: '',
});

async function measure(run: Engine): Promise<readonly (readonly [name: string, micros: number])[]> {
  const bundle = await composeEdge();
  const code = withFloor(bundle.request.code, { [HOST]: floor });
  const cases: readonly (readonly [name: string, code: string, event: unknown])[] = [
    ['nothing', NOTHING, page],
    ['pointer', POINTER, page],
    ['navigation, canary', code, page],
    ['first navigation', code, request({ path: '/cart' }, NAVIGATION)],
    ['file of a page', code, request({ path: '/app.js', cookies: { hg_build: '1041' } })],
    ['pooled file', code, request({ path: '/assets/app.js' })],
    ['preview redirect', code, request({ path: '/', query: 'a=1&override_build_number=1050' })],
    ['response, document', bundle.response.code, document],
  ];
  const results: [string, number][] = [];
  for (const [name, published, event] of cases) {
    const input = { rounds: ROUNDS, stored: JSON.stringify(route), event: JSON.stringify(event) };
    results.push([name, Number(await run(published, driver, input))]);
  }
  return results;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  for (const [name, run] of listEngines()) {
    const results = await measure(run);
    const pointer = results.find(([which]) => which === 'pointer')?.[1] ?? Number.NaN;
    print(`\n${name}: microseconds per request, and times the pointer function`);
    for (const [which, micros] of results) {
      const ratio = (micros / pointer).toFixed(1);
      print(`  ${which.padEnd(20)} ${micros.toFixed(1).padStart(6)}  ${ratio.padStart(5)} x`);
    }
  }
}

await main();
