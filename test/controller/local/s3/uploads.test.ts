import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';

const Bucket = 'builds';
const PART = 5 * 2 ** 20;
const first = Buffer.alloc(PART, 'a');
const last = Buffer.from('and a bit');
const hash = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest();
const sum = (bytes: Uint8Array) => hash('sha256', bytes).toString('base64');
const composed = (algorithm: string) =>
  hash(algorithm, Buffer.concat([hash(algorithm, first), hash(algorithm, last)]));

let directory: string;
let cloud: TestCloud;
let s3: S3Client;
let keys = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'headgate-uploads-'));
  cloud = await startTestCloud({ directory });
  s3 = new S3Client(cloud.config());
  await s3.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
  s3.destroy();
  await cloud.close();
  rmSync(directory, { recursive: true });
});

interface Open {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

async function begin(more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<Open> {
  const Key = `film ${(keys += 1)}+ü.mp4`;
  const asked = { Bucket, Key, ChecksumAlgorithm: 'SHA256', ContentType: 'video/mp4' } as const;
  const { UploadId = '' } = await s3.send(
    new CreateMultipartUploadCommand({ ...asked, Metadata: { made: 'here' }, ...more }),
  );
  return { Bucket, Key, UploadId };
}

async function put(open: Open, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
  const ChecksumSHA256 = sum(Body);
  const command = new UploadPartCommand({ ...open, PartNumber, Body, ChecksumSHA256 });
  const { ETag = '' } = await s3.send(command);
  return { PartNumber, ETag, ChecksumSHA256 };
}

const complete = (open: Open, Parts: CompletedPart[], more: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ ...open, MultipartUpload: { Parts }, ...more }));

/** How many bodies are on disk: parts that nobody can reach any more would stay for ever. */
const countBodies = () => readdirSync(join(directory, 's3', 'bodies')).length;

test('parts become an object with what the upload began with, and survive a restart on the way', async () => {
  const open = await begin();
  await put(open, 1, last);
  const parts = [await put(open, 1, first), await put(open, 2, last)];
  await put(open, 3, Buffer.from('not listed'));
  await cloud.close();
  s3.destroy();
  cloud = await startTestCloud({ directory });
  s3 = new S3Client(cloud.config());
  const { ETag, ChecksumSHA256 } = await complete(open, parts, { IfNoneMatch: '*' });
  expect(ETag).toBe(`"${composed('md5').toString('hex')}-2"`);
  expect(ChecksumSHA256).toBe(`${composed('sha256').toString('base64')}-2`);
  const { Key } = open;
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ ETag, ChecksumSHA256, ChecksumType: 'COMPOSITE' });
  expect(head).toMatchObject({ ContentType: 'video/mp4', Metadata: { made: 'here' } });
  expect(countBodies()).toBe(2);
});

test('an object of parts is read whole or in ranges, and copied to one that is none of parts', async () => {
  const open = await begin();
  const { Key } = open;
  const { ETag } = await complete(open, [await put(open, 1, first), await put(open, 2, last)]);
  const whole = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = Buffer.concat([first, last]);
  expect(bytes.equals((await whole.Body?.transformToByteArray()) ?? last)).toBe(true);
  const Range = `bytes=${PART - 2}-${PART + 2}`;
  const range = await s3.send(new GetObjectCommand({ Bucket, Key, Range }));
  expect(range.ContentRange).toBe(`bytes ${PART - 2}-${PART + 2}/${bytes.length}`);
  expect(await range.Body?.transformToString()).toBe('aaand');
  const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
  const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
  expect(copied.CopyObjectResult?.ETag).toBe(`"${hash('md5', bytes).toString('hex')}"`);
  expect(copied.CopyObjectResult?.ETag).not.toBe(ETag);
  expect(copied.CopyObjectResult?.ChecksumSHA256).toBe(sum(bytes));
});

test('unfinished uploads are listed page by page, with their parts and without their headers', async () => {
  const open = [await begin(), await begin()];
  await put(open[0]!, 2, last);
  await put(open[0]!, 1, first);
  const asked = { Bucket, Prefix: 'film', MaxUploads: 1 };
  const one = await s3.send(new ListMultipartUploadsCommand(asked));
  const markers = { KeyMarker: one.NextKeyMarker, UploadIdMarker: one.NextUploadIdMarker };
  const two = await s3.send(new ListMultipartUploadsCommand({ ...asked, ...markers }));
  const listed = [...(one.Uploads ?? []), ...(two.Uploads ?? [])];
  expect(listed.map(({ Key, UploadId }) => [Key, UploadId])).toEqual(
    open.map(({ Key, UploadId }) => [Key, UploadId]),
  );
  expect([one.IsTruncated, two.IsTruncated]).toEqual([true, false]);
  const parts = await s3.send(new ListPartsCommand({ ...open[0]!, MaxParts: 1 }));
  expect(parts).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1' });
  expect(parts).not.toHaveProperty('ContentType');
  const rest = await s3.send(new ListPartsCommand({ ...open[0]!, PartNumberMarker: '1' }));
  const told = { PartNumber: 2, Size: last.length, ChecksumSHA256: sum(last) };
  expect(rest.Parts).toMatchObject([told]);
  const before = countBodies();
  for (const each of open) await s3.send(new AbortMultipartUploadCommand(each));
  expect(countBodies()).toBe(before - 2);
  const none = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(none.Uploads).toBeUndefined();
});

test('what S3 refuses is refused', async () => {
  const open = await begin();
  const [one, two] = [await put(open, 1, last), await put(open, 2, last)];
  const { ChecksumSHA256: _, ...bare } = one;
  const refusals: [string, () => Promise<unknown>][] = [
    ['EntityTooSmall', () => complete(open, [one, two])],
    ['InvalidPartOrder', () => complete(open, [two, one])],
    ['InvalidPartOrder', () => complete(open, [two])],
    ['InvalidPart', () => complete(open, [{ ...one, ETag: '"other"' }])],
    ['InvalidPart', () => complete(open, [{ ...one, ChecksumSHA256: sum(first) }])],
    ['InvalidPart', () => complete(open, [one, two, { ...two, PartNumber: 3 }])],
    ['InvalidRequest', () => complete(open, [bare])],
    ['InvalidRequest', () => complete(open, [one], { MpuObjectSize: 1 })],
    ['MalformedXML', () => complete(open, [])],
    ['NoSuchUpload', () => complete({ ...open, Key: 'other' }, [one])],
    ['NoSuchUpload', () => complete({ ...open, UploadId: 'none' }, [one])],
    ['InvalidArgument', () => put(open, 10_001, last)],
    ['InvalidRequest', () => begin({ ChecksumType: 'FULL_OBJECT' })],
    [
      'InvalidRequest',
      () =>
        s3.send(new UploadPartCommand({ ...open, PartNumber: 1, Body: last, ChecksumSHA1: 'x' })),
    ],
  ];
  for (const [name, refused] of refusals) await expect(refused()).rejects.toMatchObject({ name });
  await complete(open, [one]);
  await expect(complete(open, [one])).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('a completion that may only create leaves what is there, and the upload', async () => {
  const open = await begin();
  const part = await put(open, 1, last);
  await s3.send(new CopyObjectCommand({ Bucket, Key: open.Key, CopySource: `${Bucket}/copy` }));
  const refused = complete(open, [part], { IfNoneMatch: '*' });
  await expect(refused).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect((await s3.send(new ListPartsCommand(open))).Parts).toHaveLength(1);
  await complete(open, [part]);
  const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: open.Key }));
  expect(ContentLength).toBe(last.length);
});
