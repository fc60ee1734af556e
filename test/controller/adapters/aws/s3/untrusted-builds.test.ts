import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteObjects } from '../../../../../controller/adapters/aws/s3/delete-objects.ts';
import { listObjects } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { createUntrustedBuilds } from '../../../../../controller/adapters/aws/s3/untrusted-builds.ts';
import { HeadgateError } from '../../../../../controller/core/errors.ts';
import { BUCKET, openScriptedS3, openTestBucket } from './test-bucket.ts';

let client: S3Client;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});
afterAll(() => close());

async function store(...keys: readonly string[]) {
  for (const Key of keys) {
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'four' }));
  }
}

const all = async () => (await listObjects({ client, name: BUCKET }, '')).keys;

it('lists the builds of one pull request, and removes one with all that is below it', async () => {
  await store(
    'shop/builds/1041/index.html',
    'shop/untrusted/builds/pr-1-7-1/.headgate/manifest.json',
    'shop/untrusted/builds/pr-1-7-1/a b+ü%.js',
    'shop/untrusted/builds/pr-1-8-1/index.html',
    'shop/untrusted/builds/pr-1/index.html',
    'shop/untrusted/builds/pr-12-9-1/.headgate/manifest.json',
    'shop/untrusted/builds/pr-1x/index.html',
    'shop/untrusted/pool/assets/a.js',
  );
  const builds = createUntrustedBuilds(client, BUCKET);
  expect(await builds.list('shop', 1)).toEqual([
    { build: 'pr-1-7-1', isPublished: true, files: 2, bytes: 8 },
    { build: 'pr-1-8-1', isPublished: false, files: 1, bytes: 4 },
    { build: 'pr-1', isPublished: false, files: 1, bytes: 4 },
  ]);
  await builds.remove('shop', 'pr-1');
  await builds.remove('shop', 'pr-1-7-1');
  await builds.remove('shop', 'pr-1-7-1');
  expect(await builds.list('shop', 1)).toMatchObject([{ build: 'pr-1-8-1' }]);
  expect(await all()).toEqual([
    'shop/builds/1041/index.html',
    'shop/untrusted/builds/pr-1-8-1/index.html',
    'shop/untrusted/builds/pr-12-9-1/.headgate/manifest.json',
    'shop/untrusted/builds/pr-1x/index.html',
    'shop/untrusted/pool/assets/a.js',
  ]);
});

it('removes no other build, whoever asks', async () => {
  const builds = createUntrustedBuilds(client, BUCKET);
  await expect(builds.remove('shop', '1041')).rejects.toThrow('no build of a pull request');
  expect(await all()).toContain('shop/builds/1041/index.html');
});

describe('S3 by a script', () => {
  const object = '<Contents><Key>KEY</Key><Size>1</Size></Contents>';
  const keysOf = (count: number) =>
    Array.from({ length: count }, (_, index) => `shop/untrusted/builds/pr-1-1-1/${index}`);

  /** Answers a listing with these keys, and each DeleteObjects with `errors`; tells how many keys each had. */
  async function script(keys: readonly string[], errors = '') {
    const pages: string[][] = [];
    const bodies = new Map<unknown, string>();
    const opened = await openScriptedS3((request, response) => {
      if (request.method === 'GET') {
        const contents = keys.map((key) => object.replace('KEY', key)).join('');
        response.end(`<ListBucketResult>${contents}</ListBucketResult>`);
        return;
      }
      const body = bodies.get(request) ?? '';
      pages.push([...body.matchAll(/<Key>([^<]*)/g)].map(([, key = '']) => key));
      response.end(`<DeleteResult>${errors}</DeleteResult>`);
    }, bodies);
    return { ...opened, pages };
  }

  it('is asked for the manifest alone, and then for a thousand at a time', async () => {
    const manifest = 'shop/untrusted/builds/pr-1-1-1/.headgate/manifest.json';
    const { client: scripted, close: end, pages } = await script([...keysOf(1001), manifest]);
    await createUntrustedBuilds(scripted, BUCKET).remove('shop', 'pr-1-1-1');
    expect(pages.map((page) => page.length)).toEqual([1, 1000, 1]);
    expect(pages[0]).toEqual([manifest]);
    await end();
  });

  it.each([
    ['AccessDenied', /s3:DeleteObject[\s\S]*pr-1-1-1\/0, and 1 more of 2/],
    ['InternalError', /did not delete .*pr-1-1-1\/0, and 1 more of 2: InternalError[\s\S]*again/],
  ])('may refuse part of them: %s', async (code, says) => {
    const errors = keysOf(2)
      .map((key) => `<Error><Key>${key}</Key><Code>${code}</Code><Message>no</Message></Error>`)
      .join('');
    const { client: scripted, close: end } = await script([], errors);
    const error: unknown = await deleteObjects({ client: scripted, name: BUCKET }, keysOf(2)).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(HeadgateError);
    const { message, next, exitCode } = error as HeadgateError;
    expect(`${message}\n${next}`).toMatch(says);
    expect(exitCode).toBe(2);
    await end();
  });
});
