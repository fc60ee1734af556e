import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  paginateDescribeParameters,
  paginateGetParametersByPath,
  PutParameterCommand,
  SSMClient,
  UnlabelParameterVersionCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';

let cloud: TestCloud;
let ssm: SSMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  ssm = new SSMClient(cloud.config());
});

afterAll(async () => {
  ssm.destroy();
  await cloud.close();
});

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
const get = async (Name: string, more: object = {}) =>
  (await ssm.send(new GetParameterCommand({ Name, ...more }))).Parameter;

test('every write is one version more, and old versions can be asked for', async () => {
  expect((await put('/v/a', 'one')).Version).toBe(1);
  expect((await put('/v/a', 'two', { Overwrite: true })).Version).toBe(2);
  expect(await get('/v/a')).toMatchObject({ Value: 'two', Version: 2, Type: 'String' });
  expect(await get('/v/a:1')).toMatchObject({ Value: 'one' });
  expect((await get('/v/a'))?.LastModifiedDate?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  await expect(get('/v/a:3')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  const history = await ssm.send(new GetParameterHistoryCommand({ Name: '/v/a', MaxResults: 1 }));
  expect(history.Parameters?.map(({ Value }) => Value)).toEqual(['one']);
  const rest = await ssm.send(
    new GetParameterHistoryCommand({
      Name: '/v/a',
      ...(history.NextToken && { NextToken: history.NextToken }),
    }),
  );
  expect(rest.Parameters?.map(({ Value }) => Value)).toEqual(['two']);
});

test('an existing parameter is not overwritten by accident, nor its type changed', async () => {
  await put('/o/a', 'one');
  await expect(put('/o/a', 'two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  await expect(put('/o/a', 'x', { Overwrite: true, Type: 'SecureString' })).rejects.toMatchObject({
    name: 'HierarchyTypeMismatchException',
  });
});

test('a value holds 4,096 bytes and not one more', async () => {
  await put('/size/fits', 'x'.repeat(4096));
  await expect(put('/size/over', 'x'.repeat(4097))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(put('/size/wide', 'ü'.repeat(2049))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test.each(['no/slash', '/trailing/', '/sp ace', '/aws/reserved', `/${'x'.repeat(1011)}`])(
  'the name %s is refused',
  async (name) => {
    await expect(put(name, 'x')).rejects.toMatchObject({ name: 'ValidationException' });
  },
);

test('a hierarchy has at most 15 levels', async () => {
  await put('/l'.repeat(15), 'x');
  await expect(put('/l'.repeat(16), 'x')).rejects.toMatchObject({
    name: 'HierarchyLevelLimitExceededException',
  });
});

test('a SecureString is readable only with decryption', async () => {
  await put('/s/key', 'secret', { Type: 'SecureString' });
  expect((await get('/s/key'))?.Value).not.toContain('secret');
  expect(await get('/s/key', { WithDecryption: true })).toMatchObject({ Value: 'secret' });
});

test('several parameters at once: the unknown ones are named, eleven are too many', async () => {
  await put('/m/a', '1');
  const got = await ssm.send(new GetParametersCommand({ Names: ['/m/a', '/m/b'] }));
  expect(got.Parameters?.map(({ Name }) => Name)).toEqual(['/m/a']);
  expect(got.InvalidParameters).toEqual(['/m/b']);
  const Names = Array.from({ length: 11 }, (_, i) => `/m/${i}`);
  await expect(ssm.send(new GetParametersCommand({ Names }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('a path is read level by level or whole, in pages', async () => {
  for (const name of ['/p/a', '/p/b', '/p/c/d', '/pq']) await put(name, name);
  const names = async (Recursive: boolean) => {
    const found: (string | undefined)[] = [];
    const pages = paginateGetParametersByPath(
      { client: ssm, pageSize: 1 },
      { Path: '/p', Recursive },
    );
    for await (const { Parameters = [] } of pages)
      found.push(...Parameters.map(({ Name }) => Name));
    return found;
  };
  expect(await names(false)).toEqual(['/p/a', '/p/b']);
  expect(await names(true)).toEqual(['/p/a', '/p/b', '/p/c/d']);
  const ParameterFilters = [{ Key: 'Path', Option: 'OneLevel', Values: ['/p'] }];
  const described = [];
  const pages = paginateDescribeParameters({ client: ssm, pageSize: 1 }, { ParameterFilters });
  for await (const { Parameters = [] } of pages) described.push(...Parameters);
  expect(described.map(({ Name }) => Name)).toEqual(['/p/a', '/p/b']);
  expect(described.some((one) => 'Value' in one)).toBe(false);
  await expect(ssm.send(new GetParametersByPathCommand({ Path: 'p' }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('deleted parameters are gone and start again at version 1', async () => {
  await put('/d/a', '1');
  await put('/d/b', '1');
  await ssm.send(new DeleteParameterCommand({ Name: '/d/a' }));
  await expect(get('/d/a')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  await expect(ssm.send(new DeleteParameterCommand({ Name: '/d/a' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  const deleted = await ssm.send(new DeleteParametersCommand({ Names: ['/d/a', '/d/b'] }));
  expect(deleted).toMatchObject({ DeletedParameters: ['/d/b'], InvalidParameters: ['/d/a'] });
  expect((await put('/d/a', '2')).Version).toBe(1);
});

test('regions are apart, and a restart forgets nothing', async () => {
  await put('/r/a', 'here');
  const elsewhere = new SSMClient(cloud.config('eu-west-1'));
  await expect(elsewhere.send(new GetParameterCommand({ Name: '/r/a' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  const again = await startTestCloud({ directory: cloud.directory });
  const reopened = new SSMClient(again.config());
  const { Parameter } = await reopened.send(new GetParameterCommand({ Name: '/r/a' }));
  expect(Parameter).toMatchObject({ Value: 'here', Version: 1 });
  for (const client of [elsewhere, reopened]) client.destroy();
  await again.close();
});

test('what is not imitated is refused by name, not ignored', async () => {
  await expect(put('/t/a', 'x', { Tier: 'Advanced' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Tier'),
  });
  await expect(put('/t/a', 'x', { AllowedPattern: '.*' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('AllowedPattern'),
  });
});

test('a label is on one version, and on the oldest of 100 it stops writes', async () => {
  const Name = '/labels/a';
  await put(Name, '1');
  await put(Name, '2', { Overwrite: true });
  const label = (ParameterVersion: number, ...Labels: string[]) =>
    ssm.send(new LabelParameterVersionCommand({ Name, ParameterVersion, Labels }));
  const labels = async () => {
    const { Parameters = [] } = await ssm.send(new GetParameterHistoryCommand({ Name }));
    return Parameters.map(({ Labels }) => Labels);
  };
  expect(await label(2, 'prod', '1st')).toMatchObject({ InvalidLabels: ['1st'] });
  expect(await labels()).toEqual([[], ['prod']]);
  await label(1, 'prod');
  expect(await labels()).toEqual([['prod'], []]);
  await expect(label(9, 'prod')).rejects.toMatchObject({ name: 'ParameterVersionNotFound' });
  for (let version = 3; version <= 100; version++) await put(Name, 'x', { Overwrite: true });
  await expect(put(Name, 'x', { Overwrite: true })).rejects.toMatchObject({
    name: 'ParameterMaxVersionLimitExceeded',
  });
  const unlabel = { Name, ParameterVersion: 1, Labels: ['prod', 'test'] };
  expect(await ssm.send(new UnlabelParameterVersionCommand(unlabel))).toMatchObject({
    RemovedLabels: ['prod'],
    InvalidLabels: ['test'],
  });
  expect(await put(Name, 'x', { Overwrite: true })).toMatchObject({ Version: 101 });
});
