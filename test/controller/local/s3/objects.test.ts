import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';

const Bucket = 'builds';
let cloud: TestCloud;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client(cloud.config());
  await s3.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
  s3.destroy();
  await cloud.close();
});

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

test('an object comes back with its bytes, headers, metadata and MD5 as its ETag', async () => {
  const { ETag } = await put('shop/index.html', '<p>hello</p>', {
    ContentType: 'text/html; charset=utf-8',
    CacheControl: 'no-cache',
    Metadata: { 'headgate-build': '1043' },
  });
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'shop/index.html' }));
  expect(ETag).toBe(`"${createHash('md5').update('<p>hello</p>').digest('hex')}"`);
  expect(got).toMatchObject({
    ETag,
    ContentType: 'text/html; charset=utf-8',
    CacheControl: 'no-cache',
    ContentLength: 12,
    Metadata: { 'headgate-build': '1043' },
  });
  expect(await got.Body?.transformToString()).toBe('<p>hello</p>');
});

test.each(['a+b c.js', 'ü/日本 (1)*.css', "q?x=1&y='2'.js", 'deep//double/./dot.js'])(
  'the key %s survives the way through path and signature',
  async (Key) => {
    await put(Key, Key);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe(Key);
  },
);

test('keys over 1,024 bytes and metadata over 2 KB are refused', async () => {
  await put('k'.repeat(1024), 'fits');
  await expect(put('ü'.repeat(513), '')).rejects.toMatchObject({ name: 'KeyTooLongError' });
  await expect(put('m', '', { Metadata: { a: 'x'.repeat(2048) } })).rejects.toMatchObject({
    name: 'MetadataTooLarge',
  });
});

test('create-only: of ten writers at once one wins, the others get 412', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => put('once', `writer ${i}`, { IfNoneMatch: '*' })),
  );
  const failures = results.filter((result) => result.status === 'rejected');
  expect(failures).toHaveLength(9);
  expect(failures[0]?.reason).toMatchObject({ name: 'PreconditionFailed' });
});

test('compare-and-set: a stale ETag gets 412, an absent object 404', async () => {
  const first = await put('record', 'one');
  const second = await put('record', 'two', { IfMatch: first.ETag });
  await expect(put('record', 'three', { IfMatch: first.ETag })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(put('absent', '', { IfMatch: second.ETag })).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});

test('conditional reads answer 304 and 412', async () => {
  const { ETag } = await put('conditional', 'x');
  const get = (input: object) =>
    s3.send(new GetObjectCommand({ Bucket, Key: 'conditional', ...input }));
  await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(get({ IfModifiedSince: new Date() })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(get({ IfMatch: ETag, IfNoneMatch: '"other"' })).resolves.toMatchObject({ ETag });
});

test.each([
  ['bytes=0-3', '0123', 'bytes 0-3/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-2', '89', 'bytes 8-9/10'],
])('range %s gives %s', async (Range, text, ContentRange) => {
  await put('digits', '0123456789');
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
  expect(got.ContentRange).toBe(ContentRange);
  expect(await got.Body?.transformToString()).toBe(text);
});

test('a range past the end is refused', async () => {
  await put('short', 'abc');
  await expect(
    s3.send(new GetObjectCommand({ Bucket, Key: 'short', Range: 'bytes=3-' })),
  ).rejects.toMatchObject({ name: 'InvalidRange' });
});

test('checksums are verified, and the stored one is returned when asked for', async () => {
  await put('sum', 'body', { ChecksumSHA256: sha256('body') });
  const head = await s3.send(
    new HeadObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }),
  );
  expect(head.ChecksumSHA256).toBe(sha256('body'));
  await expect(put('sum', 'bodY', { ChecksumSHA256: sha256('body') })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await expect(put('sum', 'body', { ChecksumSHA256: 'short' })).rejects.toMatchObject({
    name: 'InvalidRequest',
  });
  await expect(put('absent-sum', 'x', { ContentMD5: sha256('x') })).rejects.toMatchObject({
    name: 'InvalidDigest',
  });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'absent-sum' }))).rejects.toMatchObject(
    { name: 'NotFound' },
  );
});

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
  'a stream with a trailing %s arrives whole',
  async (ChecksumAlgorithm) => {
    const text = 'x'.repeat(300_000);
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'stream',
        Body: Readable.from([Buffer.from(text)]),
        ContentLength: text.length,
        ChecksumAlgorithm,
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    expect(await got.Body?.transformToString()).toBe(text);
  },
);

test('a copy keeps or replaces metadata and can be tied to the ETag of its source', async () => {
  const { ETag } = await put('source+1', 'copied', {
    Metadata: { build: '1' },
    ContentType: 'a/b',
  });
  const copy = (Key: string, more: object) =>
    s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source%2B1`, ...more }));
  await copy('kept', { CopySourceIfMatch: ETag });
  await copy('replaced', { MetadataDirective: 'REPLACE', Metadata: { build: '2' } });
  const kept = await s3.send(new HeadObjectCommand({ Bucket, Key: 'kept' }));
  const replaced = await s3.send(new HeadObjectCommand({ Bucket, Key: 'replaced' }));
  expect(kept).toMatchObject({ ETag, ContentType: 'a/b', Metadata: { build: '1' } });
  expect(replaced).toMatchObject({ ETag, Metadata: { build: '2' } });
  expect(replaced.ContentType).toBe('binary/octet-stream');
  await expect(copy('kept', { CopySourceIfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    Condition: 'x-amz-copy-source-If-Match',
  });
  await expect(copy('kept', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    Condition: 'If-None-Match',
  });
  await expect(copy('third', { MetadataDirective: 'MERGE' })).rejects.toMatchObject({
    name: 'InvalidArgument',
  });
  await expect(copy('third', { Metadata: { build: '2' } })).rejects.toMatchObject({
    name: 'NotImplemented',
  });
  await expect(copy('source+1', {})).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test('deleting twice succeeds', async () => {
  await put('gone', '');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'gone' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});

test('what would not be kept is refused by name', async () => {
  await expect(put('cold', '', { StorageClass: 'GLACIER' })).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('x-amz-storage-class'),
  });
});
