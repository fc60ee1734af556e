import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCollectionStore } from '../../../../../controller/adapters/aws/s3/collection-store.ts';
import { checkCollectionStore } from '../../../../contract/collection-store.ts';
import { createCollections } from '../../../../fakes/bucket/collections.ts';
import { MemoryBucket } from '../../../../fakes/bucket/memory-bucket.ts';
import { BUCKET, openScriptedS3, openTestBucket } from './test-bucket.ts';

let client: S3Client;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});
afterAll(() => close());

describe('at the local cloud', () =>
  checkCollectionStore(() => createCollectionStore(client, BUCKET)));

describe('in memory, for histories', () => {
  const bucket = new MemoryBucket();
  checkCollectionStore(() => createCollections(bucket, async (_name, _kind, effect) => effect()));
});

const ENTRY =
  '<Contents><Key>shop/a</Key><LastModified>2026-03-01T00:00:00Z</LastModified><Size>1</Size></Contents>';

it.each([
  ['has a page to come that nobody can ask for', `${ENTRY}<IsTruncated>true</IsTruncated>`],
  ['does not say that it is the end', ENTRY],
  [
    'has an object without a date',
    '<IsTruncated>false</IsTruncated><Contents><Key>shop/a</Key></Contents>',
  ],
])('calls no listing whole that %s', async (_, inside) => {
  const s3 = await openScriptedS3((_request, response) => {
    response.end(`<ListBucketResult>${inside}</ListBucketResult>`);
  });
  const { isWhole } = await createCollectionStore(s3.client, BUCKET).list('shop/');
  await s3.close();
  expect(isWhole).toBe(false);
});

it.each(['DELETE', 'GET'])('says which permission is missing for %s', async (method) => {
  const s3 = await openScriptedS3((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end('<Error><Code>AccessDenied</Code><Message>no</Message></Error>');
  });
  const store = createCollectionStore(s3.client, BUCKET);
  const asked = method === 'GET' ? store.list('shop/') : store.removeIf('shop/a', 'etag');
  const action = method === 'GET' ? 's3:ListBucket' : 's3:DeleteObject';
  await expect(asked).rejects.toThrow(action);
  await s3.close();
});

it('tries again to delete only as long as that is wanted', async () => {
  let tries = 0;
  const s3 = await openScriptedS3(
    (_request, response) => {
      tries += 1;
      response.writeHead(500, { 'content-type': 'application/xml' });
      response.end('<Error><Code>InternalError</Code><Message>no</Message></Error>');
    },
    undefined,
    4,
  );
  const store = createCollectionStore(s3.client, BUCKET);
  const removed = store.remove(['shop/a'], () => tries < 2);
  await expect(removed).rejects.toThrow('stopped for so long');
  await s3.close();
  expect(tries).toBe(2);
});
