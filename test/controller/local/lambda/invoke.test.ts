import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  type InvokeCommandInput,
} from '@aws-sdk/client-lambda';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../edge/world.ts';
import { functionZip } from './archive.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const settle = () => world.advance(1);

async function create(FunctionName: string, source: string, Timeout = 3): Promise<void> {
  await world.lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::123456789012:role/edge',
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Code: { ZipFile: functionZip(source) },
      Timeout,
    }),
  );
}

async function change(FunctionName: string, source: string): Promise<void> {
  const ZipFile = functionZip(source);
  await world.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
}

async function invoke(FunctionName: string, more: Partial<InvokeCommandInput> = {}) {
  const answer = await world.lambda.send(new InvokeCommand({ FunctionName, ...more }));
  const text = Buffer.from(answer.Payload ?? []).toString();
  return { ...answer, payload: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const refusedAs = (name: string, httpStatusCode: number) => ({
  name,
  $metadata: { httpStatusCode },
});
const counting = (build: string) => `let runs = 0;
  exports.handler = async (event, context) => {
    runs += 1;
    console.log('run', runs);
    return { build: '${build}', runs, event, name: context.functionName, region: process.env.AWS_REGION };
  };`;

it('runs $LATEST or a version in the region of the function, with memory of its own', async () => {
  await create('counting', counting('1'));
  await expect(invoke('counting')).rejects.toMatchObject(
    refusedAs('ResourceConflictException', 409),
  );
  settle();
  const Payload = JSON.stringify({ a: 1 });
  const first = await invoke('counting', { Payload, LogType: 'Tail' });
  expect(first).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(first.FunctionError).toBeUndefined();
  expect(first.payload).toEqual({
    build: '1',
    runs: 1,
    event: { a: 1 },
    name: 'counting',
    region: 'us-east-1',
  });
  const log = Buffer.from(first.LogResult ?? '', 'base64').toString();
  expect(log).toMatch(
    /^START RequestId: \S+ Version: \$LATEST\n\S+\t\S+\tINFO\trun 1\nEND RequestId: \S+\nREPORT /,
  );
  expect((await invoke('counting')).payload).toMatchObject({ runs: 2, event: {} });
  await world.lambda.send(new PublishVersionCommand({ FunctionName: 'counting' }));
  settle();
  expect(await invoke('counting', { Qualifier: '1' })).toMatchObject({
    ExecutedVersion: '1',
    payload: { runs: 1 },
  });
});

it('runs other code only when the change is done, and never with the memory of the old one', async () => {
  await create('changing', counting('1'));
  settle();
  await invoke('changing');
  await change('changing', counting('2'));
  await expect(invoke('changing')).rejects.toMatchObject(
    refusedAs('ResourceConflictException', 409),
  );
  settle();
  expect((await invoke('changing')).payload).toMatchObject({ build: '2', runs: 1 });
  await world.lambda.send(new DeleteFunctionCommand({ FunctionName: 'changing' }));
  await create('changing', counting('3'));
  settle();
  expect((await invoke('changing')).payload).toMatchObject({ build: '3', runs: 1 });
});

it('answers 200 with the error of a function that failed', async () => {
  await create(
    'failing',
    `exports.handler = async (event) => {
      if (event.slow) await new Promise(() => setTimeout(() => {}, 60_000));
      throw new TypeError('boom');
    };`,
    1,
  );
  settle();
  const thrown = await invoke('failing');
  expect(thrown).toMatchObject({
    StatusCode: 200,
    FunctionError: 'Unhandled',
    payload: { errorType: 'TypeError', errorMessage: 'boom' },
  });
  expect((thrown.payload as { trace: string[] }).trace[0]).toBe('TypeError: boom');
  const slow = await invoke('failing', { Payload: '{"slow":true}' });
  expect(slow.payload).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(
      /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/,
    ) as string,
  });
  const read = (MetricName: string, Value: string) => ({
    Id: MetricName.toLowerCase(),
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value }],
      },
      Period: 60,
      Stat: 'Sum',
    },
  });
  const now = Date.now();
  const { MetricDataResults } = await world.cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - 600_000),
      EndTime: new Date(now + 600_000),
      MetricDataQueries: [read('Invocations', 'failing'), read('Errors', 'failing')],
    }),
  );
  const sums = MetricDataResults?.map(({ Values = [] }) => Values.reduce((a, b) => a + b, 0));
  expect(sums).toEqual([2, 2]);
});

it('refuses what it does not imitate, unknown versions and payloads that are no JSON', async () => {
  await create('refusing', counting('1'));
  settle();
  expect((await invoke('refusing', { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  await expect(invoke('refusing', { Qualifier: '7' })).rejects.toMatchObject(
    refusedAs('ResourceNotFoundException', 404),
  );
  await expect(invoke('refusing', { Payload: '{' })).rejects.toMatchObject(
    refusedAs('InvalidRequestContentException', 400),
  );
});
