import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { build as buildCommand } from '../../../../controller/commands/build.ts';
import { publish } from '../../../../controller/commands/publish.ts';
import type { PublishResult } from '../../../../controller/core/publish/report.ts';
import type { PublishSettings } from '../../../../controller/core/state/manifest.ts';
import type { Place } from '../../../../controller/ports/context.ts';
import type { UploadStore } from '../../../../controller/ports/upload-store.ts';
import { AppSetting, BUCKET, overlay, PLACE, type Files } from './app-setting.ts';
const FILES = {
  'index.html': '<h1>Shop</h1>',
  'robots.txt': 'User-agent: *',
  'assets/app-4f2a.js': 'console.log(1)',
  'assets/app-4f2a.js.map': '{}',
};
const POOL: PublishSettings = { spa: true, pool: { include: ['/assets/*'], exclude: [] } };
const TREE: PublishSettings = { ...POOL, layout: 'tree' };

const setting = new AppSetting();

/** What publishing these files says, and the keys that were sent, and copied from which. */
async function attempt(number: string, settings: PublishSettings, files: Files = FILES) {
  const { app, context } = setting;
  await context.builds(PLACE).writeSettings(app, settings);
  const directory = await setting.write(files, `-${number}`);
  const seen = { sent: new Array<string>(), copied: new Array<string>() };
  const uploads = (place: Place): UploadStore => {
    const store = context.uploads(place);
    return overlay(store, {
      create: (upload) => {
        seen.sent.push(upload.key.replace(`${app}/`, ''));
        return store.create(upload);
      },
      copy: (copy) => {
        seen.copied.push(`${copy.source} > ${copy.key}`.replaceAll(`${app}/`, ''));
        return store.copy(copy);
      },
    });
  };
  const values = { build: number, json: true, untrusted: number.startsWith('pr-') };
  const ran = await setting.run(publish, [directory], values, { uploads });
  seen.sent.sort();
  seen.copied.sort();
  return { ...seen, ...ran };
}

async function publishFiles(number: string, settings: PublishSettings, files?: Files) {
  const { code, said, ...seen } = await attempt(number, settings, files);
  expect(code, said).toBe(0);
  return { ...seen, result: JSON.parse(said) as PublishResult };
}

async function isWhole(number: string): Promise<boolean> {
  const { said } = await setting.run(buildCommand, ['verify', number], { json: true });
  return (JSON.parse(said) as { isWhole: boolean }).isWhole;
}

const keyOf = (key: string) => ({ Bucket: BUCKET, Key: `${setting.app}/${key}` });
const head = (key: string) => setting.client.send(new HeadObjectCommand(keyOf(key)));

