import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { Route } from '../../../edge/contract/route.ts';
import type {
  LambdaEvent,
  LambdaHeaders,
  LambdaRequest,
  LambdaResponse,
} from '../../../edge/lambda-edge/event.ts';
import { floor, HOST, navigation, NOW, route } from '../../vectors/edge.ts';
import { pause, startAws } from '../../vectors/lambda-aws.ts';
import type { Answering, ScriptedAws } from '../../vectors/lambda-aws.ts';
import { loadLambda } from '../../vectors/lambda-engine.ts';
import type { LambdaHandler } from '../../vectors/lambda-engine.ts';
import { toLambdaRequest, toLambdaResponse } from '../../vectors/lambda-event.ts';

let code: string;
let aws: ScriptedAws;
let answer: Answering;
let clock: number;
beforeAll(async () => {
  code = (await composeLambdaEdge(['origins'], { routeMaxAgeSeconds: 10 })).code;
  aws = await startAws((request) => answer(request));
});
afterAll(() => aws.close());
beforeEach(() => {
  clock = NOW * 1000;
  aws.requests.length = 0;
});

/** A cold instance. */
const load = (log?: (text: string) => void): LambdaHandler =>
  loadLambda(withFloor(code, { [HOST]: floor }), {
    environment: aws.environment,
    now: () => clock,
    ...(log && { log }),
  });
const stored = (change: Partial<Route>) => ({
  Parameter: { Value: JSON.stringify({ ...route, ...change }) },
});
const onStable = (build: string, gen: number) => stored({ gen, stable: [build, ''], kept: [] });
const visit = async (handler: LambdaHandler) => {
  const output = await handler(toLambdaRequest(navigation('/'), HOST));
  return 'uri' in output ? output.uri : output.status;
};
const page = (build: string) => `/shop/builds/${build}/index.html`;

describe('the route', () => {
  it('is followed within its maximum age, and never back', async () => {
    const handler = load();
    answer = () => onStable('1050', 60);
    expect(await visit(handler)).toBe(page('1050'));
    answer = () => onStable('1051', 61);
    clock += 9999;
    expect(await visit(handler)).toBe(page('1050'));
    clock += 1;
    expect(await visit(handler)).toBe(page('1051'));
    answer = () => onStable('1050', 60);
    clock += 10_000;
    expect(await visit(handler)).toBe(page('1051'));
    expect(aws.requests.length).toBe(3);
    expect(aws.requests[0]).toEqual({
      operation: 'GetParameter',
      region: 'us-east-1',
      input: { Name: '/headgate/shop/prod/route' },
    });
  });

  it.each([
    ['gone', () => Promise.reject(new Error('ParameterNotFound'))],
    ['garbage', () => ({ Parameter: { Value: '{"v":1,' } })],
    ['without a generation', () => stored({ gen: undefined as never, stable: ['1', ''] })],
    ['without a stable build', () => stored({ gen: 99, stable: undefined as never })],
    ['without its lists', () => stored({ gen: 99, stable: ['1', ''], barred: undefined as never })],
    ['of another environment', () => stored({ gen: 99, env: 'staging', stable: ['1', ''] })],
    ['of a newer version', () => stored({ gen: 99, v: 3 as never, stable: ['1', ''] })],
    ['unreachable', () => undefined],
  ])(
    'stays as it was while SSM has it %s, and the log says so',
    async (_how, broken: Answering) => {
      const lines: string[] = [];
      const handler = load((line) => lines.push(line));
      answer = () => onStable('1050', 60);
      await visit(handler);
      answer = broken;
      clock += 3_600_000;
      expect(await visit(handler)).toBe(page('1050'));
      expect(lines.join('')).toContain('us-east-1 /headgate/shop/prod/route: ');
      // And nothing of it is left that would keep the next one out.
      answer = () => onStable('1051', 61);
      clock += 10_000;
      expect(await visit(handler)).toBe(page('1051'));
    },
  );

  it('stays as it was while SSM is slow: a visitor waits 300 ms, the next ones not at all', async () => {
    const handler = load();
    answer = () => onStable('1050', 60);
    await visit(handler);
    let end = () => {};
    const slow = new Promise<void>((resolve) => (end = resolve));
    answer = () => slow.then(() => onStable('1051', 61));
    clock += 10_000;
    const started = performance.now();
    expect(await visit(handler)).toBe(page('1050'));
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(await Promise.all([visit(handler), visit(handler)])).toEqual([
      page('1050'),
      page('1050'),
    ]);
    end();
    await expect.poll(() => visit(handler)).toBe(page('1051'));
    expect(aws.requests.length).toBe(2);
  });

  it('is read by one request for all who wait', async () => {
    const handler = load();
    answer = () => pause(50).then(() => onStable('1050', 60));
    const pages = await Promise.all([visit(handler), visit(handler), visit(handler)]);
    expect(pages).toEqual([page('1050'), page('1050'), page('1050')]);
    expect(aws.requests.length).toBe(1);
  });

  it('is unknown to a cold instance that can not read it twice: the floor', async () => {
    answer = () => undefined;
    expect(await visit(load())).toBe(page('1039'));
    expect(aws.requests.length).toBe(2);
  });

  it('is asked for on a new connection when AWS closed the old one', async () => {
    const handler = load();
    answer = () => onStable('1050', 60);
    await visit(handler);
    let breaks = true;
    answer = () => {
      const result = breaks ? undefined : onStable('1051', 61);
      breaks = false;
      return result;
    };
    clock += 10_000;
    expect(await visit(handler)).toBe(page('1051'));
  });
});

