import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { build } from '../../../../controller/commands/build.ts';
import { publish } from '../../../../controller/commands/publish.ts';
import { renderManifest } from '../../../../controller/core/publish/manifest-text.ts';
import type { Verified } from '../../../../controller/core/publish/verify.ts';
import type { Manifest } from '../../../../controller/core/state/manifest.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { AppSetting, BUCKET, PLACE, type Files } from './app-setting.ts';

const STOREFRONT = {
  'index.html': '<h1>Shop</h1>',
  'robots.txt': 'User-agent: *',
  'assets/app-4f2a.js': 'console.log(1)',
};

const setting = new AppSetting();

async function publishFiles(files: Files, number = '1'): Promise<void> {
  const directory = await setting.write(files, `-${number}`);
  const untrusted = number.startsWith('pr-') ? { untrusted: true } : {};
  const { code, said } = await setting.run(publish, [directory], { build: number, ...untrusted });
  expect(said).toContain('is published');
  expect(code).toBe(0);
}

async function verify(number = '1', values: Record<string, unknown> = {}) {
  const { code, said } = await setting.run(build, ['verify', number], { json: true, ...values });
  return { code, ...(JSON.parse(said) as Verified) };
}

const put = (Key: string, headers: Record<string, unknown>) =>
  setting.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, ...headers }));

describe('build verify', () => {
  it('finds a published build whole, by checksums and by reading', async () => {
    await publishFiles(STOREFRONT);
    expect(await verify()).toMatchObject({ code: 0, files: 3, isWhole: true, wasRead: false });
    expect(await verify('1', { read: true })).toMatchObject({ code: 0, wasRead: true });
    const { said } = await setting.run(build, ['verify', '1']);
    expect(said).toMatch(
      /^Build 1 of shop-\d+ is as it was published: 3 files, 40 B, digest [0-9a-f]{16}\. Compared/,
    );
  });

  it('finds one of a pull request whole, with what it shares', async () => {
    await publishFiles({ 'index.html': 'x', 'assets/app-4f2a.js': 'console.log(1)' });
    await publishFiles({ ...STOREFRONT, 'assets/b-77aa.js': '2' }, 'pr-1');
    expect(await verify('pr-1')).toMatchObject({ code: 0, isWhole: true, files: 4 });
  });

  it('finds the source maps that no visitor gets', async () => {
    await publishFiles({ ...STOREFRONT, 'assets/app-4f2a.js.map': '{}' });
    expect(await verify()).toMatchObject({ code: 0, files: 4, isWhole: true });
  });

  it('believes the checksums of S3, or with --read nothing but the bytes', async () => {
    await publishFiles(STOREFRONT);
    const uploads: Context['uploads'] = (place) => {
      const {
        keys,
        describe: head,
        create,
        createLarge,
        copy,
        read,
      } = setting.context.uploads(place);
      const rest = { keys, describe: head, create, createLarge, copy, read };
      return { ...rest, stream: async () => Readable.from([Buffer.from('rotten')]) };
    };
    expect((await setting.run(build, ['verify', '1'], {}, { uploads })).code).toBe(0);
    const read = await setting.run(build, ['verify', '1'], { read: true }, { uploads });
    expect(read.code).toBe(3);
    expect(read.said.match(/ SHA-256: stored /g)).toHaveLength(3);
  });

  it('names what is missing, changed and foreign', async () => {
    await publishFiles(STOREFRONT);
    const own = `${setting.app}/builds/1`;
    const pooled = `${setting.app}/pool/assets/app-4f2a.js`;
    await setting.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: pooled }));
    const headers = { ContentType: 'text/plain', CacheControl: 'max-age=60' };
    await put(`${own}/index.html`, { Body: '<h1>Sale</h1>', ...headers });
    await put(`${own}/late.js`, { Body: 'late()' });
    await put(`${own}/.headgate/other.json`, { Body: '{}' });
    const found = await verify();
    expect(found).toMatchObject({
      code: 3,
      isWhole: false,
      missing: [{ path: 'assets/app-4f2a.js', key: pooled }],
      foreign: [`${own}/late.js`],
    });
    const [page, ...others] = found.changed;
    expect(others).toEqual([]);
    expect(page?.path).toBe('index.html');
    expect(page?.differences).toEqual([
      expect.stringMatching(/^ETag|^SHA-256/),
      'content type: stored text/plain, manifest text/html; charset=utf-8',
      'cache control: stored max-age=60, manifest no-cache',
      'build: stored undefined, manifest 1',
    ]);
    const { said, notes } = await setting.run(build, ['verify', '1']);
    expect(said).toContain('1 missing, 1 changed, 1 foreign');
    expect(said).toContain(`  foreign  ${own}/late.js`);
    expect(notes).toMatch(/^next: Stop what writes/);
  });

  it('compares headers alone, too: the same bytes copied by a console', async () => {
    await publishFiles(STOREFRONT);
    const Key = `${setting.app}/builds/1/robots.txt`;
    await setting.client.send(
      new CopyObjectCommand({
        Bucket: BUCKET,
        Key,
        CopySource: `${BUCKET}/${Key}`,
        MetadataDirective: 'REPLACE',
        ContentType: 'text/plain; charset=utf-8',
      }),
    );
    const { changed, code } = await verify();
    expect(code).toBe(3);
    expect(changed.flatMap(({ differences }) => differences)).toEqual([
      'cache control: stored , manifest no-cache',
    ]);
  });

  it('leaves the headers of an adopted build to the tool that stored it', async () => {
    const own = `${setting.app}/builds/1`;
    await put(`${own}/index.html`, {
      Body: 'x',
      ContentType: 'text/html',
      CacheControl: 'max-age=9',
    });
    expect((await setting.run(build, ['adopt', '1'])).code).toBe(0);
    expect(await verify()).toMatchObject({ code: 0, isWhole: true });
    expect((await setting.run(build, ['show', '1'])).said).toMatch(/\n {2}adopted {3}20/);
    await put(`${own}/index.html`, { Body: 'y', ContentType: 'text/html' });
    expect((await verify()).changed[0]?.differences[0]).toMatch(/^ETag: stored /);
  });

  it('refuses what is not published, and a second build', async () => {
    const none = await setting.run(build, ['verify', '9']);
    expect(none).toMatchObject({ code: 2, said: expect.stringContaining('is not published') });
    const two = await setting.run(build, ['verify', '1', '2']);
    expect(two).toMatchObject({ code: 2, said: expect.stringContaining('verify takes one build') });
    expect((await setting.run(build, ['list'], { read: true })).said).toContain(
      'list takes no --read',
    );
  });
});

