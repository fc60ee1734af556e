import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parsePublishLease } from '../../../../controller/core/gc/lease.ts';
import { digestBytes } from '../../../../controller/core/publish/layout.ts';
import { renderManifest } from '../../../../controller/core/publish/manifest-text.ts';
import { ConflictError, RefusedError, UsageError } from '../../../../controller/core/errors.ts';
import { keys } from '../../../../controller/core/state/keys.ts';
import { DEFAULT_SETTINGS } from '../../../../controller/core/state/manifest.ts';
import { full } from '../../../depth.ts';
import { PLACE } from './app-setting.ts';
import { APP, Setting, watch } from './publish-build/setting.ts';

const setting = new Setting();

const pool = (path: string) => `${keys.pool(setting.app)}${path}`;
const manifestOf = (build: string) => keys.manifest({ app: setting.app }, build);
const lease = (build = '1') => setting.store.read(keys.publishLease(setting.app, build));
const read = (key: string) => setting.store.read(key);

describe('requests', () => {
  const title = 'are those of what changed, and a dozen; none grows with the pool or the tree';
  // 1,600 requests over HTTP: seconds, on a machine with nothing else to do.
  it(title, { timeout: 300_000 }, async () => {
    const files = full ? 800 : 200;
    const changed = files / 50;
    const names = Array.from({ length: files - 1 }, (_, index) => `assets/part-${index}.js`);
    await setting.write({ 'index.html': '1', ...Object.fromEntries(names.map((n) => [n, n])) });
    await setting.publish();
    const renamed = names.slice(0, changed - 1);
    for (const name of renamed) await setting.remove(name);
    const fresh = renamed.map((name) => [name.replace('part', 'next'), name]);
    await setting.write({ 'index.html': '2', ...Object.fromEntries(fresh) });

    const again = await watch(() => setting.publish({ build: '2' }));
    // Each once, however often a connection that had gone silent was tried.
    expect(new Set(again).size).toBeLessThanOrEqual(changed + 11);
    const pooled = again.filter((line) => line.startsWith('PUT') && line.includes('/pool/'));
    expect(new Set(pooled).size).toBe(changed - 1);
    // Nobody lists, and nobody asks for what the earlier build has.
    expect(again.filter((line) => line.includes('list-type'))).toEqual([]);
    expect(new Set(again.filter((line) => line.startsWith('HEAD'))).size).toBe(1);

    const same = await watch(() => setting.publish({ build: '2' }));
    expect(new Set(same).size).toBeLessThanOrEqual(8);
  });
});

describe('what is stored already', () => {
  it('is known from the build published last, though its number is no larger', async () => {
    await setting.publishTwo();
    const before = (verb: string, key: string) => {
      expect(`${verb} ${key}`).not.toContain('lib-1');
    };
    const result = await setting.publish({ build: '0', before });
    expect(result).toMatchObject({ uploadedFiles: 2, sharedFiles: 1 });
  });

  it.each([
    ['missing', undefined],
    ['no JSON', 'nonsense'],
    ['of a build that is gone', JSON.stringify({ build: '7', at: '2026-03-01T00:00:00Z' })],
  ])('is found by the newest build where the hint is %s', async (_, text) => {
    await setting.publishTwo();
    const hint = keys.latest(setting.app, 'protected');
    await (text === undefined ? setting.store.remove(hint) : setting.store.write(hint, text));
    const before = async (verb: string, key: string) => {
      expect(`${verb} ${key}`).not.toContain('lib-1');
      if (key.endsWith('app-2.js')) {
        expect(parsePublishLease((await lease('2')) ?? '')).toMatchObject({ base: '1' });
      }
    };
    await setting.publish({ build: '2', before });
    expect(await read(hint)).toContain('"build":"2"');
  });

  it('is known from --base, which must be a build', async () => {
    await setting.publishTwo();
    const running = setting.publish({ build: '3', base: '2' });
    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow('There is no build 2');
    expect(await lease('3')).toBeUndefined();
    expect(await setting.publish({ build: '3', base: '1' })).toMatchObject({ uploadedFiles: 2 });
  });

  it('is compared name by name without a base, and never sent where it is expected', async () => {
    await setting.publishTwo();
    await setting.collections.remove(
      [keys.latest(setting.app, 'protected'), manifestOf('1')],
      () => true,
    );
    const result = await setting.publish({ build: '2' });
    expect(result).toMatchObject({ uploadedFiles: 2, sharedFiles: 1 });
  });

  it('with other bytes is refused by the names of both builds', async () => {
    await setting.publishTwo();
    await setting.write({ 'assets/lib-1.js': 'other' });
    const running = setting.publish({ build: '2' });
    await expect(running).rejects.toThrow('stored: of build 1; here: of build 2');
    await expect(running).rejects.toMatchObject({
      next: expect.stringContaining('exclude: ["/assets/lib-1.js"]'),
    });
  });
});

