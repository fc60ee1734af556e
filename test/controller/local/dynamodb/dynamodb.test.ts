import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type AttributeValue,
  type CreateTableCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDb } from '../../../../controller/local/dynamodb/dynamodb.ts';
import { startServer, type RunningServer } from '../../../../controller/local/http/server.ts';
import { createClock } from '../../../../controller/local/state/clock.ts';
import { openDisk } from '../../../../controller/local/state/disk.ts';

let directory: string;
let server: RunningServer;
let home: DynamoDBClient;
let away: DynamoDBClient;
let offset = 0;
const advance = (seconds: number) => void (offset += seconds * 1000);

async function start(): Promise<void> {
  const clock = { speed: 1, now: () => new Date(Date.now() + offset) };
  const dynamoDb = createDynamoDb({ disk: openDisk(directory), clock });
  // Signatures are of the real time.
  const surroundings = { port: 0, clock: createClock(1), anonymous: dynamoDb, log: () => {} };
  server = await startServer({ ...surroundings, services: [dynamoDb] });
  const connect = (region: string) =>
    new DynamoDBClient({
      endpoint: `http://localhost:${server.port}`,
      region,
      maxAttempts: 1,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  home = connect('us-east-1');
  away = connect('eu-west-1');
}

async function stop(): Promise<void> {
  for (const client of [home, away]) client.destroy();
  await server.close();
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-dynamodb-'));
  await start();
});
afterAll(async () => {
  await stop();
  await rm(directory, { recursive: true });
});

async function createTable(
  TableName: string,
  more: Partial<CreateTableCommandInput> = {},
): Promise<void> {
  await home.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'token', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'token', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      ...more,
    }),
  );
  advance(2);
}

type Attributes = Record<string, AttributeValue>;
const key = (token: string) => ({ token: { S: token } });
const put = (
  TableName: string,
  Item: Attributes,
  more: Partial<PutItemCommandInput> = {},
  client = home,
) => client.send(new PutItemCommand({ TableName, Item, ...more }));
const get = async (TableName: string, token: string, client = home) =>
  (await client.send(new GetItemCommand({ TableName, Key: key(token), ConsistentRead: true })))
    .Item;
const update = (TableName: string, more: Partial<UpdateItemCommandInput>) =>
  home.send(
    new UpdateItemCommand({
      TableName,
      Key: key('a'),
      UpdateExpression: 'SET version = :v',
      ExpressionAttributeValues: { ':v': { N: '1' } },
      ...more,
    }),
  );
const status = async (TableName: string, client = home) =>
  (await client.send(new DescribeTableCommand({ TableName }))).Table;
const refusedAs = (name: string, message = '') => ({
  name,
  message: expect.stringContaining(message) as string,
});

it('a table is CREATING at first, and holds nothing until it is ACTIVE', async () => {
  await expect(status('creating')).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
  await createTable('creating');
  advance(-2);
  expect((await status('creating'))?.TableStatus).toBe('CREATING');
  await expect(get('creating', 'a')).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
  await expect(createTable('creating')).rejects.toMatchObject(refusedAs('ResourceInUseException'));
  advance(2);
  expect(await status('creating')).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'token', KeyType: 'HASH' }],
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  });
  expect(await get('creating', 'a')).toBeUndefined();
  await home.send(new DeleteTableCommand({ TableName: 'creating' }));
  await expect(status('creating')).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
});

it('items of every type come back as they were, numbers in their plain form', async () => {
  await createTable('types');
  const item: Attributes = {
    ...key('a'),
    list: { L: [{ BOOL: true }, { NULL: true }, { M: { deep: { S: 'ü' } } }] },
    bytes: { B: new Uint8Array([0, 255]) },
    names: { SS: ['b', 'a'] },
    number: { N: '+012.50e1' },
    small: { N: '-0.00120' },
  };
  await put('types', item);
  const expected = { ...item, number: { N: '125' }, small: { N: '-0.0012' } };
  expect(await get('types', 'a')).toEqual(expected);
  await stop();
  await start();
  expect(await get('types', 'a')).toEqual(expected);
  for (const wrong of [{ N: 'x' }, { N: '1'.repeat(39) }, { SS: [] }, { NS: ['1', '1.0'] }]) {
    await expect(put('types', { ...key('a'), wrong })).rejects.toMatchObject(
      refusedAs('ValidationException'),
    );
  }
});

