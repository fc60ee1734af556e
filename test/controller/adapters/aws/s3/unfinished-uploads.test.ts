import { CreateMultipartUploadCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUnfinishedUploads } from '../../../../../controller/adapters/aws/s3/unfinished-uploads.ts';
import { collectUnfinished } from '../../../../../controller/commands/gc/unfinished.ts';
import { renderUnfinished } from '../../../../../controller/core/gc/unfinished.ts';
import { BUCKET, openScriptedS3, openTestBucket } from './test-bucket.ts';

const HOUR = 3600;
let client: S3Client;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});
afterAll(() => close());

const begin = (Key: string) =>
  client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key }));
const at = (hours: number) => ({
  clock: { now: () => new Date(Date.now() + hours * HOUR * 1000), sleep: async () => {} },
});

it('aborts what an app has begun longer ago than the grace period, and nothing else', async () => {
  const keys = ['shop/pool/a b+ü.mp4', 'shop/builds/1/film.mp4', 'shopping/film.mp4'];
  for (const key of keys) await begin(key);
  const uploads = createUnfinishedUploads(client, BUCKET);
  const left = async () => (await uploads.list('')).found.map(({ key }) => key).toSorted();
  const grace = { graceSeconds: 24 * HOUR, publishing: [] };
  const request = { app: 'shop', uploads, ...grace, isApplied: false };
  const young = await collectUnfinished({ ...request, isApplied: true }, at(23));
  expect(young).toMatchObject({ givenUp: [], young: 2 });
  const dry = await collectUnfinished(request, at(25));
  expect(renderUnfinished(dry)).toBe(
    'Unfinished uploads of shop: 2 files given up, would be aborted.',
  );
  expect(await left()).toEqual(keys.toSorted());
  const { givenUp } = await collectUnfinished({ ...request, isApplied: true }, at(25));
  expect(givenUp).toHaveLength(2);
  expect(await left()).toEqual(['shopping/film.mp4']);
  await uploads.abort(givenUp[0]!);
  expect(renderUnfinished(await collectUnfinished(request, at(25)))).toBeUndefined();
});

it('leaves what a publish may be at that is under way', async () => {
  const keys = ['film/pool/a.mp4', 'film/builds/1/a.mp4', 'film/builds/2/a.mp4'];
  for (const key of keys) await begin(key);
  const uploads = createUnfinishedUploads(client, BUCKET);
  const request = { app: 'film', uploads, graceSeconds: HOUR, publishing: ['2'], isApplied: true };
  const told = await collectUnfinished(request, at(25));
  expect(told).toMatchObject({ givenUp: [{ key: 'film/builds/1/a.mp4' }], underWay: 2, young: 0 });
  expect(renderUnfinished(told)).toContain('; 2 files of publishes under way');
  expect((await uploads.list('film/')).found.map(({ key }) => key)).not.toContain(keys[1]);
  const later = await collectUnfinished({ ...request, publishing: [] }, at(25));
  expect(later.givenUp).toHaveLength(2);
});

it('aborts nothing by a listing that was cut short, and says which permission is missing', async () => {
  const scripted = await openScriptedS3(({ method }, response) => {
    const denied = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    const cut = `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><Upload><Key>shop/a</Key><UploadId>1</UploadId><Initiated>2026-03-01T00:00:00Z</Initiated></Upload></ListMultipartUploadsResult>`;
    response.writeHead(method === 'GET' ? 200 : 403).end(method === 'GET' ? cut : denied);
  });
  const uploads = createUnfinishedUploads(scripted.client, BUCKET);
  const request = { app: 'shop', uploads, graceSeconds: HOUR, publishing: [], isApplied: true };
  await expect(collectUnfinished(request, at(0))).rejects.toThrow('was cut short');
  const [upload] = (await uploads.list('shop/')).found;
  await expect(uploads.abort(upload!)).rejects.toThrow('s3:AbortMultipartUpload');
  await scripted.close();
});
