import {
  CreateTableCommand,
  PutItemCommand,
  UpdateTableCommand,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  associate,
  createBucket,
  createCachePolicy,
  distribute,
  publishFunction,
  putObject,
} from './account.ts';
import {
  bundleHandler,
  customOrigin,
  EVERY_METHOD,
  publishHandler,
  publishSource,
  serveWith,
  startTellingOrigin,
  type Handlers,
  type SiteParts,
} from './lambda-site.ts';
import { EDGE_REGION, startWorld, type World } from './world.ts';

let world: World;
let origin: Awaited<ReturnType<typeof startTellingOrigin>>;
const serve = (name: string, handlers: Handlers, parts: SiteParts = {}) =>
  serveWith(world, name, handlers, parts);

beforeAll(async () => {
  world = await startWorld();
  await createBucket(world);
  for (const number of ['1', '2']) {
    await putObject(world, `builds/${number}/index.html`, { body: `build ${number}` });
  }
  origin = await startTellingOrigin();
});
afterAll(async () => {
  origin.close();
  await world.close();
});

const answerWith = (what: string) => `return { status: '200', body: JSON.stringify(${what}) };`;

it('gives viewer-request the documented event, cookies and query as sent', async () => {
  const site = await serve('event', { 'viewer-request': answerWith('event') });
  const answer = await site.get('/a%20b/../c?a=1&a=2&b', {
    cookie: 'id=5; ;id=6; x',
    'x-cache': 'hidden',
    accept: 'text/html',
  });
  expect(answer.headers['x-cache']).toBe('LambdaGeneratedResponse from cloudfront');
  expect(JSON.parse(answer.text)).toEqual({
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: site.domain,
            distributionId: site.id,
            eventType: 'viewer-request',
            requestId: answer.headers['x-amz-cf-id'],
          },
          request: {
            clientIp: '127.0.0.1',
            method: 'GET',
            uri: '/a%20b/../c',
            querystring: 'a=1&a=2&b',
            headers: {
              host: [{ key: 'Host', value: 'event.test' }],
              cookie: [{ key: 'Cookie', value: 'id=5; ;id=6; x' }],
              accept: [{ key: 'Accept', value: 'text/html' }],
            },
          },
        },
      },
    ],
  });
});

it('rewrites at viewer-request, marks at viewer-response, hits included', async () => {
  const { get, id } = await serve('pointer', {
    'viewer-request': `const { cookie = [] } = request.headers;
      if (request.uri === '/moved') {
        return { status: '302', statusDescription: 'Found', headers: {
          location: [{ key: 'Location', value: '/' }],
          'set-cookie': [{ value: 'seen=1; Path=/' }, { value: 'b=2' }] } };
      }
      request.headers['x-build'] = [{ value: cookie[0] ? '2' : '1' }];
      if (request.uri === '/') request.uri = '/builds/' + request.headers['x-build'][0].value + '/index.html';
      return request;`,
    'viewer-response': `response.headers['x-served'] = [{ key: 'X-Served', value:
        [request.headers['x-build'][0].value, request.uri, response.status, runs].join(' ') }];
      response.headers['set-cookie'] = [{ value: 'slot=7' }];
      return response;`,
  });
  const first = await get('/');
  expect(first).toMatchObject({ status: 200, text: 'build 1' });
  expect(first.headers).toMatchObject({
    'x-cache': 'Miss from cloudfront',
    'x-served': '1 /builds/1/index.html 200 1',
    'set-cookie': ['slot=7'],
  });
  const second = await get('/');
  expect(second.headers['x-cache']).toBe('Hit from cloudfront');
  expect(second.headers['x-served']).toBe('1 /builds/1/index.html 200 2');
  expect((await get('/', { cookie: 'build=2' })).text).toBe('build 2');
  const missing = await get('/missing');
  expect([missing.status, missing.headers['x-served']]).toEqual([404, undefined]);
  const moved = await get('/moved');
  expect(moved).toMatchObject({ status: 302, reason: 'Found' });
  expect(moved.headers).toMatchObject({ location: '/', 'set-cookie': ['seen=1; Path=/', 'b=2'] });
  expect(moved.headers['x-served']).toBeUndefined();
  expect(world.edge.stats()[`${id} *`]).toMatchObject({
    requests: 5,
    viewerRequestRuns: 5,
    viewerResponseRuns: 3,
  });
  expect(world.logs.some((line) => /viewer-request: \d+ ms, \d+ MB of heap/.test(line))).toBe(true);
});