it('reads the attributes that were asked for, and none by a reserved name', async () => {
  await createTable('projection');
  await put('projection', { ...key('a'), version: { S: '1' }, other: { S: '2' } });
  const read = (ProjectionExpression: string, ExpressionAttributeNames?: Record<string, string>) =>
    home.send(
      new GetItemCommand({
        TableName: 'projection',
        Key: key('a'),
        ProjectionExpression,
        ...(ExpressionAttributeNames && { ExpressionAttributeNames }),
      }),
    );
  const { Item } = await read('version, #t', { '#t': 'token' });
  expect(Item).toEqual({ ...key('a'), version: { S: '1' } });
  await expect(read('token')).rejects.toMatchObject(
    refusedAs('ValidationException', 'reserved keyword: token'),
  );
  await expect(read('version', { '#t': 'token' })).rejects.toMatchObject(
    refusedAs('ValidationException', 'unused in expressions'),
  );
  await expect(read('other.deep')).rejects.toMatchObject(refusedAs('ValidationException'));
});

it('writes only under the condition', async () => {
  await createTable('conditions');
  const once = {
    ConditionExpression: 'attribute_not_exists(#t) OR (version = :v AND attribute_exists(#t))',
    ExpressionAttributeNames: { '#t': 'token' },
    ExpressionAttributeValues: { ':v': { N: '1.0' } },
  };
  const item = (version: string) => ({ ...key('a'), version: { N: version } });
  await put('conditions', item('1'), once);
  const replaced = await put('conditions', item('2'), { ...once, ReturnValues: 'ALL_OLD' });
  expect(replaced.Attributes).toEqual(item('1'));
  await expect(put('conditions', item('3'), once)).rejects.toMatchObject({
    ...refusedAs('ConditionalCheckFailedException'),
    $metadata: { httpStatusCode: 400 },
  });
  const conditional = { ...once, TableName: 'conditions', Key: key('a') };
  await expect(home.send(new DeleteItemCommand(conditional))).rejects.toMatchObject(
    refusedAs('ConditionalCheckFailedException'),
  );
  expect(await get('conditions', 'a')).toEqual(item('2'));
  await home.send(new DeleteItemCommand({ TableName: 'conditions', Key: key('a') }));
  expect(await get('conditions', 'a')).toBeUndefined();
});

it('UpdateItem sets plain attributes, of an item that need not exist', async () => {
  await createTable('updates');
  expect(await update('updates', { ReturnValues: 'ALL_NEW' })).toMatchObject({
    Attributes: { ...key('a'), version: { N: '1' } },
  });
  await update('updates', {
    UpdateExpression: 'SET #ttl = :t, version = :v',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':v': { S: 'b' }, ':t': { N: '5' } },
  });
  expect(await get('updates', 'a')).toEqual({
    ...key('a'),
    version: { S: 'b' },
    ttl: { N: '5' },
  });
});

it('refuses by name what it does not imitate', async () => {
  await createTable('refusals');
  const updates: [Partial<UpdateItemCommandInput>, string][] = [
    [{ UpdateExpression: 'REMOVE version' }, 'REMOVE'],
    [{ UpdateExpression: 'SET version = version + :v' }, 'version'],
    [{ UpdateExpression: 'SET version = if_not_exists(version, :v)' }, 'if_not_exists'],
    [{ UpdateExpression: 'SET #t = :v', ExpressionAttributeNames: { '#t': 'token' } }, 'key'],
    [{ ConditionExpression: 'version > :v' }, '>'],
    [{ ConditionExpression: 'NOT version = :v' }, 'NOT'],
    [{ ConditionExpression: 'begins_with(version, :v)' }, 'begins_with'],
    [{ ConditionExpression: 'version = :w' }, ':w'],
    [{ ConditionExpression: '(version = :v' }, ')'],
    [{ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }, 'ReturnValuesOnConditionCheckFailure'],
    [{ Key: { token: { N: '1' } } }, 'key element'],
    [{ Key: { token: { S: '' } } }, 'empty'],
  ];
  for (const [more, word] of updates) {
    await expect(update('refusals', more), word).rejects.toMatchObject(
      refusedAs('ValidationException', word),
    );
  }
  await expect(home.send(new ScanCommand({ TableName: 'refusals' }))).rejects.toMatchObject(
    refusedAs('UnknownOperationException', 'Scan'),
  );
  const big = { ...key('a'), big: { S: 'x'.repeat(400 * 1024) } };
  await expect(put('refusals', big)).rejects.toMatchObject(
    refusedAs('ValidationException', 'size'),
  );
});

