import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isStandalone,
  renderStandalone,
  standaloneCases,
  standaloneName,
} from '../../../../controller/core/eject/standalone.ts';
import type { Decision } from '../../../../edge/core/decide.ts';
import { createFunctionRuntime } from '../../../../controller/local/function-runtime/runtime.ts';
import { readRoute } from '../../../../edge/core/read-route.ts';
import { decide } from '../../../../edge/core/decide.ts';
import type { RequestEvent } from '../../../../edge/cloudfront-function/event.ts';
import { toVisitor } from '../../../../edge/cloudfront-function/translate.ts';
import { missing } from '../../../depth.ts';
import { toRequestEvent } from '../../../vectors/cloudfront-event.ts';
import {
  file,
  navigation,
  quiet,
  requestVectors,
  type EdgeRequest,
} from '../../../vectors/edge.ts';
import { hasNjs, listEngines, runBatch } from '../../../vectors/engines.ts';
import { hostileVectors } from '../../../vectors/hostile.ts';

const PAGE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const FILE = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'script' };
const POOL = { home: '/shop/pool', include: [], exclude: [] };
const runtime = createFunctionRuntime();

/** What the function makes of a request: the path that is asked of the bucket, or undefined. */
function ask(code: string, uri: string, headers: Readonly<Record<string, string>>) {
  const fields = Object.entries(headers).map(([name, value]) => [name, { value }]);
  const { outcome } = runtime.run({
    code,
    event: {
      version: '1.0',
      context: {
        eventType: 'viewer-request',
        requestId: 'one',
        distributionDomainName: 'd1.cloudfront.example',
        distributionId: 'E1EXAMPLE',
        endpoint: 'd1.cloudfront.example',
      },
      viewer: { ip: '192.0.2.1' },
      request: {
        method: 'GET',
        uri,
        querystring: {},
        headers: Object.fromEntries(fields) as Record<string, { value: string }>,
        cookies: {},
      },
    },
    store: undefined,
    now: new Date(0),
  });
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  return outcome.kind === 'request' ? outcome.request.uri : undefined;
}

/** What Headgate's own function makes of it. */
function askOurs(spa: boolean, path: string, headers: Readonly<Record<string, string>>) {
  const route = readRoute(
    JSON.stringify({
      v: 1,
      gen: 1,
      app: 'shop',
      env: 'prod',
      spa: spa ? 1 : 0,
      stable: ['1041', '0'.repeat(16)],
      kept: [],
      barred: [],
      pool: { include: [], exclude: [] },
      preview: 'off',
    }),
  );
  const fields = Object.entries(headers).map(([name, value]) => [name, { value }]);
  const decision = decide(route, {
    headers: Object.fromEntries(fields) as Record<string, { value: string }>,
    cookies: {},
    path,
    query: '',
    ip: '192.0.2.1',
    id: 'one',
    now: 0,
    method: 'GET',
  });
  return 'uri' in decision ? decision.uri : undefined;
}

