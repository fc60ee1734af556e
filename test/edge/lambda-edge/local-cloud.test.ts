import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ParameterType } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEnvironment } from '../../../controller/local/lambda-runtime/environment.ts';
import type { Environment } from '../../../controller/local/lambda-runtime/environment.ts';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { Route } from '../../../edge/contract/route.ts';
import { signToken } from '../../../edge/core/token.ts';
import type { LambdaRequest, LambdaResponse } from '../../../edge/lambda-edge/event.ts';
import { startTestCloud } from '../../controller/local/harness.ts';
import type { TestCloud } from '../../controller/local/harness.ts';
import { HOST, navigation, OUT, route } from '../../vectors/edge.ts';
import type { EdgeRequest } from '../../vectors/edge.ts';
import { gate } from '../../vectors/gate.ts';
import { toLambdaRequest } from '../../vectors/lambda-event.ts';
import { keys, MASTERS } from '../../vectors/tokens.ts';

/**
 * The published text in a thread of its own, against services that check every signature: SSM and S3
 * in the app's region, the table in the region next to where the function runs.
 */

const APP_REGION = 'ap-southeast-1';
const { canary: _, ...settled } = route;
const stored: Route = { ...settled, gate: { ...gate, page: '/a+b/wait ing.html' }, idle: 600 };
let cloud: TestCloud;
let instance: Environment;
const log: string[] = [];

beforeAll(async () => {
  cloud = await startTestCloud();
  await Promise.all([storeParameters(), storePage(), storeSession()]);
  const sessions = {
    table: 'sessions',
    regions: ['us-east-1', 'eu-central-1'],
    cookie: 'sid',
    attributes: { token: 'token', version: 'version', expiration: 'expiration' },
    // The first request also opens the connection, on a machine that may be busy.
    timeoutMillis: 5000,
  };
  const { code } = await composeLambdaEdge(['gate'], { routeMaxAgeSeconds: 10, sessions });
  const row = ['shop', 'prod', APP_REGION, '1039', 1, 'pages-bucket'] as const;
  instance = startEnvironment({
    code: { entry: 'index.js', files: { 'index.js': withFloor(code, { [HOST]: row }) } },
    variables: { ...cloud.environment, AWS_REGION: 'eu-west-1' },
    log: (line) => void log.push(line),
  });
});
afterAll(async () => {
  await instance.close();
  await cloud.close();
});

async function storeParameters(): Promise<void> {
  const ssm = new SSMClient(cloud.config(APP_REGION));
  const put = (name: string, Value: string, Type: ParameterType = 'String') =>
    ssm.send(new PutParameterCommand({ Name: `/headgate/shop/prod/${name}`, Value, Type }));
  await put('route', JSON.stringify(stored));
  await Promise.all(MASTERS.map(({ kid, secret }) => put(`keys/${kid}`, secret, 'SecureString')));
}

async function storePage(): Promise<void> {
  const s3 = new S3Client(cloud.config(APP_REGION));
  await s3.send(
    new CreateBucketCommand({
      Bucket: 'pages-bucket',
      CreateBucketConfiguration: { LocationConstraint: APP_REGION },
    }),
  );
  await s3.send(
    new PutObjectCommand({
      Bucket: 'pages-bucket',
      Key: 'shop/pages/a+b/wait ing.html',
      Body: '<h1>Bitte warten</h1>',
      ContentType: 'text/html;charset=utf-8',
    }),
  );
}

async function storeSession(): Promise<void> {
  const client = new DynamoDBClient(cloud.config('eu-central-1'));
  await client.send(
    new CreateTableCommand({
      TableName: 'sessions',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'token', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'token', KeyType: 'HASH' }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.1 }, { TableName: 'sessions' });
  const expiration = String(Math.floor(Date.now() / 1000) + 600);
  await client.send(
    new PutItemCommand({
      TableName: 'sessions',
      Item: { token: { S: 't1' }, version: { S: '1041' }, expiration: { N: expiration } },
    }),
  );
}

async function run(request: EdgeRequest): Promise<LambdaRequest | LambdaResponse> {
  const event = toLambdaRequest(request, HOST);
  const result = await instance.run({ event, context: {}, limitMillis: 5000 });
  expect(result.kind, JSON.stringify([result, log])).toBe('done');
  return (result as { output: LambdaRequest | LambdaResponse }).output;
}

it('follows the route, and the session of the nearest replica', async () => {
  expect(await run(navigation('/', OUT))).toMatchObject({ uri: '/shop/builds/1042/index.html' });
  expect(await run(navigation('/', { ...OUT, sid: 't1' }))).toMatchObject({
    uri: '/shop/builds/1041/index.html',
  });
  expect(log).toEqual([]);
});

it('holds a visitor with the page in the bucket, and lets in whom a key of SSM let in', async () => {
  expect(await run(navigation('/shop/cart', OUT))).toMatchObject({
    status: '429',
    body: '<h1>Bitte warten</h1>',
  });
  const expiry = Math.floor(Date.now() / 1000) + 60;
  const fields = ['5', String(expiry - 120)];
  const admitted = signToken({ kind: 's', fields, expiry }, keys) ?? '';
  const cookies = { ...OUT, '__Host-hg_admit': admitted };
  expect(await run(navigation('/shop/cart', cookies))).toMatchObject({
    uri: '/shop/builds/1042/index.html',
  });
  expect(log).toEqual([]);
});
