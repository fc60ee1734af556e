import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DescribeFunctionCommand,
  GetFunctionCommand,
  ListFunctionsCommand,
  PublishFunctionCommand,
  TestFunctionCommand,
  UpdateFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { associate, createStore, distribute, publishFunction, putKeys } from '../edge/account.ts';
import { PROPAGATION_SECONDS, startWorld, type World } from '../edge/world.ts';

let world: World;
let send: World['cloudFront']['send'];

beforeAll(async () => {
  world = await startWorld();
  send = world.cloudFront.send.bind(world.cloudFront);
});
afterAll(() => world.close());

const CONFIG = { Comment: 'test', Runtime: 'cloudfront-js-2.0' } as const;
const PASS = 'function handler(event) { return event.request; }';

const create = (Name: string, code = PASS) =>
  send(
    new CreateFunctionCommand({ Name, FunctionCode: Buffer.from(code), FunctionConfig: CONFIG }),
  );
const readCode = async (Name: string, Stage: 'DEVELOPMENT' | 'LIVE') => {
  const { FunctionCode } = await send(new GetFunctionCommand({ Name, Stage }));
  return Buffer.from(FunctionCode ?? '').toString('utf8');
};

const EVENT = {
  version: '1.0',
  context: { eventType: 'viewer-request' },
  viewer: { ip: '1.2.3.4' },
  request: { method: 'GET', uri: '/', querystring: {}, headers: {}, cookies: {} },
};
const test = async (Name: string, event: unknown = EVENT) => {
  const { ETag } = await send(new DescribeFunctionCommand({ Name }));
  const EventObject = Buffer.from(JSON.stringify(event));
  return (await send(new TestFunctionCommand({ Name, IfMatch: ETag, EventObject }))).TestResult;
};

it('has two stages: DEVELOPMENT changes on update, LIVE on publish', async () => {
  const created = await create('stages');
  await expect(readCode('stages', 'LIVE')).rejects.toMatchObject({ name: 'NoSuchFunctionExists' });
  const published = await send(
    new PublishFunctionCommand({ Name: 'stages', IfMatch: created.ETag }),
  );
  expect(published.FunctionSummary?.FunctionMetadata?.Stage).toBe('LIVE');
  const updated = await send(
    new UpdateFunctionCommand({
      Name: 'stages',
      IfMatch: created.ETag,
      FunctionCode: Buffer.from(`${PASS}//2`),
      FunctionConfig: CONFIG,
    }),
  );
  // UpdateFunction's own spelling of the header: the SDK finds the ETag there.
  expect(updated.ETag).toMatch(/^ET/);
  expect(await readCode('stages', 'LIVE')).toBe(PASS);
  expect(await readCode('stages', 'DEVELOPMENT')).toBe(`${PASS}//2`);
  const live = await send(new DescribeFunctionCommand({ Name: 'stages', Stage: 'LIVE' }));
  expect(live.ETag).not.toBe(created.ETag);
  const listed = await send(new ListFunctionsCommand({ Stage: 'LIVE' }));
  expect(listed.FunctionList?.Items).toMatchObject([{ Name: 'stages', Status: 'UNASSOCIATED' }]);
});

it('keeps its limits and its ETag', async () => {
  const padded = (bytes: number) => PASS.padEnd(bytes, ' ');
  await expect(create('big', padded(10_241))).rejects.toMatchObject({
    name: 'FunctionSizeLimitExceeded',
    $metadata: { httpStatusCode: 413 },
  });
  const { ETag } = await create('big', padded(10_240));
  await expect(create('big')).rejects.toMatchObject({ name: 'FunctionAlreadyExists' });
  const update = (IfMatch: string | undefined, Comment = '') =>
    send(
      new UpdateFunctionCommand({
        Name: 'big',
        IfMatch,
        FunctionCode: Buffer.from(PASS),
        FunctionConfig: { ...CONFIG, Comment },
      }),
    );
  await expect(update(ETag, 'x'.repeat(129))).rejects.toMatchObject({ name: 'InvalidArgument' });
  await update(ETag, 'x'.repeat(128));
  await expect(update(ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(
    send(new PublishFunctionCommand({ Name: 'big', IfMatch: ETag })),
  ).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(
    send(new TestFunctionCommand({ Name: 'big', IfMatch: ETag, EventObject: Buffer.from('{}') })),
  ).rejects.toMatchObject({ name: 'InvalidIfMatchVersion' });
});

it('runs the code in TestFunction, with its KeyValueStore', async () => {
  const store = await createStore(world, 'tested');
  await putKeys(world, store, { greeting: 'hello' });
  world.advance(PROPAGATION_SECONDS);
  await publishFunction(world, 'greets', {
    store,
    code: `import cf from 'cloudfront';
      async function handler(event) {
        console.log('asked for ' + event.request.uri);
        const text = await cf.kvs().get('greeting');
        event.request.uri = '/' + text;
        return event.request;
      }`,
  });
  const result = await test('greets');
  expect(JSON.parse(result?.FunctionOutput ?? '')).toMatchObject({ request: { uri: '/hello' } });
  expect(result?.FunctionExecutionLogs).toEqual(['asked for /']);
  expect(result?.FunctionErrorMessage).toBe('');
  expect(Number(result?.ComputeUtilization)).toBeGreaterThanOrEqual(0);
});

it('runs the origin helpers in TestFunction, and does not look at what they change', async () => {
  await create(
    'moves',
    `import cf from 'cloudfront';
    function handler(event) {
      if (event.request.uri === '/wrong') cf.selectRequestOriginById(7);
      cf.selectRequestOriginById('anything');
      return event.request;
    }`,
  );
  const result = await test('moves');
  expect(JSON.parse(result?.FunctionOutput ?? '')).toEqual({ request: EVENT.request });
  const wrong = await test('moves', { ...EVENT, request: { ...EVENT.request, uri: '/wrong' } });
  expect(wrong?.FunctionErrorMessage).toContain('selectRequestOriginById');
});

it('reports in TestFunction what fails, and refuses what is no event', async () => {
  await create('fails', `function handler() { throw new Error('<broken>'); }`);
  const result = await test('fails');
  expect(result?.FunctionErrorMessage).toContain('Error: <broken>');
  expect(result?.FunctionOutput).toBe('');
  await expect(test('fails', { version: '1.0' })).rejects.toMatchObject({
    name: 'InvalidArgument',
  });
});

it('is deleted only when no distribution uses it', async () => {
  const arn = await publishFunction(world, 'held', { code: PASS });
  await distribute(world, { host: 'held.test', behaviour: associate({ 'viewer-request': arn }) });
  const { ETag } = await send(new DescribeFunctionCommand({ Name: 'held' }));
  await expect(
    send(new DeleteFunctionCommand({ Name: 'held', IfMatch: ETag })),
  ).rejects.toMatchObject({ name: 'FunctionInUse' });
  const free = await create('free');
  await send(new DeleteFunctionCommand({ Name: 'free', IfMatch: free.ETag }));
  await expect(send(new DescribeFunctionCommand({ Name: 'free' }))).rejects.toMatchObject({
    name: 'NoSuchFunctionExists',
  });
});
