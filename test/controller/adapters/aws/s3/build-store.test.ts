import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBuildStore } from '../../../../../controller/adapters/aws/s3/build-store.ts';
import { writeObject } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { UsageError } from '../../../../../controller/core/errors.ts';
import { digestBytes, layFile } from '../../../../../controller/core/publish/layout.ts';
import { digestOf, renderManifest } from '../../../../../controller/core/publish/manifest-text.ts';
import { DEFAULT_SETTINGS, type Manifest } from '../../../../../controller/core/state/manifest.ts';
import { BUCKET, openTestBucket } from './test-bucket.ts';

const lay = (path: string) => layFile(path, digestBytes(Buffer.from('x')), DEFAULT_SETTINGS);

let client: S3Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});

afterAll(() => close());

async function put(key: string, text: string): Promise<void> {
  const object = { key, body: Buffer.from(text), contentType: 'text/plain' };
  await writeObject({ client, name: BUCKET }, object, 'any');
}

async function publish(build: string, paths: readonly string[]): Promise<Manifest> {
  const files = paths.map(lay);
  const manifest: Manifest = { version: 1, app: 'shop', build, settings: DEFAULT_SETTINGS, files };
  await put(`shop/builds/${build}/.headgate/manifest.json`, renderManifest(manifest));
  return manifest;
}

it('reads a published build with the digest of its bytes', async () => {
  const manifest = await publish('1043', ['index.html']);
  const store = createBuildStore(client, BUCKET);
  expect(await store.readManifest('shop', '1043')).toEqual({
    manifest,
    digest: digestOf(renderManifest(manifest)),
  });
  expect(await store.readManifest('shop', '9999')).toBeUndefined();
});

it('looks for a file where its build has it, with the size it should have', async () => {
  await publish('7', ['index.html', 'about.html', 'gone.html', 'assets/app.js']);
  await put('shop/builds/7/index.html', 'x');
  await put('shop/builds/7/about.html', 'cut off');
  await put('shop/pool/assets/app.js', 'x');
  const store = createBuildStore(client, BUCKET);
  expect(await store.hasFile('shop', '7', 'index.html')).toBe(true);
  expect(await store.hasFile('shop', '7', 'assets/app.js')).toBe(true);
  expect(await store.hasFile('shop', '7', 'about.html')).toBe(false);
  expect(await store.hasFile('shop', '7', 'gone.html')).toBe(false);
  expect(await store.hasFile('shop', '7', 'never-there.html')).toBe(false);
  expect(await store.hasFile('shop', '8', 'index.html')).toBe(false);
});

it('lists what is published, not what is being uploaded', async () => {
  await publish('a', ['index.html']);
  await publish('b', ['index.html']);
  await put('shop/builds/half/index.html', 'x');
  await put('shopping/builds/c/.headgate/manifest.json', 'x');
  const builds = await createBuildStore(client, BUCKET).list('shop');
  expect(builds).toEqual(expect.arrayContaining(['a', 'b']));
  expect(builds).not.toContain('half');
  expect(await createBuildStore(client, BUCKET).list('blog')).toEqual([]);
});

it('keeps settings per app; none is undefined', async () => {
  const store = createBuildStore(client, BUCKET);
  const settings = { spa: false, pool: { include: ['/static/*'], exclude: ['/static/x'] } };
  expect(await store.readSettings('shop')).toBeUndefined();
  await store.writeSettings('shop', DEFAULT_SETTINGS);
  await store.writeSettings('shop', settings);
  expect(await store.readSettings('shop')).toEqual(settings);
});

it('says which file it does not understand', async () => {
  await put('blog/builds/1/.headgate/manifest.json', '{"version":3}');
  await put('blog/settings.json', 'not json');
  const store = createBuildStore(client, BUCKET);
  const reading = store.readManifest('blog', '1');
  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow(`s3://${BUCKET}/blog/builds/1/.headgate/manifest.json`);
  await expect(reading).rejects.toThrow('it was made by a newer Headgate (manifest version 3');
  await expect(store.readSettings('blog')).rejects.toThrow('blog/settings.json');
});
