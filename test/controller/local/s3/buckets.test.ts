import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketWebsiteCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { createMemoryS3 } from './in-memory.ts';

const Bucket = 'builds';
const KEYS = ['a/1+1.js', 'a/2 ü.js', 'a/b/3.js', 'b/4.js', 'c.html', '\u{1F600}', '\uFFFD'];
let cloud: TestCloud;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client(cloud.config());
  await s3.send(new CreateBucketCommand({ Bucket }));
  await Promise.all(KEYS.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))));
});

afterAll(async () => {
  s3.destroy();
  await cloud.close();
});

test('a listing is in UTF-8 byte order and gives every key back unchanged', async () => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const listed = Contents.map(({ Key }) => Key);
  expect(listed).toEqual(KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  const encoded = await s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'a/', EncodingType: 'url' }),
  );
  expect(encoded.Contents?.map(({ Key }) => Key)).toEqual([
    'a/1%2B1.js',
    'a/2+%C3%BC.js',
    'a/b/3.js',
  ]);
});

test('a delimiter folds keys into common prefixes, and pages cut both alike', async () => {
  const pages = paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Delimiter: '/' });
  const seen: (string | undefined)[] = [];
  for await (const { Contents = [], CommonPrefixes = [], KeyCount } of pages) {
    expect(KeyCount).toBe(1);
    seen.push(...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix));
  }
  expect(seen).toEqual(['a/', 'b/', 'c.html', '\uFFFD', '\u{1F600}']);
});

test('a page holds at most 1,000 keys', async () => {
  const { send } = createMemoryS3();
  await send('PUT', '/large');
  for (let i = 0; i < 1001; i += 1) await send('PUT', `/large/k${String(i).padStart(4, '0')}`);
  const first = String((await send('GET', '/large?list-type=2&max-keys=5000')).body);
  const token = /<NextContinuationToken>(.*)</.exec(first)?.[1]?.replace(/<.*/, '') ?? '';
  expect(first).toContain('<KeyCount>1000</KeyCount>');
  const query = `list-type=2&continuation-token=${encodeURIComponent(token)}`;
  const rest = String((await send('GET', `/large?${query}`)).body);
  expect(rest).toContain('<Key>k1000</Key>');
  expect(rest).toContain('<KeyCount>1</KeyCount>');
});

test('a listing starts after a key; a made-up token is refused', async () => {
  const list = (more: object) => s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  expect((await list({ StartAfter: 'b/4.js' })).Contents?.[0]?.Key).toBe('c.html');
  await expect(list({ ContinuationToken: 'k1' })).rejects.toMatchObject({
    name: 'InvalidArgument',
  });
});

test('DeleteObjects takes odd keys, present or not', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'emptied' }));
  const Key = 'a & <b>+1 .js';
  await s3.send(new PutObjectCommand({ Bucket: 'emptied', Key, Body: '' }));
  const answer = await s3.send(
    new DeleteObjectsCommand({
      Bucket: 'emptied',
      Delete: { Objects: [{ Key }, { Key: 'absent' }] },
    }),
  );
  expect(answer.Deleted?.map((deleted) => deleted.Key)).toEqual([Key, 'absent']);
  expect(await s3.send(new ListObjectsV2Command({ Bucket: 'emptied' }))).toMatchObject({
    KeyCount: 0,
  });
});

test('buckets have a region; requests signed for another one are redirected', async () => {
  const ireland = new S3Client(cloud.config('eu-west-1'));
  const create = (client: S3Client, Name: string, LocationConstraint?: 'eu-west-1') =>
    client.send(
      new CreateBucketCommand({
        Bucket: Name,
        ...(LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } }),
      }),
    );
  await create(ireland, 'irish', 'eu-west-1');
  await expect(create(ireland, 'irish', 'eu-west-1')).rejects.toMatchObject({
    name: 'BucketAlreadyOwnedByYou',
  });
  await expect(create(s3, 'wrong', 'eu-west-1')).rejects.toMatchObject({
    name: 'IllegalLocationConstraintException',
  });
  await expect(create(s3, 'No_Name')).rejects.toMatchObject({ name: 'InvalidBucketName' });
  await expect(
    s3.send(new PutObjectCommand({ Bucket: 'irish', Key: 'a', Body: '' })),
  ).rejects.toMatchObject({ name: 'PermanentRedirect', $metadata: { httpStatusCode: 301 } });
  await expect(s3.send(new GetBucketLocationCommand({ Bucket: 'irish' }))).resolves.toMatchObject({
    LocationConstraint: 'eu-west-1',
  });
  await expect(ireland.send(new HeadBucketCommand({ Bucket: 'irish' }))).resolves.toMatchObject({
    BucketRegion: 'eu-west-1',
  });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['builds', 'irish']));
  ireland.destroy();
});

test('a bucket policy is kept, given back and removed; what cannot be evaluated is refused', async () => {
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const put = (Statement: object) =>
    s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Statement }) }));
  const get = () => s3.send(new GetBucketPolicyCommand({ Bucket }));
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
  await put([statement]);
  expect(JSON.parse((await get()).Policy ?? '')).toEqual({ Statement: [statement] });
  for (const wrong of [
    [],
    [{ ...statement, Resource: 'arn:aws:s3:::other/*' }],
    [{ ...statement, NotAction: 's3:*' }],
    [{ ...statement, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }],
    [{ ...statement, Condition: { IpAddress: { 'aws:SourceArn': '10.0.0.0/8' } } }],
  ]) {
    await expect(put(wrong)).rejects.toMatchObject({ name: 'MalformedPolicy' });
  }
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
});

test('unknown buckets and operations are named', async () => {
  await expect(s3.send(new ListObjectsV2Command({ Bucket: 'nowhere' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  await expect(s3.send(new GetBucketWebsiteCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('GET bucket?website'),
  });
});