describe('a lease', () => {
  it('is there before anything is trusted and until the manifest is, and names the base', async () => {
    await setting.publishTwo();
    const requests = await watch(() =>
      setting.publish({
        build: '2',
        before: async (verb) => {
          if (verb !== 'create') return;
          const { base, expires } = parsePublishLease((await lease('2')) ?? '');
          expect(base).toBe('1');
          expect(Date.parse(expires)).toBeGreaterThan(Date.now() + 30 * 60_000);
        },
      }),
    );
    const at = (text: string) => requests.findIndex((line) => line.includes(text));
    const written = at(`PUT /${PLACE.bucket}/${keys.publishLease(setting.app, '2')}`);
    expect(written).toBeGreaterThanOrEqual(0);
    // What was read beside it is looked at again.
    expect(at(`HEAD /${PLACE.bucket}/${manifestOf('1')}`)).toBeGreaterThan(written);
    expect(at(`GET /${PLACE.bucket}/${keys.collection(setting.app)}`)).toBeGreaterThan(written);
    expect(await lease('2')).toBeUndefined();
  });

  it('is renewed by a long publish, and a publish that outlived it makes no build', async () => {
    await setting.write(APP);
    await setting.store.write(keys.publishLease(setting.app, '1'), '{}');
    const start = Date.now();
    let now = start;
    const clock = { now: () => new Date(now), sleep: async () => {} };
    const slow = async (verb: string, key: string) => {
      if (!key.endsWith('index.html')) return;
      const { expires } = parsePublishLease((await lease()) ?? '');
      expect(Date.parse(expires) - start).toBe((verb === 'describe' ? 60 : 95) * 60_000);
      if (verb === 'describe') now += 35 * 60_000;
    };
    await setting.publish({ clock, before: slow });
    const asleep = () => void (now += 90 * 60_000);
    await setting.write({ 'index.html': 'other' });
    const running = setting.publish({ build: '2', clock, before: asleep });
    await expect(running).rejects.toThrow(ConflictError);
    expect(await setting.context.builds(PLACE).readManifest(setting.app, '2')).toBeUndefined();
  });

  it('that ended while the manifest was on its way: what is gone by then is sent', async () => {
    await setting.publishTwo();
    let now = Date.now();
    const clock = { now: () => new Date(now), sleep: async () => {} };
    const asleep = async (verb: string, key: string) => {
      if (verb !== 'create' || key !== manifestOf('2')) return;
      now += 90 * 60_000;
      await setting.store.remove(pool('assets/lib-1.js'));
    };
    await setting.publish({ build: '2', clock, before: asleep });
    expect(await read(pool('assets/lib-1.js'))).toBe('lib');
    expect(await lease('2')).toBeUndefined();
  });

  it('that an interrupted run left says to look before sending', async () => {
    await setting.write(APP);
    const die = (verb: string, key: string) => {
      if (key === manifestOf('1') && verb === 'create') throw new Error('killed');
    };
    await expect(setting.publish({ before: die })).rejects.toThrow('killed');
    expect(await lease()).toContain('"build":"1"');
    const sent: string[] = [];
    const before = (verb: string, key: string) => void (verb === 'create' && sent.push(key));
    const result = await setting.publish({ before });
    expect(sent).toEqual([manifestOf('1')]);
    expect(result).toMatchObject({ uploadedFiles: 0, resumedFiles: 1, sharedFiles: 2 });
    expect(await lease()).toBeUndefined();
  });
});

it('is published with a role that may not tidy up, which is said as what it is', async () => {
  await setting.write(APP);
  const denied = () => Promise.reject(new UsageError('May not.', 'Allow it and run it again.'));
  const write = (key: string, text: string) =>
    key.endsWith('latest.json') ? denied() : setting.store.write(key, text);
  const notes = { remove: denied, write };
  expect(await setting.publish({ notes })).toMatchObject({ uploadedFiles: 3 });
  expect(setting.notes).toEqual([
    'warning: May not. The build is there all the same; the next publish takes some requests more to find out what it has.',
    'warning: May not. The build is there all the same; its lease ends by itself within an hour, and until then collections leave the pool alone.',
  ]);
  expect(await setting.publish()).toMatchObject({ alreadyPublished: true });
});

