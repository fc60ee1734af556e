import {
  DescribeFunctionCommand,
  GetDistributionConfigCommand,
  PublishFunctionCommand,
  UpdateDistributionCommand,
  UpdateFunctionCommand,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  associate,
  createBucket,
  createStore,
  distribute,
  publishFunction,
  putKeys,
  putObject,
} from './account.ts';
import { PROPAGATION_SECONDS, startWorld, type World } from './world.ts';

let world: World;
let store: string;
let distributionId: string;

const VIEWER_REQUEST = `import cf from 'cloudfront';
async function handler(event) {
  var request = event.request;
  if (request.uri === '/moved') {
    return { statusCode: 302, statusDescription: 'Found',
      headers: { location: { value: '/' } }, cookies: { seen: { value: '1', attributes: 'Path=/' } } };
  }
  if (request.uri === '/throws') throw new Error('boom');
  if (request.uri === '/invalid') return { statusCode: 'no' };
  if (request.uri === '/unsendable') return { statusCode: 200, statusDescription: 'a\\nb' };
  if (request.uri === '/builds/../uri') {
    return { statusCode: 200, body: request.uri + ' ' + request.rawQueryString() };
  }
  if (request.uri === '/event') {
    return { statusCode: 200, body: JSON.stringify(event) };
  }
  var build = await cf.kvs().get(request.headers.host.value);
  request.uri = '/builds/' + build + (request.uri === '/' ? '/index.html' : request.uri);
  request.headers['x-build'] = { value: build };
  return request;
}`;
const VIEWER_RESPONSE = `function handler(event) {
  var response = event.response;
  response.headers['x-served'] = { value: response.headers['x-amz-meta-build'].value
    + '/' + event.request.headers['x-build'].value + '/' + event.request.uri };
  response.headers['x-request'] = { value: event.context.requestId };
  delete response.headers['x-amz-meta-build'];
  response.cookies.slot = { value: '7', attributes: 'Path=/; Secure' };
  return response;
}`;

const get = (path: string, headers = {}) => world.send(path, { host: 'shop.test', ...headers });

beforeAll(async () => {
  world = await startWorld();
  await createBucket(world);
  for (const build of ['1', '2']) {
    await putObject(world, `builds/${build}/index.html`, { body: `build ${build}`, build });
  }
  store = await createStore(world, 'routes');
  await putKeys(world, store, { 'shop.test': '1' });
  const functions = associate({
    'viewer-request': await publishFunction(world, 'request', { code: VIEWER_REQUEST, store }),
    'viewer-response': await publishFunction(world, 'response', { code: VIEWER_RESPONSE }),
  });
  const { id } = await distribute(world, {
    host: 'shop.test',
    behaviour: functions,
    behaviours: [{ PathPattern: '/builds/*' }],
  });
  distributionId = id;
  world.advance(PROPAGATION_SECONDS);
});
afterAll(() => world.close());

it('rewrites before the cache, so that builds have entries of their own, and counts', async () => {
  const first = await get('/');
  expect(first).toMatchObject({ status: 200, text: 'build 1' });
  expect(first.headers).toMatchObject({
    'x-cache': 'Miss from cloudfront',
    'x-served': '1/1//builds/1/index.html',
    'set-cookie': ['slot=7; Path=/; Secure'],
  });
  expect(first.headers['x-amz-meta-build']).toBeUndefined();
  expect(first.headers['x-request']).toBe(first.headers['x-amz-cf-id']);
  expect((await get('/')).headers['x-cache']).toBe('Hit from cloudfront');
  // The behaviour is the one of the path as sent, the entry that of the path as rewritten.
  expect((await get('/builds/1/index.html')).headers).toMatchObject({
    'x-cache': 'Hit from cloudfront',
    'x-amz-meta-build': '1',
  });
  expect(world.edge.stats()).toEqual({
    [`${distributionId} *`]: { requests: 2, hits: 1, viewerRequestRuns: 2, viewerResponseRuns: 2 },
    [`${distributionId} /builds/*`]: {
      requests: 1,
      hits: 1,
      viewerRequestRuns: 0,
      viewerResponseRuns: 0,
    },
  });
});