it('goes on serving and comparing what version 1 published', async () => {
  await publishFiles(STOREFRONT);
  const store = setting.context.builds(PLACE);
  const { manifest } = (await store.readManifest(setting.app, '1')) ?? {};
  const { made: _made, ...rest } = manifest as Manifest;
  const key = `${setting.app}/builds/1/.headgate/manifest.json`;
  await put(key, { Body: renderManifest({ ...rest, version: 1 }) });

  const old = await store.readManifest(setting.app, '1');
  expect(old?.manifest).toEqual({ ...rest, version: 1 });
  expect(await verify()).toMatchObject({ code: 0, digest: old?.digest, isWhole: true });
  expect((await setting.run(build, ['show', '1'])).said).toContain(`digest    ${old?.digest}`);
  await publishAgain();
  await publishFiles({ ...STOREFRONT, 'index.html': 'new' }, '2');
  expect((await setting.run(build, ['diff', '1', '2'])).said).toContain('~ index.html (bytes)');

  async function publishAgain(): Promise<void> {
    const directory = await setting.write(STOREFRONT, '-again');
    const again = await setting.run(publish, [directory], { build: '1', json: true });
    expect(JSON.parse(again.said)).toMatchObject({ alreadyPublished: true, digest: old?.digest });
  }
});

it('tells what a build was made from; the same build from elsewhere changes nothing', async () => {
  const directory = await setting.write({ 'index.html': '<h1>Shop</h1>' });
  const publishFrom = async (commit: string, values: Record<string, unknown>) => {
    const source = async () => ({ commit, ref: 'refs/heads/main', tool: 'headgate 1.2.0' });
    const surroundings = { ...setting.context.surroundings, source };
    const { said } = await setting.run(
      publish,
      [directory],
      { json: true, ...values },
      { surroundings },
    );
    return (JSON.parse(said) as { digest: string }).digest;
  };
  const digest = await publishFrom('c0ffee', { build: '1' });
  expect(await publishFrom('decaf', { build: '1' })).toBe(digest);
  const { said } = await setting.run(build, ['show', '1']);
  expect(said).toContain(`digest    ${digest}`);
  expect(said).toMatch(/\n {2}published \S+Z by headgate 1\.2\.0\n {2}commit {4}c0ffee\n {2}ref/);
  const listed = (await setting.run(build, ['list'], { long: true })).said.split('\n');
  expect(listed[0]).toMatch(/^build  published +files  size  digest +commit  ref$/);
  expect(listed[1]).toMatch(
    new RegExp(`^1      \\S+Z  1      13 B  ${digest}  c0ffee  refs/heads/main$`),
  );
  expect(
    JSON.parse((await setting.run(build, ['list'], { long: true, json: true })).said),
  ).toMatchObject([
    { build: '1', digest, files: 1, bytes: 13, trust: 'protected', commit: 'c0ffee' },
  ]);
  await publishFrom('decaf', { build: 'pr-1', untrusted: true });
  const shown = await setting.run(build, ['show', 'pr-1'], { json: true });
  expect(JSON.parse(shown.said)).toMatchObject({
    version: 2,
    settingsDigest: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
    made: { trust: 'untrusted', commit: 'decaf' },
  });
});