it('runs origin events on a miss only, with what the policy forwards', async () => {
  const CachePolicyId = await createCachePolicy(world, {
    Name: 'one-parameter',
    DefaultTTL: 100,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: false,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: {
        QueryStringBehavior: 'whitelist',
        QueryStrings: { Quantity: 1, Items: ['a'] },
      },
    },
  });
  const { get } = await serve(
    'origin',
    {
      'origin-request': `request.headers['x-seen'] = [{ value: encodeURIComponent(JSON.stringify({ ...request, runs })) }];
        request.uri = '/rewritten'; request.querystring = 'b=2';
        return request;`,
      'origin-response': `response.headers['x-runs'] = [{ value: String(runs) }];
        response.headers['x-path'] = [{ value: request.uri }];
        if (request.uri === '/rewritten') response.status = 203;
        return response;`,
    },
    { behaviour: { CachePolicyId }, config: customOrigin(origin.port) },
  );
  const answer = await get('/page?a=1&c=3', { cookie: 'id=5', 'x-secret': '1' });
  expect(answer.status).toBe(203);
  expect(answer.headers).toMatchObject({ 'x-runs': '1', 'x-path': '/rewritten' });
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  const asked = JSON.parse(answer.text) as { url: string; headers: Record<string, string> };
  expect(asked.url).toBe('/app/rewritten?b=2');
  expect(JSON.parse(decodeURIComponent(asked.headers['x-seen'] ?? ''))).toEqual({
    clientIp: '127.0.0.1',
    method: 'GET',
    uri: '/page',
    querystring: 'a=1',
    headers: {
      host: [{ key: 'Host', value: 'localhost' }],
      'user-agent': [{ key: 'User-Agent', value: 'Amazon CloudFront' }],
    },
    origin: {
      custom: {
        domainName: 'localhost',
        port: origin.port,
        protocol: 'http',
        path: '/app',
        customHeaders: {},
        readTimeout: 30,
        keepaliveTimeout: 5,
        sslProtocols: ['TLSv1.2'],
      },
    },
    runs: 1,
  });
  const again = await get('/page?a=1');
  expect(again.headers).toMatchObject({ 'x-cache': 'Hit from cloudfront', 'x-runs': '1' });
  expect((await get('/page?a=2')).headers['x-runs']).toBe('2');
});

it('asks the origin that origin-request chose: a bucket, or another server', async () => {
  const { get } = await serve('chosen', {
    'origin-request': `if (request.uri === '/generated') {
        return { status: 200, headers: { 'cache-control': [{ value: 'max-age=60' }] }, body: Buffer.from('made ' + runs).toString('base64'), bodyEncoding: 'base64' };
      }
      if (request.uri === '/server') {
        request.origin = { custom: { domainName: 'localhost', port: ${origin.port}, protocol: 'http', path: '/other', customHeaders: { 'x-own': [{ value: '1' }] }, sslProtocols: [], readTimeout: 5, keepaliveTimeout: 5 } };
        request.headers.host = [{ key: 'host', value: 'localhost' }];
      } else {
        request.origin.s3.path = '/builds/2';
        if (request.uri === '/forgotten') request.origin.s3.domainName = 'nobody.s3.amazonaws.com';
        if (request.uri === '/wrong') request.headers.host = [{ value: 'nobody.s3.amazonaws.com' }];
        request.uri = '/index.html';
      }
      return request;`,
  });
  expect((await get('/bucket')).text).toBe('build 2');
  expect((await get('/forgotten')).text).toBe('build 2');
  expect((await get('/wrong')).status).toBe(404);
  const asked = JSON.parse((await get('/server')).text) as object;
  expect(asked).toMatchObject({ url: '/other/server', headers: { 'x-own': '1' } });
  const made = await get('/generated');
  expect((await get('/generated')).text).toBe(made.text);
  expect(made.text).toMatch(/^made \d$/);
});

