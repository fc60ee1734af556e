import { CloudFrontClient, CreateKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  ListKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  CreateMultipartUploadCommand,
  CompleteMultipartUploadCommand,
} from '@aws-sdk/client-s3';
import {
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import '@aws-sdk/signature-v4a';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RecordedCall } from '../../../../controller/local/iam/recorded-call.ts';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { ACCOUNT, becomeRole, documentOf } from './account.ts';

const calls: RecordedCall[] = [];
let cloud: TestCloud;
let owner: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud({ speed: 100, onRequest: (call) => void calls.push(call) });
  owner = new S3Client(cloud.config());
  await owner.send(new CreateBucketCommand({ Bucket: 'builds' }));
});

beforeEach(() => void calls.splice(0));

afterAll(async () => {
  owner.destroy();
  await cloud.close();
});

const put = (s3: S3Client, Key: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket: 'builds', Key, Body: 'x', ...more }));
const allow = (Action: string | readonly string[], Resource: string | readonly string[]) =>
  ({ Effect: 'Allow', Action, Resource }) as const;
const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

test('a role does what its policies say, and each permission is recorded', async () => {
  const config = await becomeRole(
    cloud,
    'writer',
    allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::builds/shop/*'),
  );
  const s3 = new S3Client(config);
  calls.splice(0);
  await put(s3, 'shop/a');
  const refused = await put(s3, 'blog/a').catch((error: unknown) => error);
  expect(refused).toMatchObject({
    ...DENIED,
    message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/writer/test is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::builds/blog/a" because no identity-based policy allows the s3:PutObject action`,
  });
  await put(owner, 'blog/a');
  expect(calls.map((one) => [one.operation, one.action, one.resource, one.decision])).toEqual([
    ['PutObject', 's3:PutObject', 'arn:aws:s3:::builds/shop/a', 'allowed'],
    ['PutObject', 's3:PutObject', 'arn:aws:s3:::builds/blog/a', 'implicitDeny'],
    ['PutObject', 's3:PutObject', 'arn:aws:s3:::builds/blog/a', 'allowed'],
  ]);
  expect(calls.at(-1)?.principal).toBe(`arn:aws:iam::${ACCOUNT}:user/local`);
  const copy = (from: string) =>
    s3.send(
      new CopyObjectCommand({ Bucket: 'builds', Key: 'shop/b', CopySource: `builds/${from}` }),
    );
  await copy('shop/a');
  await expect(copy('blog/a')).rejects.toMatchObject(DENIED);
  const iam = new IAMClient(cloud.config());
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'writer', PolicyName: 'own' }));
  await expect(put(s3, 'shop/a')).rejects.toMatchObject(DENIED);
  await iam.send(new DeleteRoleCommand({ RoleName: 'writer' }));
  const anew = await becomeRole(cloud, 'writer', allow('s3:*', 'arn:aws:s3:::builds/*'));
  const successor = new S3Client(anew);
  await put(successor, 'shop/a');
  // The name is the same, the role isn't.
  await expect(put(s3, 'shop/a')).rejects.toMatchObject(DENIED);
  for (const client of [s3, iam, successor]) client.destroy();
});

test('whoever may not list cannot tell a missing key from a forbidden one', async () => {
  const read = allow('s3:GetObject', 'arn:aws:s3:::builds/*');
  const blind = new S3Client(await becomeRole(cloud, 'blind', read));
  const list = { ...allow('s3:ListBucket', 'arn:aws:s3:::builds') };
  const seeing = new S3Client(await becomeRole(cloud, 'seeing', read, list));
  const get = (s3: S3Client) => s3.send(new GetObjectCommand({ Bucket: 'builds', Key: 'absent' }));
  await expect(get(blind)).rejects.toMatchObject(DENIED);
  await expect(get(seeing)).rejects.toMatchObject({ name: 'NoSuchKey' });
  const head = blind.send(new HeadObjectCommand({ Bucket: 'builds', Key: 'absent' }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  const shop = {
    ...list,
    Condition: { StringLike: { 's3:prefix': 'shop/*' } },
  };
  const prefixed = new S3Client(await becomeRole(cloud, 'prefixed', shop));
  const listing = (Prefix?: string) =>
    prefixed.send(new ListObjectsV2Command({ Bucket: 'builds', Prefix }));
  await listing('shop/1/');
  await expect(listing('blog/')).rejects.toMatchObject(DENIED);
  await expect(listing()).rejects.toMatchObject(DENIED);
  for (const client of [blind, seeing, prefixed]) client.destroy();
});

test('of many deletions each is a question of its own; one with a condition needs to read', async () => {
  const config = await becomeRole(
    cloud,
    'cleaner',
    allow('s3:DeleteObject', 'arn:aws:s3:::builds/gc/*'),
  );
  const s3 = new S3Client(config);
  const { ETag } = await put(owner, 'gc/a');
  await put(owner, 'kept/a');
  const conditional = s3.send(
    new DeleteObjectCommand({ Bucket: 'builds', Key: 'gc/a', IfMatch: ETag }),
  );
  await expect(conditional).rejects.toMatchObject(DENIED);
  const Objects = [{ Key: 'gc/a' }, { Key: 'kept/a' }];
  const answer = await s3.send(new DeleteObjectsCommand({ Bucket: 'builds', Delete: { Objects } }));
  expect(answer.Deleted).toEqual([{ Key: 'gc/a' }]);
  expect(answer.Errors).toEqual([
    { Key: 'kept/a', Code: 'AccessDenied', Message: 'Access Denied' },
  ]);
  s3.destroy();
});

test('the bucket can ask every write for If-None-Match, the parts of an upload excepted', async () => {
  const Bucket = 'immutable';
  await owner.send(new CreateBucketCommand({ Bucket }));
  const Policy = documentOf({
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
    Condition: {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  });
  await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const all = allow('s3:*', `arn:aws:s3:::${Bucket}*`);
  const s3 = new S3Client(await becomeRole(cloud, 'publisher', all));
  const denied = {
    ...DENIED,
    message: expect.stringContaining('explicit deny in a resource-based'),
  };
  const object = { Bucket, Key: 'a' };
  const once = { IfNoneMatch: '*' };
  await expect(put(s3, 'a', object)).rejects.toMatchObject(denied);
  await put(s3, 'a', { ...object, ...once });
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'b' }));
  const upload = { Bucket, Key: 'b', UploadId };
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  const complete = (more: object = {}) =>
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, ...more }));
  await expect(complete()).rejects.toMatchObject(denied);
  await complete(once);
  s3.destroy();
});

test('JSON services refuse in their own words, by parameter and by path', async () => {
  const parameters = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/headgate`;
  const config = await becomeRole(
    cloud,
    'reader',
    allow('ssm:GetParameters', `${parameters}/shop/*`),
    allow('ssm:GetParametersByPath', `${parameters}/shop/keys`),
  );
  const ssm = new SSMClient(config);
  const names = (...Names: string[]) => ssm.send(new GetParametersCommand({ Names }));
  const path = (Path: string) => ssm.send(new GetParametersByPathCommand({ Path }));
  const denied = { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } };
  await names('/headgate/shop/route');
  await expect(names('/headgate/shop/route', '/headgate/blog/route')).rejects.toMatchObject(denied);
  await path('/headgate/shop/keys');
  await expect(path('/headgate/shop')).rejects.toMatchObject(denied);
  const write = new PutParameterCommand({ Name: '/headgate/shop/a', Value: '1', Type: 'String' });
  await expect(ssm.send(write)).rejects.toMatchObject(denied);
  const cloudfront = new CloudFrontClient(config);
  const create = cloudfront.send(new CreateKeyValueStoreCommand({ Name: 'a' }));
  await expect(create).rejects.toMatchObject(DENIED);
  for (const client of [ssm, cloudfront]) client.destroy();
});

test('a KeyValueStore takes credentials of a session, signed for all regions', async () => {
  const control = new CloudFrontClient(cloud.config());
  const made = await control.send(new CreateKeyValueStoreCommand({ Name: 'routes' }));
  const KvsARN = made.KeyValueStore?.ARN ?? '';
  const describe = allow('cloudfront-keyvaluestore:DescribeKeyValueStore', KvsARN);
  const store = new CloudFrontKeyValueStoreClient(await becomeRole(cloud, 'router', describe));
  // The client puts the account id before the host.
  store.middlewareStack.add(
    (next) => (args) => next(Object.assign(args, { request: atHost(args.request) })),
    { step: 'build' },
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { ItemCount } = await store.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  expect(ItemCount).toBe(0);
  await expect(store.send(new ListKeysCommand({ KvsARN }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 403 },
  });
  for (const client of [control, store]) client.destroy();
});

function atHost(request: unknown): object {
  return Object.assign(request as object, { hostname: 'localhost' });
}