describe('layout: tree', () => {
  it('puts what is pooled below the build, too, as a copy of what is in the pool', async () => {
    const { sent, copied, result } = await publishFiles('1', TREE);
    expect(sent.filter((key) => !key.includes('.headgate/m'))).toEqual([
      'builds/1/.headgate/private/assets/app-4f2a.js.map',
      'builds/1/index.html',
      'builds/1/robots.txt',
      'pool/assets/app-4f2a.js',
    ]);
    expect(copied).toEqual(['pool/assets/app-4f2a.js > builds/1/assets/app-4f2a.js']);
    expect(result).toMatchObject({ uploadedFiles: 4, copiedFiles: 1, resumedFiles: 0 });
    const [pooled, own] = await Promise.all([
      head('pool/assets/app-4f2a.js'),
      head('builds/1/assets/app-4f2a.js'),
    ]);
    expect(own).toMatchObject({
      ETag: pooled.ETag,
      ContentType: pooled.ContentType,
      CacheControl: 'public, max-age=31536000, immutable',
    });
    expect(await isWhole('1')).toBe(true);
    await setting.client.send(new DeleteObjectCommand(keyOf('builds/1/assets/app-4f2a.js')));
    expect(await isWhole('1')).toBe(false);
  });

  it('sends only what changed since a build of either layout; pages are of their own build', async () => {
    for (const [number, base] of [
      ['1', POOL],
      ['2', TREE],
    ] as const) {
      await publishFiles(number, base);
      const next = `${number}-next`;
      const robots = { 'robots.txt': `of ${next}` };
      const { sent, copied } = await publishFiles(next, TREE, { ...FILES, ...robots });
      expect(sent).toEqual([`builds/${next}/.headgate/manifest.json`, `builds/${next}/robots.txt`]);
      const map = '.headgate/private/assets/app-4f2a.js.map';
      expect(copied).toEqual([
        `builds/${number}/${map} > builds/${next}/${map}`,
        `builds/${number}/index.html > builds/${next}/index.html`,
        `pool/assets/app-4f2a.js > builds/${next}/assets/app-4f2a.js`,
      ]);
      expect((await head(`builds/${next}/index.html`)).Metadata).toEqual({
        'headgate-build': next,
      });
      expect(await isWhole(next)).toBe(true);
    }
    const back = await publishFiles('3', POOL);
    expect(back.copied).toEqual([]);
    expect(back.sent).toContain('builds/3/index.html');
    expect(back.sent).not.toContain('builds/3/assets/app-4f2a.js');
    expect(await isWhole('3')).toBe(true);
  });

  it('without a pool copies all of it from the base, with headers of its own', async () => {
    const none = { ...TREE, pool: { include: [], exclude: [] } };
    await publishFiles('1', POOL);
    const { sent, copied } = await publishFiles('2', none);
    expect(sent).toEqual(['builds/2/.headgate/manifest.json']);
    expect(copied).toContain('pool/assets/app-4f2a.js > builds/2/assets/app-4f2a.js');
    expect((await head('builds/2/assets/app-4f2a.js')).CacheControl).toBe('no-cache');
    const third = await publishFiles('3', none);
    expect(third.copied).toContain('builds/2/assets/app-4f2a.js > builds/3/assets/app-4f2a.js');
    expect(await isWhole('3')).toBe(true);
  });

  it('sends what the base has no more, or other bytes of', async () => {
    await publishFiles('1', TREE);
    await setting.client.send(new DeleteObjectCommand(keyOf('builds/1/index.html')));
    const rotten = { ...keyOf('builds/1/robots.txt'), Body: 'rotten' };
    await setting.client.send(new PutObjectCommand(rotten));
    const { sent, result } = await publishFiles('2', TREE);
    expect(sent).toContain('builds/2/index.html');
    expect(sent).toContain('builds/2/robots.txt');
    expect(result).toMatchObject({ uploadedFiles: 2, copiedFiles: 2 });
    expect(await isWhole('2')).toBe(true);
    expect(await isWhole('1')).toBe(false);
  });

  it('goes on where a run ended, and refuses what it does not know', async () => {
    const put = (path: string, body: string, more: object) => {
      const object = { ...keyOf(`builds/1/${path}`), Body: body, ...more };
      return setting.client.send(new PutObjectCommand({ ...object, ChecksumAlgorithm: 'SHA256' }));
    };
    const CacheControl = 'public, max-age=31536000, immutable';
    const ContentType = 'text/javascript; charset=utf-8';
    await put('assets/app-4f2a.js', FILES['assets/app-4f2a.js'], { CacheControl, ContentType });
    const { result } = await publishFiles('1', TREE);
    expect(result).toMatchObject({ copiedFiles: 0, resumedFiles: 1 });
    setting.app = `${setting.app}-other`;
    await put('assets/app-4f2a.js', 'other', { CacheControl, ContentType });
    const refused = await attempt('1', TREE);
    expect(refused.said).toMatch(/builds\/1\/assets\/app-4f2a\.js differ/);
    expect(refused.notes).toMatch(/new build number/);
    setting.app = `${setting.app}-packed`;
    const packed = { CacheControl, ContentType, ContentEncoding: 'gzip' };
    await put('assets/app-4f2a.js', FILES['assets/app-4f2a.js'], packed);
    expect((await attempt('1', TREE)).said).toContain('content encoding: stored gzip, here none');
  });

  it('of a pull request is made of nothing that its role may not read', async () => {
    await publishFiles('1', TREE);
    const first = await publishFiles('pr-1', TREE, { ...FILES, 'assets/new-1f.js': '2' });
    expect(first.copied).toContain(
      'pool/assets/app-4f2a.js > untrusted/builds/pr-1/assets/app-4f2a.js',
    );
    expect(first.sent).toContain('untrusted/builds/pr-1/index.html');
    const own = 'untrusted/pool/assets/new-1f.js > untrusted/builds/pr-1/assets/new-1f.js';
    expect(first.copied).toContain(own);
    expect(await isWhole('pr-1')).toBe(true);
    const second = await publishFiles('pr-2', TREE);
    expect(second.copied).toContain(
      'untrusted/builds/pr-1/index.html > untrusted/builds/pr-2/index.html',
    );
    expect(second.copied.join()).not.toMatch(/(^|,)builds\//);
  });
});
