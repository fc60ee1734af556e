import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCodeArchive } from '../../../../../controller/adapters/aws/s3/code-archive.ts';
import { readObject } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { BUCKET, openTestBucket } from './test-bucket.ts';

let client: S3Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});

afterAll(() => close());

it('keeps the first code under a hash for ever', async () => {
  const archive = createCodeArchive(client, BUCKET);
  expect(await archive.has('abc')).toBe(false);
  await archive.write('abc', 'function handler() {}');
  await archive.write('abc', 'something else');
  expect(await archive.has('abc')).toBe(true);
  expect(await readObject({ client, name: BUCKET }, 'edge/abc.js')).toBeDefined();
  expect(await archive.read('abc')).toBe('function handler() {}');
  expect(await archive.read('def')).toBeUndefined();
});
