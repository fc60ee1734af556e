import { connect } from 'node:net';
import { once } from 'node:events';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startStandIn, type StandIn } from './stand-in/stand-in.ts';
import { PATIENCE } from '../../patience.ts';

const Bucket = 'bench';
let standIn: StandIn;
let client: S3Client;

beforeEach(async () => {
  standIn = await startStandIn();
  client = new S3Client({
    endpoint: `http://127.0.0.1:${standIn.port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await standIn.close();
});

const put = (Key: string, Body: string, more: Readonly<Record<string, string>> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

test('a PUT is remembered with its metadata, and taken once', async () => {
  const more = { ContentType: 'text/css', CacheControl: 'no-cache', IfNoneMatch: '*' };
  await put('a/ü b+c.css', 'body{}', more);
  await expect(put('a/ü b+c.css', 'other', more)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 412 },
  });
  const found = await client.send(new HeadObjectCommand({ Bucket, Key: 'a/ü b+c.css' }));
  expect(found).toMatchObject({
    ContentLength: 6,
    ContentType: 'text/css',
    CacheControl: 'no-cache',
  });
});

test('only what publishers read again has a body', async () => {
  await put('b/.headgate/manifest.json', '{"build":"é"}');
  await put('b/app.js', 'code');
  const read = async (Key: string) => client.send(new GetObjectCommand({ Bucket, Key }));
  expect(await (await read('b/.headgate/manifest.json')).Body?.transformToString()).toBe(
    '{"build":"é"}',
  );
  await expect(read('b/app.js')).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  await expect(read('b/none.json')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('listings have pages, prefixes and what was frozen', async () => {
  const object = { size: 1, etag: '0', text: '' };
  for (let index = 0; index < 2300; index++)
    standIn.objects.set(`pool/${String(index).padStart(4, '0')}`, object);
  standIn.objects.freeze();
  await put('pool/0000a', 'x');
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: 'pool/' }))
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
  expect(keys).toHaveLength(2301);
  expect(keys.slice(0, 3)).toEqual(['pool/0000', 'pool/0000a', 'pool/0001']);
  expect(standIn.counts()).toMatchObject({ kinds: { put: 1, list: 3 }, requests: 4, objects: 1 });

  for (const build of ['b/1/x', 'b/1/y', 'b/2/x']) await put(build, 'x');
  const folders = new ListObjectsV2Command({ Bucket, Prefix: 'b/', Delimiter: '/', MaxKeys: 1 });
  const first = await client.send(folders);
  expect(first).toMatchObject({ CommonPrefixes: [{ Prefix: 'b/1/' }], IsTruncated: true });
  standIn.reset();
  expect(standIn.objects.get('pool/0000a')).toBeUndefined();
  expect(standIn.objects.get('pool/0000')).toBe(object);
});

test('parts become one object, and many are deleted at once', async () => {
  const Key = 'large.bin';
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId };
  for (const PartNumber of [1, 2])
    await client.send(new UploadPartCommand({ ...part, PartNumber, Body: Buffer.alloc(70_000) }));
  await client.send(
    new CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts: [] } }),
  );
  expect(standIn.objects.get(Key)).toMatchObject({ size: 140_000 });
  const Delete = { Objects: [{ Key }, { Key: 'a&b' }] };
  await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
  expect(standIn.objects.get(Key)).toBeUndefined();
});

test('frames may come in any pieces, and chunks count without their framing', async () => {
  const chunked =
    'PUT /bench/c.json HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n';
  const wrapped =
    'PUT /bench/w.json HTTP/1.1\r\nContent-Encoding: aws-chunked\r\nx-amz-decoded-content-length: 5\r\n' +
    'Content-Length: 42\r\n\r\n5\r\nhello\r\n0\r\nx-amz-checksum-crc32:aa==\r\n\r\n';
  const socket = connect(standIn.port, '127.0.0.1');
  for (const request of [chunked, wrapped]) {
    const answered = once(socket, 'data');
    for (const letter of request) {
      socket.write(letter);
      await new Promise(setImmediate);
    }
    expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 200 /);
  }
  socket.destroy();
  expect(String(standIn.objects.get('c.json')?.body)).toBe('{"a":1}');
  expect(standIn.objects.get('w.json')).toMatchObject({ size: 5, body: Buffer.from('hello') });
});

test('every answer takes its time, side by side', async () => {
  standIn.setLatency(50);
  const began = performance.now();
  const putAll = () => Promise.all(['a', 'b', 'c'].map((key) => put(key, 'x')));
  await putAll();
  expect(performance.now() - began).toBeGreaterThanOrEqual(50);
  // One after the other they would never be, side by side they are unless the machine does something else.
  await vi.waitFor(async () => {
    await putAll();
    expect(standIn.counts().mostInFlight).toBe(3);
  }, PATIENCE);
});
