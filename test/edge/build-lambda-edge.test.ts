import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../edge/build-lambda-edge.ts';
import { EDGE_FEATURES } from '../../edge/contract/features.ts';
import { withFloor } from '../../edge/contract/floor.ts';
import type { LambdaEdgeConfig, SessionTable } from '../../edge/contract/lambda-edge.ts';
import { GOLDEN_HOST } from '../../edge/contract/route.ts';
import { floor, HOST, navigation, route } from '../vectors/edge.ts';
import { startAws } from '../vectors/lambda-aws.ts';
import { loadLambda } from '../vectors/lambda-engine.ts';
import { toLambdaRequest, toLambdaResponse } from '../vectors/lambda-event.ts';

const sessions: SessionTable = {
  table: 'sessions',
  regions: ['us-east-1'],
  cookie: 'sid',
  attributes: { token: 'token', version: 'version', expiration: 'expiration' },
  timeoutMillis: 100,
};
const config: LambdaEdgeConfig = { routeMaxAgeSeconds: 10 };

describe('the bundle', () => {
  it('is the same for the same input, and another for another', async () => {
    const hashOf = async (...given: Parameters<typeof composeLambdaEdge>) =>
      (await composeLambdaEdge(...given)).hash;
    const first = await hashOf(['gate', 'split'], { ...config, sessions });
    const { table, ...rest } = sessions;
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(await hashOf(['split', 'gate'], { sessions: { ...rest, table }, ...config })).toBe(
      first,
    );
    const others = await Promise.all([
      hashOf(['split'], { ...config, sessions }),
      hashOf(['gate', 'split'], config),
      hashOf(['gate', 'split'], { sessions, routeMaxAgeSeconds: 11 }),
      hashOf(['gate', 'split'], { ...config, sessions: { ...sessions, cookie: 'other' } }),
    ]);
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it('is small: a cold start loads all of it', async () => {
    const { code, sizes } = await composeLambdaEdge(EDGE_FEATURES, { ...config, sessions });
    expect(code.length).toBeLessThan(32_000);
    expect(deflateRawSync(code).length).toBeLessThan(13_000);
    expect(Object.keys(sizes)).toContain('node_modules/aws4/aws4.js');
  });

  it('leaves out what no policy uses', async () => {
    const { code } = await composeLambdaEdge([], config);
    expect(code).not.toContain('Please wait');
    expect(code).not.toContain('cloudfront-viewer-country');
    expect((await composeLambdaEdge([], { ...config, sessions })).code).toContain('hg_session');
  });

  it('is refused when it would not fit', async () => {
    const text = `const data = '${'x'.repeat(990_000)}'; export function before() { return data; }`;
    const before = { file: 'policies/viewer.js', text };
    await expect(composeLambdaEdge([], config, before)).rejects.toThrow(
      /^policies\/viewer\.js: with it the Lambda@Edge function is \d+ bytes over 1000000$/,
    );
  });
});

describe("the team's own code", () => {
  const text = `import { createHash } from 'node:crypto';
    const OLD = '/old';
    export async function before(event) {
      const { request } = event.Records[0].cf;
      if (request.uri === '/login') return { status: '302', statusDescription: 'Found', headers: { location: [{ value: '/' }] } };
      if (request.uri === OLD) return { ...request, uri: '/new.txt' };
      if (request.uri === '/hash') request.uri = '/' + createHash('sha256').update('a').digest('hex').slice(0, 4) + '.txt';
    }`;
  const load = async (given = text) => {
    const before = { file: 'policies/viewer.js', text: given };
    const { code } = await composeLambdaEdge([], config, before);
    const aws = await startAws(() => ({ Parameter: { Value: JSON.stringify(route) } }));
    const table = { [HOST]: floor, [GOLDEN_HOST]: floor };
    const handler = loadLambda(withFloor(code, table), { environment: aws.environment });
    return { handler, aws };
  };

  it('answers, goes on with another request, changes this one, or lets it be', async () => {
    const { handler, aws } = await load();
    const visit = async (path: string, host = HOST) => {
      const output = await handler(toLambdaRequest(navigation(path), host));
      return 'uri' in output ? output.uri : output.status;
    };
    expect(await visit('/login')).toBe('302');
    expect(await visit('/old')).toBe('/shop/builds/1042/new.txt');
    expect(await visit('/hash')).toBe('/shop/builds/1042/ca97.txt');
    expect(await visit('/login.txt')).toBe('/shop/builds/1042/login.txt');
    // Golden events are about our part.
    expect(await visit('/login', GOLDEN_HOST)).toBe('/shop/builds/1042/index.html');
    await aws.close();
  });

  it('runs at viewer-request only', async () => {
    const { handler, aws } = await load('export function before() { return { status: "500" }; }');
    const request = navigation('/login');
    const { cf } = toLambdaRequest(request, HOST).Records[0];
    const given = { ...cf, config: { ...cf.config, eventType: 'origin-request' } };
    expect(await handler({ Records: [{ cf: given }] })).toHaveProperty('uri', '/login');
    const response = toLambdaResponse({ name: '', request, headers: {}, expect: '' });
    expect(await handler(response)).toHaveProperty('status', '200');
    await aws.close();
  });

  it.each([
    ["import x from 'left-pad'; export function before() { return x; }", '"left-pad" can\'t be'],
    ['export function before( {', 'Expected'],
  ])('is refused with its place: %s', async (given, message) => {
    await expect(load(given)).rejects.toThrow(
      new RegExp(`^policies/viewer\\.js:1:\\d+: ${message}`),
    );
  });
});