it('lets origin-response turn an error into a page, which is then cached', async () => {
  const { get } = await serve('errors', {
    'origin-response': `if (response.status === '404') {
        return { ...response, status: '200', statusDescription: 'OK', body: 'instead',
          headers: { 'cache-control': [{ value: 'max-age=60' }] } };
      }
      return response;`,
  });
  expect(await get('/missing')).toMatchObject({ status: 200, text: 'instead' });
  expect((await get('/missing')).headers['x-cache']).toBe('Hit from cloudfront');
});

it('answers 502 for results that CloudFront does not accept', async () => {
  const results: Readonly<Record<string, string>> = {
    nothing: 'return;',
    method: `request.method = 'POST'; return request;`,
    uri: `request.uri = 'x'; return request;`,
    long: `request.uri = '/' + 'x'.repeat(8192); return request;`,
    query: `request.querystring = 'a b'; return request;`,
    host: `request.headers.host = [{ value: 'other.test' }]; return request;`,
    forbidden: `request.headers['x-edge-x'] = [{ value: '1' }]; return request;`,
    case: `request.headers['X-Y'] = [{ value: '1' }]; return request;`,
    key: `request.headers['x-y'] = [{ key: 'x-z', value: '1' }]; return request;`,
    break: `request.headers['x-y'] = [{ value: '1\\r\\nx: 2' }]; return request;`,
    shape: `request.headers['x-y'] = { value: '1' }; return request;`,
    status: `return { status: '99' };`,
    empty: `return { status: '204', body: 'x' };`,
    large: `return { status: '200', body: 'x'.repeat(40 * 1024) };`,
  };
  const cases = Object.entries(results).map(
    ([name, code]) => `if (request.uri === '/${name}') { ${code} }`,
  );
  const { get } = await serve('invalid', {
    'viewer-request': `${cases.join('\n')} return { status: '200', body: 'x'.repeat(40 * 1024 - 100) };`,
  });
  for (const name of Object.keys(results)) {
    const answer = await get(`/${name}`);
    expect([name, answer.status, answer.headers['x-cache']]).toEqual([
      name,
      502,
      'LambdaValidationError from cloudfront',
    ]);
  }
  expect((await get('/')).status).toBe(200);
  const origin404 = await serve('invalid-origin', {
    'origin-request': `request.headers['if-none-match'] = [{ value: '1' }]; return request;`,
  });
  expect((await origin404.get('/')).status).toBe(502);
  const late = await serve('invalid-late', {
    'viewer-response': `if (request.uri === '/builds/1/index.html') response.status = '500'; else response.body = 'x'; return response;`,
  });
  expect((await late.get('/builds/1/index.html')).status).toBe(502);
  expect((await late.get('/builds/2/index.html')).status).toBe(502);
});

it('answers 503 for a function that throws or takes too long, and caches neither', async () => {
  const arn = await publishSource(
    world,
    'broken',
    `let runs = 0;
    exports.handler = async ({ Records: [{ cf: { request } }] }) => {
      if (request.uri === '/slow') await new Promise((resolve) => setTimeout(resolve, 5000));
      runs += 1;
      if (runs === 1) throw new Error('the first one fails');
      return request;
    };`,
    1,
  );
  const Items = [{ EventType: 'origin-request' as const, LambdaFunctionARN: arn }];
  await distribute(world, {
    host: 'broken.test',
    behaviour: { LambdaFunctionAssociations: { Quantity: 1, Items } },
  });
  const get = (path: string) => world.send(path, { host: 'broken.test' });
  const thrown = await get('/builds/1/index.html');
  expect([thrown.status, thrown.headers['x-cache']]).toEqual([
    503,
    'LambdaExecutionError from cloudfront',
  ]);
  expect(world.logs.join('\n')).toContain('the first one fails');
  expect((await get('/builds/1/index.html')).text).toBe('build 1');
  expect((await get('/slow')).status).toBe(503);
  expect(world.logs.join('\n')).toContain('timed out after 1.00 seconds');
});