describe('beside a collection that began before it', () => {
  const begin = (token = 'gc-1') => {
    const [at, expires] = [0, 15].map((one) => new Date(Date.now() + one * 60_000).toISOString());
    const text = JSON.stringify({ token, by: 'the collector', at, expires });
    return setting.store.write(keys.collection(setting.app), text);
  };
  const end = () => setting.store.remove(keys.collection(setting.app));
  /** With nothing to know of what is in the pool. */
  const forget = () =>
    setting.collections.remove(
      [keys.latest(setting.app, 'protected'), manifestOf('1')],
      () => true,
    );

  it('what was found is looked at once more when that is over', async () => {
    await setting.publishTwo();
    await forget();
    await begin();
    const sleep = async () => {
      await setting.store.remove(pool('assets/lib-1.js'));
      await end();
    };
    await setting.publish({ build: '2', clock: { now: () => new Date(), sleep } });
    expect(await read(pool('assets/lib-1.js'))).toBe('lib');
    expect(setting.notes).toEqual([expect.stringContaining('collection by the collector')]);
  });

  it('what was found is looked at once more where nobody knew of it yet, and it ended meanwhile', async () => {
    await setting.publishTwo();
    await forget();
    let resolve = (): void => {};
    const looked = new Promise<void>((done) => (resolve = done));
    const before = (_: string, key: string) => void (key.endsWith('lib-1.js') && resolve());
    const notes = {
      read: async (key: string) => {
        if (key !== keys.collection(setting.app)) return setting.store.read(key);
        await looked;
        await delay(200);
        await setting.store.remove(pool('assets/lib-1.js'));
        return undefined;
      },
    };
    await setting.publish({ build: '2', before, notes });
    expect(await read(pool('assets/lib-1.js'))).toBe('lib');
  });

  it('what was created is, too, and nobody asks for what a build has whose manifest is there', async () => {
    await setting.publishTwo();
    await begin();
    const sleep = async () => {
      await setting.store.remove(pool('assets/app-2.js'));
      await end();
    };
    const before = (_: string, key: string) => expect(key).not.toContain('lib-1');
    const clock = { now: () => new Date(), sleep };
    const result = await setting.publish({ build: '2', before, clock });
    expect(result).toMatchObject({ uploadedFiles: 2, sharedFiles: 1 });
    expect(await read(pool('assets/app-2.js'))).toBe('two');
  });

  it('what is in two places is told once', async () => {
    const settings = { ...DEFAULT_SETTINGS, layout: 'tree' } as const;
    await setting.context.builds(PLACE).writeSettings(setting.app, settings);
    await setting.publishTwo();
    await begin();
    const twin = `${keys.build({ app: setting.app }, '2')}assets/app-2.js`;
    const sleep = async () => {
      await setting.store.remove(twin);
      await end();
    };
    const clock = { now: () => new Date(), sleep };
    const result = await setting.publish({ build: '2', clock });
    expect(await read(twin)).toBe('two');
    expect(result).toMatchObject({ uploadedFiles: 2, copiedFiles: 2, sharedFiles: 1 });
    expect(result.resumedFiles).toBe(0);
  });

  it('is waited for by the clock of S3, whatever the runner’s says', async () => {
    await setting.publishTwo();
    await begin();
    const later = () => new Date(Date.now() + 3_600_000);
    await setting.publish({ build: '2', clock: { now: later, sleep: () => end() } });
    expect(setting.notes).toEqual([expect.stringContaining('collection by the collector')]);
  });

  it('is not waited for when it was killed long ago', async () => {
    await setting.publishTwo();
    await forget();
    await begin();
    const clock = { now: () => new Date(), sleep: () => Promise.reject(new Error('waits')) };
    const modified = async (key: string) => {
      const ago = key === keys.collection(setting.app) ? 40 * 60_000 : 0;
      return new Date(Date.now() - ago);
    };
    const published = await setting.publish({ build: '2', clock, notes: { modified } });
    expect(published).toMatchObject({ sharedFiles: 1 });
  });

  it('"already published" is said of what is there afterwards', async () => {
    await setting.write(APP);
    await setting.publish();
    await begin();
    const sleep = async () => {
      await setting.collections.remove([manifestOf('1')], () => true);
      await begin('gc-2');
    };
    const result = await setting.publish({ clock: { now: () => new Date(), sleep } });
    expect(result.alreadyPublished).toBe(false);
    expect(await setting.context.builds(PLACE).readManifest(setting.app, '1')).toBeDefined();
  });

  it('that never ends it gives up, and says so', async () => {
    await setting.publishTwo();
    await forget();
    await begin();
    const clock = { now: () => new Date(), sleep: async () => {} };
    await expect(setting.publish({ build: '2', clock })).rejects.toThrow(ConflictError);
  });

  it('nothing is guessed where its note can’t be read', async () => {
    await setting.write(APP);
    await setting.store.write(keys.collection(setting.app), '{}');
    await expect(setting.publish()).rejects.toThrow(RefusedError);
  });
});