it('counts what of a build is in the pool, and what no visitor gets', async () => {
  await publishFiles({ ...STOREFRONT, 'assets/a.js.map': '{}' });
  expect((await setting.run(build, ['show', '1'])).said).toMatch(
    /files {5}\d files, \d+ B, \d of them in the pool, 1 private \(source maps that no visitor gets\)\n/,
  );
});

describe('build diff', () => {
  it('tells what was added, removed, changed and kept', async () => {
    await publishFiles({ ...STOREFRONT, 'old.txt': 'old' });
    await setting.context
      .builds(PLACE)
      .writeSettings(setting.app, { spa: false, pool: { include: ['/assets/*'], exclude: [] } });
    await publishFiles({ ...STOREFRONT, 'index.html': 'x', 'assets/b-77aa.js': '22' }, '2');
    const report = JSON.parse(
      (await setting.run(build, ['diff', '1', '2'], { json: true })).said,
    ) as object;
    expect(report).toMatchObject({
      app: setting.app,
      before: { build: '1' },
      after: { build: '2' },
      added: [{ path: 'assets/b-77aa.js', location: 'pool' }],
      removed: [{ path: 'old.txt' }],
      changed: [{ after: { path: 'index.html' }, what: ['bytes'] }],
      unchanged: { files: 2, bytes: 27 },
      newInPool: { files: 1, bytes: 2 },
      settings: ['spa: true -> false'],
      stamps: { isLarge: false },
    });
    const { code, said } = await setting.run(build, ['diff', '1', '2']);
    expect(code).toBe(0);
    expect(said).toMatch(/^Build 1 \([0-9a-f]{16}\) -> 2 \([0-9a-f]{16}\) of shop-\d+\n/);
    expect(said).toContain('  new in the pool  1 file, 2 B');
    expect(said).toContain(
      '\n  ~ index.html (bytes)\n  + assets/b-77aa.js (2 B)\n  - old.txt (3 B)',
    );
    expect(said).toContain('Compared 1 file of the 1 that changed: 0 changed for nothing.');
    expect(said).not.toContain('warning');
  });

  it('warns when builds differ by little more than a stamp, and names it', async () => {
    const stamped = (version: string, hash: string) => ({
      'index.html': `<script src="/assets/app-${hash}.js"></script>`,
      [`assets/app-${hash}.js`]: `import "./lib-${hash}.js";v="${version}"`,
      [`assets/lib-${hash}.js`]: `export const v="${version}"`,
    });
    await publishFiles(stamped('1.4.1', '11aa22bb'));
    await publishFiles(stamped('1.4.2', '33cc44dd'), '2');
    const { said } = await setting.run(build, ['diff', '1', '2']);
    expect(said).toContain('warning: 3 of 3 changed files compared');
    expect(said).toContain('stamp "1.4.1" -> "1.4.2" in 2 files');
    expect(said).toContain('by hashes in names of files only, 1 file: index.html');
    expect(said).toMatch(/\n {2}renamed    2 files, \d+ B, by the hash in the name\n/);
    expect(said).toContain('\n  > assets/app-11aa22bb.js -> assets/app-33cc44dd.js\n');
    expect(said).not.toContain('+ assets/');
  });

  it('takes two builds, both published', async () => {
    expect((await setting.run(build, ['diff', '1'])).said).toContain('diff takes two builds');
    await publishFiles(STOREFRONT);
    const { code, said } = await setting.run(build, ['diff', '1', '9']);
    expect(code).toBe(2);
    expect(said).toContain('Build 9 of');
  });
});
