import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renewExpired } from '../../../../../controller/adapters/aws/renew-credentials.ts';
import { writeObject } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { createUploadStore } from '../../../../../controller/adapters/aws/s3/upload-store.ts';
import { checkUploadCredentials } from '../../../../contract/upload-credentials.ts';
import { checkLargeUploads } from '../../../../contract/large-uploads/large-uploads.ts';
import { checkUploadWindow } from '../../../../contract/upload-window.ts';
import { openFaulty } from '../../../../contract/upload-engine.ts';
import { checkUploadProxies } from '../../../../contract/upload-proxy.ts';
import { checkUploadFaults, checkUploadStore } from '../../../../contract/upload-store.ts';
import { BUCKET, openTestBucket } from './test-bucket.ts';

let client: S3Client;
let faulty: Awaited<ReturnType<typeof openFaulty>>;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await openTestBucket());
  faulty = await openFaulty(createUploadStore);
});

afterAll(() => Promise.all([close(), faulty.close()]));

describe('at the local cloud', () => checkUploadStore(() => createUploadStore(client, BUCKET)));

describe('where things go wrong', () => checkUploadFaults(() => faulty));

it('has fewer requests in flight after S3 asked to slow down', () =>
  checkUploadWindow(createUploadStore));

describe('credentials that expire half-way', () =>
  checkUploadCredentials(
    () => faulty.s3,
    (given, name) => createUploadStore(renewExpired(given), name),
  ));

describe('of large files', () => checkLargeUploads(createUploadStore));

describe('through proxies', () => checkUploadProxies(createUploadStore));

it('does not make up a checksum that S3 has not', async () => {
  const store = createUploadStore(client, BUCKET);
  const body = Buffer.from('<h1>Shop</h1>');
  const plain = { key: 'by-another-tool', body, contentType: 'text/html' };
  await writeObject({ client, name: BUCKET }, plain, 'any');
  expect(await store.describe(plain.key)).not.toHaveProperty('sha256');
  expect(await store.describe('none')).toBeUndefined();
  expect(await store.read('none')).toBeUndefined();
});