it('sends what a base had that is gone before the build is', async () => {
  await setting.publishTwo();
  const before = async (verb: string, key: string) => {
    if (verb !== 'create' || !key.endsWith('app-2.js')) return;
    await setting.collections.remove([manifestOf('1'), pool('assets/lib-1.js')], () => true);
  };
  const result = await setting.publish({ build: '2', before });
  expect(await read(pool('assets/lib-1.js'))).toBe('lib');
  expect(result).toMatchObject({ uploadedFiles: 3, sharedFiles: 0 });
});

it('leaves a build of version 1 what it was, source maps and all', async () => {
  await setting.write({ ...APP, 'assets/app-1.js.map': '{}' });
  const { app } = setting;
  await setting.publish();
  const found = await setting.context.builds(PLACE).readManifest(app, '1');
  const { made: _, ...manifest } = found!.manifest;
  const files = manifest.files.map((file) =>
    file.location === 'private'
      ? { ...file, location: 'pool' as const, cacheClass: 'immutable' as const }
      : file,
  );
  await setting.store.write(manifestOf('1'), renderManifest({ ...manifest, version: 1, files }));
  const again = await setting.publish();
  expect(again).toMatchObject({ alreadyPublished: true, privateFiles: 0 });
  await setting.write({ 'assets/app-1.js.map': '{"other":1}' });
  await expect(setting.publish()).rejects.toThrow('1 file (assets/app-1.js.map)');
});

it('trusts builds of protected refs in the job of a pull request, and looks at what its own kind had', async () => {
  await setting.publishTwo();
  const looked: string[] = [];
  const before = (verb: string, key: string) => void looked.push(`${verb} ${key}`);
  const first = await setting.publish({ build: 'pr-7-1', before });
  expect(first).toMatchObject({ uploadedFiles: 2, sharedFiles: 1 });
  expect(looked.filter((line) => line.includes('lib-1'))).toEqual([]);
  await setting.write({ 'index.html': 'once more' });
  looked.length = 0;
  expect(await setting.publish({ build: 'pr-7-2', before })).toMatchObject({ uploadedFiles: 1 });
  // The edge looks in the app's pool first, so somebody must.
  const own = `${keys.untrustedPool(setting.app)}assets/app-2.js`;
  const lines = [`describe ${pool('assets/app-2.js')}`, `describe ${own}`];
  expect(new Set(looked.filter((line) => line.includes('app-2')))).toEqual(new Set(lines));
  // A lifecycle rule may have taken it.
  await setting.collections.remove([own], () => true);
  await setting.write({ 'index.html': 'and once more' });
  expect(await setting.publish({ build: 'pr-7-3' })).toMatchObject({ uploadedFiles: 2 });
  expect(await read(keys.latest(setting.app, 'protected'))).toContain('"build":"1"');
});

describe('while files are hashed', () => {
  it('all is read that they are compared with, and MD5s are taken from there', async () => {
    await setting.publishTwo();
    const asked = new Set<string>();
    const ask = (key: string) => {
      asked.add(key);
      return setting.store.read(key);
    };
    const digest = async (path: string, etags?: ReadonlyMap<string, string>) => {
      const isReady = () => etags?.size && asked.has(keys.collection(setting.app));
      while (!isReady()) await delay(1);
      return setting.context.files.digest(path, etags);
    };
    await setting.publish({ build: '2', digest, notes: { read: ask } });
    const found = await setting.context.builds(PLACE).readManifest(setting.app, '2');
    const { etag } = found!.manifest.files.find(({ path }) => path === 'assets/lib-1.js')!;
    expect(etag).toBe(digestBytes(Buffer.from('lib')).etag);
  });

  it('one that nobody would get stops the publish before the first is sent', async () => {
    await setting.write(APP);
    const digest = async () => ({ ...digestBytes(Buffer.of()), size: 50 * 10 ** 9 + 1 });
    const sent = watch(() => expect(setting.publish({ digest })).rejects.toThrow('50000000001'));
    expect((await sent).filter((line) => line.startsWith('PUT'))).toEqual([
      expect.stringContaining('/leases/'),
    ]);
  });
});
