import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { build as buildCommand } from '../../../../controller/commands/build.ts';
import { publish } from '../../../../controller/commands/publish.ts';
import { HeadgateError } from '../../../../controller/core/errors.ts';
import type { PublishResult } from '../../../../controller/core/publish/report.ts';
import type { PublishSettings } from '../../../../controller/core/state/manifest.ts';
import type { Place } from '../../../../controller/ports/context.ts';
import type { UploadStore } from '../../../../controller/ports/upload-store.ts';
import { useCloud } from '../../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
const PLACE = { bucket: BUCKET, region: undefined };
const FILES = {
  'index.html': '<h1>Shop</h1>',
  'robots.txt': 'User-agent: *',
  'assets/app-4f2a.js': 'console.log(1)',
  'assets/app-4f2a.js.map': '{}',
};
const POOL: PublishSettings = { spa: true, pool: { include: ['/assets/*'], exclude: [] } };
const TREE: PublishSettings = { ...POOL, layout: 'tree' };

const held = useCloud();
let client: S3Client;
let parent: string;
let app: string;
let apps = 0;

beforeAll(async () => {
  client = new S3Client(held.cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  parent = await mkdtemp(join(tmpdir(), 'headgate-trees-'));
});
afterAll(async () => {
  client.destroy();
  await rm(parent, { recursive: true });
});
beforeEach(() => void (app = `tree-${++apps}`));

/** Publishes these files; returns its `--json`, and the keys that were sent, and copied from which. */
async function publishFiles(
  number: string,
  settings: PublishSettings,
  files: Readonly<Record<string, string>> = FILES,
) {
  await held.context.builds(PLACE).writeSettings(app, settings);
  const directory = join(parent, `${app}-${number}`);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  const seen = { sent: new Array<string>(), copied: new Array<string>() };
  const uploads = (place: Place): UploadStore => {
    const store = held.context.uploads(place);
    const watched: Pick<UploadStore, 'create' | 'copy'> = {
      create: (upload) => {
        seen.sent.push(upload.key.replace(`${app}/`, ''));
        return store.create(upload);
      },
      copy: (copy) => {
        seen.copied.push(`${copy.source} > ${copy.key}`.replaceAll(`${app}/`, ''));
        return store.copy(copy);
      },
    };
    return new Proxy(store, {
      get: (port, verb) => Reflect.get(verb in watched ? watched : port, verb),
    });
  };
  const untrusted = number.startsWith('pr-');
  const values = { bucket: BUCKET, app, build: number, json: true, untrusted };
  const printed = await runCommand(publish, { positionals: [directory], values }, { uploads });
  seen.sent.sort();
  seen.copied.sort();
  return { ...seen, result: JSON.parse(printed) as PublishResult };
}

async function runCommand(
  command: typeof publish,
  args: Parameters<typeof publish.run>[0],
  change: object = {},
): Promise<string> {
  const printed: string[] = [];
  const quiet = { interactive: false, note: () => {}, progress: () => {}, summary: async () => {} };
  const terminal = { ...quiet, print: (text: string) => void printed.push(text) };
  await command.run(args, { ...held.context, terminal, ...change });
  return printed.join('');
}

async function isWhole(number: string): Promise<boolean> {
  const values = { bucket: BUCKET, app, json: true };
  const printed = await runCommand(buildCommand, { positionals: ['verify', number], values });
  return (JSON.parse(printed) as { isWhole: boolean }).isWhole;
}

const head = (key: string) =>
  client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `${app}/${key}` }));

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
    const Key = `${app}/builds/1/assets/app-4f2a.js`;
    await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
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
    const key = (path: string) => ({ Bucket: BUCKET, Key: `${app}/builds/1/${path}` });
    await client.send(new DeleteObjectCommand(key('index.html')));
    await client.send(new PutObjectCommand({ ...key('robots.txt'), Body: 'rotten' }));
    const { sent, result } = await publishFiles('2', TREE);
    expect(sent).toContain('builds/2/index.html');
    expect(sent).toContain('builds/2/robots.txt');
    expect(result).toMatchObject({ uploadedFiles: 2, copiedFiles: 2 });
    expect(await isWhole('2')).toBe(true);
    expect(await isWhole('1')).toBe(false);
  });

  it('goes on where a run ended, and refuses what it does not know', async () => {
    const put = (path: string, body: string, more: object) => {
      const object = { Bucket: BUCKET, Key: `${app}/builds/1/${path}`, Body: body, ...more };
      return client.send(new PutObjectCommand({ ...object, ChecksumAlgorithm: 'SHA256' }));
    };
    const CacheControl = 'public, max-age=31536000, immutable';
    const ContentType = 'text/javascript; charset=utf-8';
    await put('assets/app-4f2a.js', FILES['assets/app-4f2a.js'], { CacheControl, ContentType });
    const { result } = await publishFiles('1', TREE);
    expect(result).toMatchObject({ copiedFiles: 0, resumedFiles: 1 });
    app = `${app}-other`;
    await put('assets/app-4f2a.js', 'other', { CacheControl, ContentType });
    const refused = publishFiles('1', TREE);
    await expect(refused).rejects.toThrow(/builds\/1\/assets\/app-4f2a\.js differ/);
    const error: unknown = await refused.catch((caught: unknown) => caught);
    expect(error instanceof HeadgateError && error.next).toMatch(/new build number/);
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