it('shows the body to functions that ask for it, cut at the limit, and takes another one', async () => {
  const { send } = await serve(
    'body',
    {
      'viewer-request': `const { data, ...rest } = request.body;
        const text = Buffer.from(data, 'base64').toString();
        if (request.uri === '/show') return { status: '200', body: JSON.stringify({ ...rest, start: text.slice(0, 5), bytes: text.length }) };
        if (request.uri === '/replace') request.body = { action: 'replace', encoding: 'text', data: 'other' };
        return request;`,
    },
    {
      includeBody: true,
      behaviour: EVERY_METHOD,
      config: customOrigin(origin.port),
    },
  );
  expect(JSON.parse((await send('/show', 'POST', 'hello')).text)).toEqual({
    inputTruncated: false,
    encoding: 'base64',
    action: 'read-only',
    start: 'hello',
    bytes: 5,
  });
  expect(JSON.parse((await send('/show', 'POST', 'x'.repeat(50_000))).text)).toMatchObject({
    inputTruncated: true,
    bytes: 40 * 1024,
  });
  expect(JSON.parse((await send('/replace', 'POST', 'hello')).text)).toMatchObject({
    method: 'POST',
    body: 'other',
  });
  expect(JSON.parse((await send('/keep', 'PUT', 'hello')).text)).toMatchObject({ body: 'hello' });
});

it('runs a CloudFront Function for the viewer and Lambda@Edge for the origin', async () => {
  const { get } = await serve(
    'mixed',
    { 'origin-request': `request.uri = request.uri.replace('/b/', '/builds/'); return request;` },
    {
      behaviour: associate({
        'viewer-request': await publishFunction(world, 'mixed', {
          code: `function handler(event) { event.request.uri = '/b/1/index.html'; return event.request; }`,
        }),
      }),
    },
  );
  expect((await get('/anything')).text).toBe('build 1');
});

it('lets the AWS SDK in a function read DynamoDB and SSM, each in the region it asks', async () => {
  const { dynamoDb } = world;
  const parameter = (Value: string) =>
    new PutParameterCommand({ Name: '/headgate/folder', Value, Type: 'String' });
  await world.ssm.send(parameter('builds'));
  await world.away.ssm.send(parameter('elsewhere'));
  const TableName = 'sessions';
  const input: CreateTableCommandInput = {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'token', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'token', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
  await dynamoDb.send(new CreateTableCommand(input));
  world.advance(2);
  const ReplicaUpdates = [{ Create: { RegionName: EDGE_REGION } }];
  await dynamoDb.send(new UpdateTableCommand({ TableName, ReplicaUpdates }));
  world.advance(2);
  const Item = { token: { S: 'abc' }, version: { S: '2' } };
  await dynamoDb.send(new PutItemCommand({ TableName, Item }));
  world.advance(1);
  const source =
    await bundleHandler(`import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
        import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
        const client = new DynamoDBClient({});
        const read = async (region) =>
          (await new SSMClient({ region }).send(new GetParameterCommand({ Name: '/headgate/folder' }))).Parameter.Value;
        export async function handler(event) {
          const { request } = event.Records[0].cf;
          const Key = { token: { S: request.headers.cookie[0].value.replace('session=', '') } };
          const { Item } = await client.send(new GetItemCommand({ TableName: 'sessions', Key }));
          request.uri = '/' + (await read('us-east-1')) + '/' + Item.version.S + '/index.html';
          request.headers['x-region'] = [{ value: (await client.config.region()) + ' ' + (await read()) }];
          return request;
        }`);
  const arn = await publishSource(world, 'session', source);
  const mark = `response.headers['x-region'] = request.headers['x-region']; return response;`;
  const Items = [
    { EventType: 'viewer-request' as const, LambdaFunctionARN: arn },
    {
      EventType: 'viewer-response' as const,
      LambdaFunctionARN: await publishHandler(world, 'mark', mark),
    },
  ];
  await distribute(world, {
    host: 'session.test',
    behaviour: { LambdaFunctionAssociations: { Quantity: 2, Items } },
  });
  const answer = await world.send('/', { host: 'session.test', cookie: 'session=abc' });
  expect(answer.text).toBe('build 2');
  expect(answer.headers['x-region']).toBe(`${EDGE_REGION} elsewhere`);
});
