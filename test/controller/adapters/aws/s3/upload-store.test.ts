import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeObject } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { createUploadStore } from '../../../../../controller/adapters/aws/s3/upload-store.ts';
import { hashOf } from '../../../../../controller/core/publish/layout.ts';
import { BUCKET, openTestBucket } from './test-bucket.ts';

const body = Buffer.from('<h1>Shop</h1>');
const upload = {
  key: 'shop/builds/1/a b+c/ü%.html',
  body,
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'no-cache',
  sha256: hashOf(body),
  metadata: { 'headgate-build': '1' },
};

let client: S3Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});

afterAll(() => close());

it('creates once, and describes what is there in our words', async () => {
  const store = createUploadStore(client, BUCKET);
  const { key, contentType, cacheControl, sha256, metadata } = upload;
  const etag = '6756ce184109d1ec81d4324f7dea8652';
  expect(await store.create(upload)).toEqual({ created: true, etag });
  expect(await store.create({ ...upload, contentType: 'text/plain' })).toEqual({ created: false });
  expect(await store.describe(key)).toEqual({
    size: 13,
    etag,
    sha256,
    contentType,
    cacheControl,
    metadata,
  });
  expect(Buffer.from((await store.read(key))!)).toEqual(body);
  expect(await store.keys('shop/builds/1/')).toEqual(new Set([key]));
});

it('does not make up a checksum that S3 has not', async () => {
  const store = createUploadStore(client, BUCKET);
  const plain = { key: 'by-another-tool', body, contentType: 'text/html' };
  await writeObject({ client, name: BUCKET }, plain, 'any');
  expect(await store.describe(plain.key)).not.toHaveProperty('sha256');
  expect(await store.describe('none')).toBeUndefined();
  expect(await store.read('none')).toBeUndefined();
});