const SEGMENT = fc.oneof(
  fc.constantFrom('..', '.', '', '%2e%2e', '%5c', '%', '%00', 'a+b', 'ü', '%2F', '.headgate'),
  fc.constantFrom('_headgate', 'index.html', 'app.js', 'release', '1.2', 'a.7z', 'font.woff2'),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[?#]/g, '')),
);
const PATHS = fc.array(SEGMENT, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);

describe.each([true, false])('the function that stays behind (app of one page: %s)', (spa) => {
  const standalone = {
    name: 'shop/prod',
    home: '/shop/builds/',
    build: '1041',
    spa,
    pinned: [],
    pool: POOL,
  };
  const code = renderStandalone(standalone);

  it('asks for what Headgate’s own asks for, however the path is spelt', () => {
    fc.assert(
      fc.property(PATHS, fc.constantFrom(PAGE, FILE, { accept: 'text/html' }), (path, headers) => {
        expect(ask(code, path, headers)).toBe(askOurs(spa, path, headers));
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it.each([[[]], [['/*.js', '/any/*']]])(
    'passes its test before it is published (pool: %j)',
    (include) => {
      const other = { ...standalone, pinned: ['1041'], pool: { ...POOL, include } };
      for (const { event, check } of standaloneCases(other)) {
        const given = event as Parameters<typeof runtime.run>[0]['event'];
        const text = renderStandalone(other);
        const { outcome } = runtime.run({
          code: text,
          event: given,
          store: undefined,
          now: new Date(0),
        });
        const output = outcome.kind === 'request' ? { request: outcome.request } : outcome;
        expect(check(output)).toBeUndefined();
      }
    },
  );
});

it('finds files that pages ask for below their own build, of named builds only', () => {
  const code = renderStandalone({
    name: 'shop/prod',
    home: '/',
    build: '1041',
    spa: true,
    pinned: ['1041', '1040'],
    pool: POOL,
  });
  expect(ask(code, '/_headgate/b/1040/a.js', FILE)).toBe('/1040/a.js');
  expect(ask(code, '/_headgate/b/1039/a.js', FILE)).toBeUndefined();
  expect(ask(code, '/_headgate/b/1040/.headgate/manifest.json', FILE)).toBeUndefined();
});

if (!hasNjs()) missing('njs', 'apt-get install njs');

/** Those of the vectors but for previews, as a browser without any cookie asks; then what they leave out. */
const ASKED: readonly EdgeRequest[] = [
  ...[...requestVectors, ...hostileVectors]
    .filter(({ request: { query = '' } }) => !query.includes('override_build_number'))
    .map(({ request }) => ({ ...request, cookies: {} })),
  navigation('/.well-known/security.txt', {}),
  file('/.well-known/assetlinks.json'),
  navigation('/cart', {}, 'utm=a%2Bb&override=1&utm=c'),
  file('/assets/app-1a2b.js', {}, 'v=3'),
  file('/x/..//%61ssets/app-1a2b.js'),
  file('/assets/'),
  file('/assets'),
  file('/assets/raw'),
  file('/fonts/ab.woff2'),
  file('/fonts/abc.woff2'),
];

/** What no build has is answered with 404; ours has other words for it, and says which build it is. */
function expected(decision: Decision) {
  return 'uri' in decision ? decision.uri : 404;
}

function readOutput(output: unknown, request: RequestEvent['request'] | undefined) {
  const { uri, statusCode, ...rest } = output as { uri?: string; statusCode?: number };
  if (uri === undefined) return statusCode;
  // What the vectors send, and no copy of another build may be confirmed.
  const { 'if-modified-since': _, ...headers } = request?.headers ?? {};
  const { method, querystring, cookies } = request ?? {};
  expect(rest).toEqual({ method, querystring, cookies, headers });
  return uri;
}

describe.each(listEngines().flatMap(([name, run]) => [0, 1].map((spa) => ({ name, run, spa }))))(
  'in $name (app of one page: $spa), of the stable build, for a visitor without any cookie',
  ({ run, spa }) => {
    it('is asked for what Headgate’s own function asks for', async () => {
      const stable = { ...quiet, spa: spa as 0 | 1, canary: undefined };
      const code = renderStandalone({
        name: 'shop/prod',
        home: '/shop/builds/',
        build: stable.stable[0],
        spa: spa === 1,
        pinned: [],
        pool: { home: '/shop/pool', ...stable.pool },
      });
      const events = ASKED.map((request) => toRequestEvent(request, 'shop.example.com'));
      const { outputs } = await runBatch(run, code, { store: {}, failures: {}, events });
      const route = readRoute(JSON.stringify(stable));
      const decisions = events.map((event) => expected(decide(route, toVisitor(event))));
      expect(new Set(decisions).size).toBeGreaterThan(50);
      const got = outputs.map((output, index) => readOutput(output, events[index]?.request));
      expect(got).toEqual(decisions);
    });
  },
);

it('has a name that no other environment has, in 64 characters', () => {
  const long = 'a'.repeat(32);
  const names = [`${long.slice(1)}b`, `${long.slice(1)}c`].map((one) => standaloneName(long, one));
  expect(new Set([...names, standaloneName('a-b', 'c'), standaloneName('a', 'b-c')]).size).toBe(4);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(64);
  expect(isStandalone(`arn:aws:cloudfront::111122223333:function/${names[0]}`)).toBe(true);
  expect(isStandalone('arn:aws:lambda:us-east-1:111122223333:function:shop_ejected:1')).toBe(false);
});
