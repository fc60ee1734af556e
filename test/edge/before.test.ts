import { describe, expect, it } from 'vitest';
import { composeEdge } from '../../edge/build.ts';
import { EDGE_FEATURES } from '../../edge/contract/features.ts';
import { withFloor } from '../../edge/contract/floor.ts';
import { goldenCases } from '../../edge/contract/golden.ts';
import { GOLDEN_ROUTE } from '../../edge/contract/golden-values.ts';
import { GOLDEN_HOST } from '../../edge/contract/route.ts';
import { listEngines, runBatch, runInVm } from '../vectors/engines.ts';

const compose = (text: string) => composeEdge([], { file: 'policies/viewer.js', text });

/** Names like those the minifier gives, a function in a function, and every way out. */
const VIEWER = `var a = 0;
function helper(e) { function c(f) { return f; } return c(e); }
function before(event) {
  a++;
  var request = event.request;
  if (request.uri === '/old') return { statusCode: 301, headers: { location: { value: '/new' } } };
  if (request.uri === '/same') return;
  if (request.uri === '/boom') throw new Error('boom');
  request.uri = '/assets/' + a + '.js';
  return helper(request);
} // the end`;

const eventOf = (uri: string, host = 'shop.example.com') => ({
  version: '1.0',
  context: { eventType: 'viewer-request', requestId: 'a' },
  viewer: { ip: '192.0.2.1' },
  request: { method: 'GET', uri, querystring: {}, headers: { host: { value: host } }, cookies: {} },
});

const ROUTE = JSON.stringify(GOLDEN_ROUTE);
const store = { [GOLDEN_HOST]: ROUTE, 'shop.example.com': ROUTE };

describe.each(listEngines())('before, on %s', (_name, engine) => {
  const run = async (text: string, events: readonly unknown[]) => {
    const { request } = await compose(text);
    const batch = { store, failures: {}, events };
    return (await runBatch(engine, withFloor(request.code, {}), batch)).outputs;
  };

  it('answers with its response; with its request, or none, ours goes on', async () => {
    const outputs = await run(VIEWER, [eventOf('/old'), eventOf('/a.js'), eventOf('/same')]);
    expect(outputs).toMatchObject([
      { statusCode: 301, headers: { location: { value: '/new' } } },
      { uri: '/Golden/pool/assets/2.js' },
      { uri: '/Golden/builds/stable/same' },
    ]);
  });

  it('may be asynchronous and import what the runtime has', async () => {
    const text = `import cloudfront from 'cloudfront';
      export const before = async (event) => {
        const text = await cloudfront.kvs().get('shop.example.com');
        return { statusCode: 200, headers: { size: { value: String(text.length) } } };
      };`;
    const size = { value: String(ROUTE.length) };
    expect(await run(text, [eventOf('/')])).toMatchObject([{ headers: { size } }]);
  });

  it('keeps its own names, constructors and numbers of arguments', async () => {
    const text = `var Box = function (path, ring) { return { path: path }; };
      function before() {
        var given = JSON.parse('{"path":"/x"}');
        var value = new Box(given.path).path + Box.length;
        return { statusCode: 200, headers: { got: { value: value } } };
      }`;
    expect(await run(text, [eventOf('/')])).toMatchObject([{ headers: { got: { value: '/x2' } } }]);
  });

  it('does not meet golden events: they are about our part', async () => {
    const goldens = goldenCases.filter((golden) => golden.function === 'request');
    const text = 'function before() { return { statusCode: 401, headers: {} }; }';
    const outputs = await run(
      text,
      goldens.map(({ event }) => event),
    );
    expect(goldens.map(({ check }, index) => check(outputs[index])).filter(Boolean)).toEqual([]);
  });
});

it('fails as it fails', async () => {
  const { request } = await compose(VIEWER);
  const batch = { store, failures: {}, events: [eventOf('/boom')] };
  await expect(runBatch(runInVm, withFloor(request.code, {}), batch)).rejects.toThrow('boom');
});

it('becomes part of the hash, of the request function alone', async () => {
  const [plain, one, two] = await Promise.all([
    composeEdge([]),
    compose(VIEWER),
    compose(VIEWER.replace('301', '302')),
  ]);
  expect(new Set([plain, one, two].map(({ request }) => request.hash)).size).toBe(3);
  expect(one.response.hash).toBe(plain.response.hash);
});

it('is refused with what each feature of the group takes, the most first', async () => {
  const before = { file: 'policies/viewer.js', text: VIEWER };
  await expect(composeEdge(EDGE_FEATURES, before)).rejects.toMatchObject({
    message: expect.stringMatching(/^policies\/viewer.js: takes \d+ bytes minified, \d+ too many/),
    next: expect.stringMatching(/: gate 1\d{3}, (\w+ \d+, ){8}\w+ \d+\.$/),
  });
});

it.each([
  ['function before(e) { ) }', '1:22: Unexpected'],
  ['function before(e) { const { a } = e; }', '1:28: Transforming destructuring'],
  ['function befor(e) {}', '2:10: "before" is not declared'],
  ['\nimport x from "./x.js"; function before(e) {}', `2:15: "./x.js" can't be imported`],
  [`function before() { return '${'x'.repeat(9000)}'; }`, ' takes 90'],
])('is refused with its file and place: %#', async (text, message) => {
  await expect(compose(text)).rejects.toMatchObject({
    name: 'BeforeError',
    message: expect.stringMatching(new RegExp(`^policies/viewer.js:${message}`)),
  });
});