it('queries a partition in the order of its sort key, page by page', async () => {
  await createTable('sorted', {
    AttributeDefinitions: [
      { AttributeName: 'visitor', AttributeType: 'S' },
      { AttributeName: 'at', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'visitor', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
  });
  const item = (visitor: string, at: string) => ({ visitor: { S: visitor }, at: { N: at } });
  for (const at of ['10', '9', '-1']) await put('sorted', item('a', at));
  await put('sorted', item('b', '1'));
  const query = (more: Partial<QueryCommandInput> = {}) =>
    home.send(
      new QueryCommand({
        TableName: 'sorted',
        KeyConditionExpression: 'visitor = :v',
        ExpressionAttributeValues: { ':v': { S: 'a' } },
        ...more,
      }),
    );
  expect((await query()).Items?.map(({ at }) => at?.N)).toEqual(['-1', '9', '10']);
  const page = await query({ Limit: 2, ScanIndexForward: false });
  expect(page).toMatchObject({ Count: 2, LastEvaluatedKey: item('a', '9') });
  const rest = await query({
    ScanIndexForward: false,
    ExclusiveStartKey: page.LastEvaluatedKey ?? {},
  });
  expect(rest.Items).toEqual([item('a', '-1')]);
  await expect(query({ KeyConditionExpression: 'build = :v' })).rejects.toMatchObject(
    refusedAs('ValidationException', 'visitor'),
  );
});

it('a replica sees writes of the other region after a delay, and the last writer wins', async () => {
  await createTable('global');
  const change = (ReplicaUpdates: object[]) =>
    home.send(new UpdateTableCommand({ TableName: 'global', ReplicaUpdates }));
  await put('global', { ...key('a'), build: { S: '1' } });
  await change([{ Create: { RegionName: 'eu-west-1' } }]);
  expect((await status('global', away))?.TableStatus).toBe('CREATING');
  await expect(change([{ Delete: { RegionName: 'eu-west-1' } }])).rejects.toMatchObject(
    refusedAs('ResourceInUseException', 'UPDATING'),
  );
  advance(2);
  expect(await status('global')).toMatchObject({
    TableStatus: 'ACTIVE',
    Replicas: [{ RegionName: 'eu-west-1', ReplicaStatus: 'ACTIVE' }],
  });
  const read = async (client: DynamoDBClient) => (await get('global', 'a', client))?.['build']?.S;
  expect(await read(away)).toBe('1');
  await put('global', { ...key('a'), build: { S: '2' } });
  expect([await read(home), await read(away)]).toEqual(['2', '1']);
  advance(1);
  expect(await read(away)).toBe('2');
  await put('global', { ...key('a'), build: { S: '3' } }, {}, away);
  await home.send(new DeleteItemCommand({ TableName: 'global', Key: key('a') }));
  expect([await read(home), await read(away)]).toEqual([undefined, '3']);
  advance(1);
  expect(await read(away)).toBeUndefined();
  await expect(home.send(new DeleteTableCommand({ TableName: 'global' }))).rejects.toMatchObject(
    refusedAs('ValidationException', 'replicas'),
  );
  await change([{ Delete: { RegionName: 'eu-west-1' } }]);
  await expect(read(away)).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
});

it('a replica needs a stream', async () => {
  await createTable('streamless', { StreamSpecification: { StreamEnabled: false } });
  const ReplicaUpdates = [{ Create: { RegionName: 'eu-west-1' } }];
  const TableName = 'streamless';
  await expect(
    home.send(new UpdateTableCommand({ TableName, ReplicaUpdates })),
  ).rejects.toMatchObject(refusedAs('ValidationException', 'stream'));
});

it('expired items can still be read for a while, then are gone', async () => {
  await createTable('expiry');
  const now = () => Math.floor((Date.now() + offset) / 1000);
  await put('expiry', { ...key('a'), expiration: { N: String(now() - 1) } });
  await put('expiry', { ...key('text'), expiration: { S: '1' } });
  await put('expiry', { ...key('ancient'), expiration: { N: '1' } });
  advance(60);
  expect(await get('expiry', 'a')).toBeDefined();
  const specify = (Enabled: boolean) =>
    home.send(
      new UpdateTimeToLiveCommand({
        TableName: 'expiry',
        TimeToLiveSpecification: { AttributeName: 'expiration', Enabled },
      }),
    );
  await specify(true);
  const described = async () =>
    (await home.send(new DescribeTimeToLiveCommand({ TableName: 'expiry' }))).TimeToLiveDescription;
  expect((await described())?.TimeToLiveStatus).toBe('ENABLING');
  await expect(specify(false)).rejects.toMatchObject(refusedAs('ValidationException', 'interval'));
  advance(2);
  expect(await described()).toEqual({
    TimeToLiveStatus: 'ENABLED',
    AttributeName: 'expiration',
  });
  await expect(specify(true)).rejects.toMatchObject(refusedAs('ValidationException', 'enabled'));
  expect(await get('expiry', 'a')).toBeUndefined();
  await put('expiry', { ...key('b'), expiration: { N: String(now() - 1) } });
  expect(await get('expiry', 'b')).toBeDefined();
  expect(await get('expiry', 'text')).toBeDefined();
  expect(await get('expiry', 'ancient')).toBeDefined();
});