describe('a host that is not in the table', () => {
  it('gets a 503, and no read', async () => {
    const output = await load()(toLambdaRequest(navigation('/'), 'constructor'));
    expect(output).toMatchObject({ status: '503', statusDescription: 'Service Unavailable' });
    expect(aws.requests).toEqual([]);
  });
});

describe('a route that changes between the functions', () => {
  it('is none of viewer-response: it remembers what was served', async () => {
    const handler = load();
    answer = () => onStable('1050', 60);
    const { Records } = toLambdaRequest(navigation('/'), HOST);
    const served = await handler({ Records });
    answer = () => onStable('1051', 61);
    clock += 10_000;
    expect(await visit(handler)).toBe(page('1051'));

    const response = toLambdaResponse({
      name: '',
      request: navigation('/'),
      headers: { 'content-type': 'text/html' },
      expect: '',
    }).Records[0].cf;
    const event: LambdaEvent = {
      Records: [{ cf: { ...response, request: served as typeof response.request } }],
    };
    const { headers } = await handler(event);
    expect(headers['x-headgate-build']?.[0]?.value).toBe('1050');
    expect(headers['set-cookie']?.[0]?.value).toMatch(/^hg_build=1050; /);
  });
});

describe('a whole origin', () => {
  it('is named by viewer-request, asked by origin-request, and marked by viewer-response', async () => {
    const handler = load();
    const target = 'https://green.example.com/v2';
    answer = () =>
      stored({ stable: ['green', ''], canary: undefined as never, origins: { green: target } });
    const run = async (eventType: string, request: LambdaRequest, response?: LambdaResponse) => {
      const config = { ...visited.config, eventType };
      return await handler({
        Records: [{ cf: { config, request, ...(response && { response }) } }],
      });
    };
    const visited = toLambdaRequest(navigation('/api//cart', {}, 'a=1'), HOST).Records[0].cf;
    const sent = (await run('viewer-request', visited.request)) as LambdaRequest;
    expect([sent.uri, sent.querystring]).toEqual(['/api/cart', 'a=1']);
    const name = (headers: LambdaHeaders) => headers['x-headgate-build']?.map(({ value }) => value);
    expect(name(sent.headers)).toEqual([`green ${target}`]);

    const asked = (await run('origin-request', sent)) as LambdaRequest;
    expect(asked.origin).toHaveProperty('custom.path', '/v2');
    expect(name(asked.headers)).toEqual(['green']);

    const headers = { 'content-type': [{ value: 'text/html' }] };
    const response = { status: '200', statusDescription: 'OK', headers };
    const marked = await run('viewer-response', sent, response);
    expect(name(marked.headers)).toEqual(['green']);
    expect(marked.headers['set-cookie']?.[0]?.value).toMatch(/^hg_build=green; /);
  });
});

describe('origin-request', () => {
  const ask = async (build: string) => {
    const { cf } = toLambdaRequest(navigation('/v1/cart', {}, 'a=1'), 'bucket.s3.amazonaws.com')
      .Records[0];
    const config = { ...cf.config, eventType: 'origin-request' };
    const origin = { s3: { domainName: 'bucket.s3.us-east-1.amazonaws.com' } };
    const headers = { 'x-headgate-build': [{ key: 'X-Headgate-Build', value: build }] };
    const request = { ...cf.request, origin, headers: { ...cf.request.headers, ...headers } };
    return { request, output: await load()({ Records: [{ cf: { config, request } }] }) };
  };

  it('leaves a build where it is', async () => {
    const { request, output } = await ask('1042');
    expect(output).toEqual(request);
  });

  it.each([
    ['https://green.example.com', { protocol: 'https', port: 443, path: '' }],
    ['https://green.example.com:8443/v2/', { protocol: 'https', port: 8443, path: '/v2' }],
    ['http://green.example.com/a/b', { protocol: 'http', port: 80, path: '/a/b' }],
  ])('sends what viewer-request said to %s', async (target, expected) => {
    const { request, output } = await ask(`green ${target}`);
    expect(output).toEqual({
      ...request,
      origin: {
        custom: {
          domainName: 'green.example.com',
          sslProtocols: ['TLSv1.2'],
          readTimeout: 30,
          keepaliveTimeout: 5,
          customHeaders: {},
          ...expected,
        },
      },
      headers: {
        ...request.headers,
        host: [{ key: 'host', value: 'green.example.com' }],
        'x-headgate-build': [{ key: 'x-headgate-build', value: 'green' }],
      },
    });
    expect(aws.requests).toEqual([]);
  });
});
