import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  associate,
  createBucket,
  createStore,
  distribute,
  publishFunction,
  putObject,
} from './account.ts';
import { publishSource, serveWith } from './lambda-site.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await createBucket(world);
  await putObject(world, 'index.html', { body: 'page' });
});
afterAll(() => world.close());

interface Asked {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat?: string;
  readonly isAway?: boolean;
}

/** What GetMetricData says of these metrics, over the minutes around now. */
async function read(names: readonly string[], asked: Asked): Promise<readonly number[]> {
  const Dimensions = Object.entries(asked.dimensions).map(([Name, Value]) => ({ Name, Value }));
  const client = asked.isAway === true ? world.away.cloudWatch : world.cloudWatch;
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 3_600_000),
      MetricDataQueries: names.map((MetricName, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: { Namespace: asked.namespace, MetricName, Dimensions },
          Period: 7200,
          Stat: asked.stat ?? 'Sum',
        },
      })),
    }),
  );
  return MetricDataResults.map(({ Values = [] }) => Values.reduce((sum, one) => sum + one, 0));
}

it('counts, times and measures the runs of CloudFront Functions', async () => {
  const store = await createStore(world, 'unused');
  const code = `function handler(event) {
    const request = event.request;
    if (request.uri === '/throws') throw new Error('boom');
    if (request.uri === '/invalid') return {};
    if (request.uri === '/busy') { let sum = 0; for (let i = 0; i < 3e7; i += 1) sum += i % 7; request.headers.sum = { value: String(sum) }; }
    if (request.uri === '/large') { const list = []; for (let i = 0; i < 4e5; i += 1) list.push([i]); request.headers.size = { value: String(list.length) }; }
    request.uri = '/index.html';
    return request;
  }`;
  const arn = await publishFunction(world, 'metered', { code, store });
  await distribute(world, {
    host: 'metered.test',
    behaviour: associate({ 'viewer-request': arn }),
  });
  const get = (path: string) => world.send(path, { host: 'metered.test' });
  for (const path of ['/', '/throws', '/invalid']) await get(path);
  const dimensions = { FunctionName: 'metered', Region: 'Global' };
  const asked = { namespace: 'AWS/CloudFront', dimensions };
  const names = ['FunctionInvocations', 'FunctionExecutionErrors', 'FunctionValidationErrors'];
  expect(await read(names, asked)).toEqual([3, 1, 1]);
  const before = world.edge.functionUse()['metered'];
  expect(before).toMatchObject({ runs: 3 });
  expect(before?.maximumBytes).toBeLessThan(2 * 1024 ** 2);
  expect((await get('/busy')).text).toBe('page');
  expect((await get('/large')).text).toBe('page');
  const after = world.edge.functionUse()['metered'];
  expect(after?.maximumMillis).toBeGreaterThan(10);
  expect(after?.maximumBytes).toBeGreaterThan(2 * 1024 ** 2);
  const most = { ...asked, stat: 'Maximum' };
  expect(await read(['FunctionComputeUtilization'], most)).toEqual([100]);
  const lines = world.logs.filter((line) => line.startsWith('metered: '));
  expect(lines[0]).toMatch(
    /^metered: 1 run, [\d.]+ ms on average, [\d.]+ ms at most; \d+ KB alloc/,
  );
  expect(lines.at(-1)).toMatch(/^metered: 5 runs, .* KB allocated at most, of 2048$/);
});

it('ends a function that is far over the time, and answers 503', async () => {
  const code = `function handler(event) { for (;;) {} }`;
  const arn = await publishFunction(world, 'endless', { code });
  await distribute(world, {
    host: 'endless.test',
    behaviour: associate({ 'viewer-request': arn }),
  });
  const answer = await world.send('/', { host: 'endless.test' });
  expect([answer.status, answer.headers['x-cache']]).toEqual([
    503,
    'FunctionExecutionError from cloudfront',
  ]);
  const dimensions = { FunctionName: 'endless', Region: 'Global' };
  const asked = { namespace: 'AWS/CloudFront', dimensions };
  expect(await read(['FunctionExecutionErrors'], asked)).toEqual([1]);
});

it('counts failed runs of Lambda@Edge for the distribution, and the function’s where it ran', async () => {
  const { id, get } = await serveWith(
    world,
    'failing',
    {
      'viewer-request': `if (request.uri === '/throws') throw new Error('boom');
        if (request.uri === '/invalid') return { status: 42 };
        return request;`,
    },
    {},
  );
  for (const path of ['/index.html', '/throws', '/throws', '/invalid']) await get(path);
  const slow = await publishSource(
    world,
    'slow',
    'exports.handler = () => new Promise(() => setTimeout(() => {}, 60_000));',
    1,
  );
  const Items = [{ EventType: 'viewer-request' as const, LambdaFunctionARN: slow }];
  const late = await distribute(world, {
    host: 'slow.test',
    behaviour: { LambdaFunctionAssociations: { Quantity: 1, Items } },
  });
  const answer = await world.send('/', { host: 'slow.test' });
  expect([answer.status, answer.headers['x-cache']]).toEqual([
    503,
    'LambdaLimitExceeded from cloudfront',
  ]);
  const names = ['LambdaExecutionError', 'LambdaValidationError', 'LambdaLimitExceededErrors'];
  const sums = (DistributionId: string) =>
    read(names, {
      namespace: 'AWS/CloudFront',
      dimensions: { DistributionId, Region: 'Global' },
    });
  expect(await sums(id)).toEqual([2, 1, 0]);
  expect(await sums(late.id)).toEqual([0, 0, 1]);
  const replica = { FunctionName: 'us-east-1.failing-viewer-request' };
  const asked = { namespace: 'AWS/Lambda', dimensions: replica };
  expect(await read(['Invocations', 'Errors'], { ...asked, isAway: true })).toEqual([4, 2]);
  expect(await read(['Invocations', 'Errors'], asked)).toEqual([0, 0]);
});
