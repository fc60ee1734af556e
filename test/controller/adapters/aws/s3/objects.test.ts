import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  headObject,
  listObjects,
  readObject,
  writeObject,
  type Bucket,
} from '../../../../../controller/adapters/aws/s3/objects.ts';
import { UsageError } from '../../../../../controller/core/errors.ts';
import { BUCKET, openScriptedS3, openTestBucket } from './test-bucket.ts';

const object = { key: 'shop/a+b c%20ü.txt', body: Buffer.from('hello'), contentType: 'text/plain' };

let bucket: Bucket;
let close: () => Promise<void>;

beforeAll(async () => {
  const opened = await openTestBucket();
  bucket = { client: opened.client, name: BUCKET };
  close = opened.close;
});

afterAll(() => close());

it('creates once, replaces only what it knows, and reads back', async () => {
  const first = await writeObject(bucket, object, 'absent');
  expect(first).toBe('5d41402abc4b2a76b9719d911017c592');
  expect(await writeObject(bucket, object, 'absent')).toBeUndefined();
  const next = { ...object, body: Buffer.from('bye') };
  expect(await writeObject(bucket, next, { etag: 'f'.repeat(32) })).toBeUndefined();
  expect(await writeObject(bucket, { ...next, key: 'none' }, { etag: first! })).toBeUndefined();
  const second = await writeObject(bucket, next, { etag: first! });
  const read = await readObject(bucket, object.key);
  expect(Buffer.from(read!.bytes).toString()).toBe('bye');
  expect(read!.etag).toBe(second);
  expect(await writeObject(bucket, object, 'any')).toBe(first);
});

it('has undefined for what is not there', async () => {
  expect(await readObject(bucket, 'none')).toBeUndefined();
  expect(await headObject(bucket, 'none')).toBeUndefined();
});

it('refuses bytes that are not those of the checksum', async () => {
  const spoiled = { ...object, key: 'spoiled', sha256: '00'.repeat(32) };
  await expect(writeObject(bucket, spoiled, 'absent')).rejects.toThrow();
  expect(await headObject(bucket, 'spoiled')).toBeUndefined();
});

it('lists keys, or the folders that they are in', async () => {
  for (const key of ['list/a', 'list/b/1', 'list/b/2', 'list/c+d e/3', 'other']) {
    await writeObject(bucket, { ...object, key }, 'absent');
  }
  const all = await listObjects(bucket, 'list/');
  expect(all.keys).toEqual(['list/a', 'list/b/1', 'list/b/2', 'list/c+d e/3']);
  const folders = await listObjects(bucket, 'list/', '/');
  expect(folders).toEqual({ keys: ['list/a'], sizes: [5], prefixes: ['list/b/', 'list/c+d e/'] });
});

it.each([
  [400, 'ExpiredToken', 'credentials have expired'],
  [403, 'AccessDenied', "or it isn't there"],
  [403, 'InvalidAccessKeyId', 'does not accept the credentials'],
])('says what a HEAD with %i means, which has no body: %s', async (status, code, says) => {
  const scripted = await openScriptedS3((request, response) => {
    const body = `<Error><Code>${code}</Code></Error>`;
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  const asked = headObject({ client: scripted.client, name: BUCKET }, 'page.html');
  await expect(asked).rejects.toThrow(says);
  await scripted.close();
});

it('lists every page', async () => {
  const paged = await openScriptedS3((request, response) => {
    const token = new URL(request.url ?? '', 'http://s3').searchParams.get('continuation-token');
    const next = token ? '' : '<NextContinuationToken>more</NextContinuationToken>';
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<ListBucketResult><IsTruncated>${!token}</IsTruncated>${next}<Contents><Key>${token ?? 'first'}</Key></Contents></ListBucketResult>`,
    );
  });
  const listed = await listObjects({ client: paged.client, name: BUCKET }, '');
  expect(listed.keys).toEqual(['first', 'more']);
  await paged.close();
});

describe('says what is wrong', () => {
  it('with a bucket that is not there', async () => {
    const none = { ...bucket, name: 'acme-nowhere' };
    const acts = [
      () => readObject(none, 'a'),
      () => writeObject(none, object, { etag: 'x' }),
      () => listObjects(none, ''),
    ];
    for (const act of acts) {
      await expect(act()).rejects.toThrow(UsageError);
      await expect(act()).rejects.toThrow('bucket acme-nowhere');
    }
  });

  it('with an endpoint where nothing listens', async () => {
    const gone = await openScriptedS3(() => {});
    const endpoint = await gone.client.config.endpoint!();
    await gone.close();
    const client = new S3Client({
      endpoint: `http://${endpoint.hostname}:${endpoint.port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await expect(readObject({ client, name: BUCKET }, 'a')).rejects.toThrow('does not answer');
  });

  it('with a 403, which S3 also answers for a missing key where listing is not allowed', async () => {
    const denied = await openScriptedS3((request, response) => {
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? '' : '<Error><Code>AccessDenied</Code></Error>');
    });
    const place = { client: denied.client, name: BUCKET };
    await expect(readObject(place, 'a')).rejects.toThrow('without s3:ListBucket');
    await expect(headObject(place, 'a')).rejects.toThrow('without s3:ListBucket');
    await expect(writeObject(place, object, 'absent')).rejects.toThrow('may not do s3:PutObject');
    await expect(listObjects(place, '')).rejects.toThrow('may not do s3:ListBucket');
    await denied.close();
  });
});

it('tries again while another write of the same key is under way', async () => {
  let requests = 0;
  const busy = await openScriptedS3((_, response) => {
    requests += 1;
    if (requests === 2) response.writeHead(200, { etag: '"abc"' }).end();
    else response.writeHead(409).end('<Error><Code>ConditionalRequestConflict</Code></Error>');
  });
  const place = { client: busy.client, name: BUCKET };
  expect(await writeObject(place, object, 'absent')).toBe('abc');
  expect(requests).toBe(2);
  await busy.close();
});
