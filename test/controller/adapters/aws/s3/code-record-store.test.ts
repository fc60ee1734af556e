import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCodeRecordStore } from '../../../../../controller/adapters/aws/s3/code-record-store.ts';
import { writeObject } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { ConflictError } from '../../../../../controller/core/errors.ts';
import type { CodeRecord } from '../../../../../controller/core/state/code-record.ts';
import { BUCKET, openTestBucket } from './test-bucket.ts';

let client: S3Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});

afterAll(() => close());

const record: CodeRecord = { version: 1, group: 'prod', releases: [] };

it('reads what was written, and never writes over what it has not read', async () => {
  const store = createCodeRecordStore(client, BUCKET);
  expect(await store.read('prod')).toBeUndefined();
  await store.write(record, undefined);
  const stored = await store.read('prod');
  expect(stored?.record).toEqual(record);
  const barred = { hash: 'a', at: 'now', reason: 'it failed' };
  await store.write({ ...record, barred }, stored?.revision);
  for (const revision of [undefined, stored?.revision]) {
    await expect(store.write(record, revision)).rejects.toThrow(ConflictError);
  }
  expect((await store.read('prod'))?.record).toEqual({ ...record, barred });
});

it.each([
  ['{', 'is not JSON'],
  ['{"version":2}', 'has version 2, not 1'],
])('refuses %s, saying what to do', async (text, message) => {
  const object = { key: 'edge/other.json', body: Buffer.from(text), contentType: 'text/plain' };
  await writeObject({ client, name: BUCKET }, object, 'any');
  await expect(createCodeRecordStore(client, BUCKET).read('other')).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(message),
    next: expect.stringContaining('delete it'),
  });
});