it('chooses the behaviour without dot segments, and tells the function the path as sent', async () => {
  const runs = () => world.edge.stats()[`${distributionId} *`]?.viewerRequestRuns ?? 0;
  const before = runs();
  await get('/x/../builds/1/index.html');
  expect(runs()).toBe(before);
  expect((await get('/builds/../uri?a=&b')).text).toBe('/builds/../uri a=&b');
  expect((await get('/builds/../uri')).text).toBe('/builds/../uri undefined');
});

it('sees a KeyValueStore write after the delay, and not before', async () => {
  await putKeys(world, store, { 'shop.test': '2' });
  expect((await get('/')).text).toBe('build 1');
  world.advance(PROPAGATION_SECONDS);
  expect((await get('/')).text).toBe('build 2');
  await putKeys(world, store, { 'shop.test': '1' });
  world.advance(PROPAGATION_SECONDS);
  expect(await get('/')).toMatchObject({ text: 'build 1' });
});

it('sends a generated response with its status, cookies and body', async () => {
  const moved = await get('/moved');
  expect(moved).toMatchObject({ status: 302, reason: 'Found' });
  expect(moved.headers).toMatchObject({
    location: '/',
    'set-cookie': ['seen=1; Path=/'],
    'x-cache': 'FunctionGeneratedResponse from cloudfront',
  });
});

it('gives functions the documented event', async () => {
  const answer = await get('/event?a=1&a=2&b=%20', {
    host: 'shop.test:8080',
    cookie: 'id=5; id=6; x=',
    'x-cache': 'hidden',
    accept: 'text/html',
  });
  const event = JSON.parse(answer.text) as Record<string, unknown>;
  expect(event).toMatchObject({
    version: '1.0',
    context: {
      distributionDomainName: expect.stringMatching(/^d\w+\.cloudfront\.localhost$/) as string,
      distributionId,
      eventType: 'viewer-request',
      requestId: answer.headers['x-amz-cf-id'],
    },
    viewer: { ip: '127.0.0.1' },
  });
  expect(event['request']).toEqual({
    method: 'GET',
    uri: '/event',
    querystring: {
      a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
      b: { value: '%20' },
    },
    headers: {
      host: { value: 'shop.test' },
      accept: { value: 'text/html' },
    },
    cookies: {
      id: { value: '5', multiValue: [{ value: '5' }, { value: '6' }] },
      x: { value: '' },
    },
  });
});

it('answers 503 for a function that throws, 502 for an invalid result, and logs why', async () => {
  const thrown = await get('/throws');
  expect([thrown.status, thrown.headers['x-cache']]).toEqual([
    503,
    'FunctionExecutionError from cloudfront',
  ]);
  expect(world.logs.join('\n')).toContain('Error: boom');
  expect((await get('/invalid')).status).toBe(502);
  expect((await get('/unsendable')).status).toBe(502);
});

it('does not run viewer-response when the origin answers 400 or more', async () => {
  const missing = await get('/missing.js');
  expect(missing.status).toBe(404);
  expect(missing.headers['set-cookie']).toBeUndefined();
});

it('runs a newly published version after the delay', async () => {
  const { cloudFront } = world;
  const read = await cloudFront.send(new DescribeFunctionCommand({ Name: 'response' }));
  const updated = await cloudFront.send(
    new UpdateFunctionCommand({
      Name: 'response',
      IfMatch: read.ETag,
      FunctionConfig: read.FunctionSummary?.FunctionConfig,
      FunctionCode: Buffer.from(
        `function handler(e) { e.response.headers['x-served'] = { value: 'new code' }; return e.response; }`,
      ),
    }),
  );
  const publish = new PublishFunctionCommand({ Name: 'response', IfMatch: updated.ETag });
  await cloudFront.send(publish);
  expect((await get('/')).headers['x-served']).toContain('index.html');
  world.advance(PROPAGATION_SECONDS);
  expect((await get('/')).headers['x-served']).toBe('new code');
});

it('serves the old configuration until the new one is Deployed', async () => {
  const { cloudFront } = world;
  const Id = distributionId;
  const { DistributionConfig: config, ETag } = await cloudFront.send(
    new GetDistributionConfigCommand({ Id }),
  );
  const bare = { ...config?.DefaultCacheBehavior, FunctionAssociations: { Quantity: 0 } };
  const DistributionConfig = { ...config, DefaultCacheBehavior: bare } as DistributionConfig;
  await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
  expect((await get('/')).text).toBe('build 1');
  world.advance(3);
  expect((await get('/index.html')).status).toBe(404);
});
