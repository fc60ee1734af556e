import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeObject } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { createPolicyCopies } from '../../../../../controller/adapters/aws/s3/policy-copies.ts';
import { ConflictError, UsageError } from '../../../../../controller/core/errors.ts';
import { writeCopy } from '../../../lambda/copy.ts';
import { BUCKET, openTestBucket } from './test-bucket.ts';

let client: S3Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});

afterAll(() => close());

it('replaces what it has read, and nothing else', async () => {
  const copies = createPolicyCopies(client, BUCKET);
  expect(await copies.read('shop')).toBeUndefined();
  await copies.write(writeCopy('1'), undefined);
  await expect(copies.write(writeCopy('2'), undefined)).rejects.toThrow(ConflictError);
  const first = await copies.read('shop');
  expect(first?.copy).toEqual(writeCopy('1'));
  await copies.write(writeCopy('2'), first?.revision);
  await expect(copies.write(writeCopy('3'), first?.revision)).rejects.toThrow(ConflictError);
  expect((await copies.read('shop'))?.copy).toEqual(writeCopy('2'));
});

it('is content where the same texts are there already: its own answer was lost, or another run has them', async () => {
  const copies = createPolicyCopies(client, BUCKET);
  const mine = { ...writeCopy('1'), app: 'again' };
  await copies.write({ ...mine, by: 'another' }, undefined);
  await copies.write(mine, undefined);
  expect((await copies.read('again'))?.copy.by).toBe('another');
});

it.each([
  ['not JSON', 'hello'],
  ['of another version', '{"version":9}'],
])('refuses one that is %s, with what to do', async (_what, text) => {
  const object = { key: 'other/policies.json', body: Buffer.from(text), contentType: 'text/plain' };
  await writeObject({ client, name: BUCKET }, object, 'any');
  const read = createPolicyCopies(client, BUCKET).read('other');
  await expect(read).rejects.toThrow(UsageError);
  await expect(read).rejects.toMatchObject({ next: expect.stringMatching(/Delete it/) });
});
