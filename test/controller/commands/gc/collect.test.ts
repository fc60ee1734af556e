import { beforeEach, describe, expect, it } from 'vitest';
import { collectApp, type CollectionRequest } from '../../../../controller/commands/gc/collect.ts';
import { HeadgateError, UnansweredError } from '../../../../controller/core/errors.ts';
import { encodeManifest } from '../../../../controller/core/publish/manifest-text.ts';
import { keyOf } from '../../../../controller/core/publish/layout.ts';
import { keys } from '../../../../controller/core/state/keys.ts';
import type { CollectionStore } from '../../../../controller/ports/collection-store.ts';
import { createCollections } from '../../../fakes/bucket/collections.ts';
import { MemoryBucket } from '../../../fakes/bucket/memory-bucket.ts';
import { createRecords } from '../../../fakes/bucket/records.ts';
import { createManifests } from '../../../fakes/bucket/uploads.ts';
import type { Send } from '../../../fakes/cloud/ports.ts';
import { APP, layBuild, textOf } from './histories/world.ts';

const HOUR = 3_600_000;
let bucket: MemoryBucket;

/** Build 1 has pooled files 0 and 1, build 2 has 0, build 3 has 2; a day passes between them. */
beforeEach(() => {
  bucket = new MemoryBucket();
  for (const [build, files] of [
    ['1', 0b011],
    ['2', 0b001],
    ['3', 0b100],
  ] as const) {
    const manifest = layBuild(build, files);
    for (const file of manifest.files) put(keyOf(manifest, file), textOf(build, file.path));
    put(keys.manifest({ app: APP }, build), encodeManifest(manifest).bytes);
    bucket.now += 24 * HOUR;
  }
});

const put = (key: string, body: Uint8Array | string) =>
  bucket.put(key, Buffer.from(body), { condition: 'any' });
const lease = (build: string, expires: number) =>
  JSON.stringify({ build, expires: new Date(expires).toISOString() });

interface Options extends Partial<CollectionRequest> {
  readonly isDry?: true;
  /** How far this computer's clock is ahead of S3's, in milliseconds. */
  readonly ahead?: number;
  readonly through?: (store: CollectionStore) => CollectionStore;
  readonly send?: Send;
}

const atOnce: Send = async (_name, _kind, effect) => effect();

function collect({ isDry, ahead = 0, through, send = atOnce, ...own }: Options = {}) {
  const store = createCollections(bucket, send);
  const now = () => new Date(bucket.now + ahead);
  return collectApp(
    {
      app: APP,
      environments: [],
      named: [],
      store: through?.(store) ?? store,
      builds: createManifests(bucket, send),
      records: createRecords(bucket, send),
      floors: async () => [],
      live: async () => [],
      rules: { newest: 1, youngerSeconds: 60, graceSeconds: 3600, pullRequests: undefined },
      claim: isDry ? undefined : { token: 'one', by: 'ada' },
      ...own,
    },
    { clock: { now, sleep: async () => {} }, terminal: { progress: () => {} } },
  );
}

/** The refusal, and that nothing is gone. */
async function refusal(options: Options): Promise<{ code: number; said: string }> {
  const before = bucket.list('').length;
  const error = await collect(options).catch((caught: unknown) => caught);
  if (!(error instanceof HeadgateError)) throw new Error('nothing was refused', { cause: error });
  expect(bucket.list('').length).toBeGreaterThanOrEqual(before);
  expect(error.next).not.toBe('');
  return { code: error.exitCode, said: error.message };
}

it('takes a build away in two steps: first its manifest, and its files when the grace is over', async () => {
  const dry = await collect({ isDry: true });
  expect(dry.plan.condemned.map(({ build }) => build)).toEqual(['1', '2']);
  expect(bucket.list(keys.tombstones(APP))).toEqual([]);
  await collect();
  expect(bucket.has(keys.manifest({ app: APP }, '1'))).toBe(false);
  expect(bucket.has('shop/pool/assets/1.js')).toBe(true);
  expect((await collect()).plan).toMatchObject({ swept: [], waiting: { objects: 4 } });
  bucket.now += HOUR;
  expect((await collect()).removed.objects).toBe(4);
  await collect();
  expect(bucket.list('').map(({ key }) => key)).toEqual([
    'shop/builds/3/.headgate/manifest.json',
    'shop/builds/3/index.html',
    'shop/pool/assets/2.js',
  ]);
});

it('takes no build for whole because of files that came since others of it went', async () => {
  const manifest = layBuild('pr-1', 0b1000);
  for (const file of manifest.files) put(keyOf(manifest, file), textOf('pr-1', file.path));
  put(keys.manifest({ app: APP }, 'pr-1'), encodeManifest(manifest).bytes);
  bucket.now += HOUR;
  const rules = { newest: 9, youngerSeconds: 60, graceSeconds: 3600 };
  const nobody = { repository: undefined, open: new Set<number>(), closed: undefined };
  const closed = { rules: { ...rules, pullRequests: nobody } };
  await collect(closed);
  bucket.now += HOUR;
  // Somebody publishes, so only its own file goes; and brings a pooled one that its edge would look at first.
  const publishing = 'shop/leases/publish/9.json';
  const times = { at: new Date(bucket.now).toISOString(), base: null };
  put(publishing, JSON.stringify({ ...JSON.parse(lease('9', bucket.now + HOUR)), ...times }));
  expect((await collect(closed)).removed.objects).toBe(1);
  bucket.remove(publishing);
  put('shop/pool/assets/3.js', textOf('9', 'assets/3.js'));
  put('shop/untrusted/leases/preview/pr-1.json', lease('pr-1', bucket.now + HOUR));
  expect((await collect(closed)).plan.restored).toEqual([]);
});

describe('stops, with everything in place,', () => {
  it.each([
    'shop/',
    'shop/builds/',
    'shop/untrusted/builds/',
    'shop/environments/',
    'shop/leases/publish/',
    'shop/untrusted/leases/publish/',
    'shop/leases/preview/',
    'shop/untrusted/leases/preview/',
    'shop/gc/',
  ])('where the listing of %s is cut short', async (prefix) => {
    const cut = <Found extends { readonly isWhole: boolean }>(asked: string, found: Found) =>
      asked === prefix ? { ...found, isWhole: false } : found;
    const { code, said } = await refusal({
      through: (store) => ({
        ...store,
        list: async (asked) => cut(asked, await store.list(asked)),
        folders: async (asked) => cut(asked, await store.folders(asked)),
      }),
    });
    expect(code).toBe(3);
    expect(said).toContain(`the listing of ${prefix} was cut short`);
  });

  it.each([
    ['shop/leases/preview/1.json', '{"build":"1"}'],
    ['shop/untrusted/leases/publish/pr-1.json', 'not JSON'],
    ['shop/gc/1.json', '{"version":2}'],
  ])('where %s is not what it writes there', async (key, text) => {
    put(key, text);
    const { code, said } = await refusal({});
    expect({ code, said }).toMatchObject({ code: 3, said: expect.stringContaining(key) as string });
  });

  it('where the claim of another one is not what it writes there', async () => {
    put(keys.collection(APP), '{}');
    expect((await refusal({})).said).toContain('shop/gc/.running.json');
  });

  it('where a function serves a build that is not there', async () => {
    const { said } = await refusal({ floors: async () => ['7'] });
    expect(said).toContain('build 7 (floor of a published function) has no manifest');
  });

  it.each([400_000, -400_000])('where its clock is %d ms ahead of that of S3', async (ahead) => {
    const { said } = await refusal({ ahead });
    expect(said).toContain('the clock here says');
  });
});

it('deletes nothing that was decided before its computer fell asleep', async () => {
  const asleep = collect({
    through: (store) => ({
      ...store,
      remove: (removed, isFresh) => {
        if (removed.length > 0) bucket.now += HOUR;
        return store.remove(removed, isFresh);
      },
    }),
  });
  await expect(asleep).rejects.toThrow('too late');
  expect(bucket.has(keys.manifest({ app: APP }, '1'))).toBe(true);
  expect(bucket.has(keys.collection(APP))).toBe(true);
});

describe('two collections', () => {
  it('are never at work at once: the second one says who is, and until when', async () => {
    const second: unknown[] = [];
    await collect({
      send: async (name, _kind, effect) => {
        if (name.includes('write shop/gc/1.json')) second.push(await refusal({}));
        return effect();
      },
    });
    expect(second).toEqual([
      { code: 3, said: expect.stringContaining('by ada is running') as string },
    ]);
  });

  it('wait as long as a deletion without an answer may be on its way', async () => {
    const failed = collect({
      send: async (name, _kind, effect) => {
        if (name.startsWith('remove')) throw new UnansweredError('No answer.', 'Run it again.');
        return effect();
      },
    });
    await expect(failed).rejects.toThrow('No answer.');
    expect((await refusal({})).said).toContain('by ada is running');
    bucket.now += HOUR / 2;
    expect((await collect()).removed.objects).toBe(2);
  });

  it('are not told apart by a wrong clock: publishes still see that somebody is at work', async () => {
    const at = (ahead: number) => new Date(bucket.now + ahead).toISOString();
    put(
      keys.collection(APP),
      JSON.stringify({ token: 'a', by: 'eve', at: at(0), expires: at(HOUR / 4) }),
    );
    expect((await refusal({ ahead: HOUR })).said).toContain('the clock here says');
    expect(bucket.has(keys.collection(APP))).toBe(true);
  });

  it('follow each other after one was killed; if it was only slow, it ends at its next step', async () => {
    let taken: unknown;
    const slow = collect({
      send: async (name, _kind, effect) => {
        if (name.includes('write shop/gc/1.json') && taken === undefined) {
          taken = 'now';
          bucket.now += HOUR;
          taken = await collect({ claim: { token: 'two', by: 'eve' } });
        }
        return effect();
      },
    });
    await expect(slow).rejects.toMatchObject({ exitCode: 4 });
    expect(taken).toMatchObject({ isApplied: true });
    expect(bucket.has(keys.collection(APP))).toBe(false);
  });
});

describe('leases', () => {
  const key = 'shop/leases/preview/1.json';

  it('go when they ended long ago', async () => {
    put(key, lease('1', bucket.now - HOUR));
    put('shop/leases/preview/2.json', lease('2', bucket.now - HOUR / 2));
    const { plan } = await collect();
    expect(plan.expired).toMatchObject([{ key }]);
    expect(bucket.has(key)).toBe(false);
    expect(bucket.has('shop/leases/preview/2.json')).toBe(true);
  });

  it('of a publish count for a day at most, whatever they say', async () => {
    const far = { build: '9', at: '2026-03-01T00:00:00Z', expires: '2999-01-01T00:00:00Z' };
    put('shop/untrusted/leases/publish/pr-9.json', JSON.stringify(far));
    await collect();
    bucket.now += 2 * HOUR;
    expect((await collect()).plan).toMatchObject({
      swept: [{ key: 'shop/builds/1/index.html' }, {}],
    });
    bucket.now += 24 * HOUR;
    expect((await collect()).plan.swept).toMatchObject([
      { key: 'shop/pool/assets/0.js' },
      { key: 'shop/pool/assets/1.js' },
    ]);
  });

  it('of a publish are as long as they say, whatever clock wrote them', async () => {
    const times = { at: '2001-01-01T00:00:00Z', expires: '2001-01-01T01:00:00Z' };
    await collect();
    bucket.now += HOUR;
    put('shop/leases/publish/9.json', JSON.stringify({ build: '9', base: null, ...times }));
    const { plan } = await collect({ isDry: true });
    expect(plan.swept.map(({ key: one }) => one).filter((one) => one.includes('/pool/'))).toEqual(
      [],
    );
  });

  it('of a publish that is begun anew in that moment stay', async () => {
    const publishing = 'shop/leases/publish/9.json';
    const render = (at: number) =>
      JSON.stringify({ ...JSON.parse(lease('9', at + HOUR)), at: new Date(at).toISOString() });
    put(publishing, render(bucket.now));
    bucket.now += 9 * HOUR;
    const renewed = render(bucket.now);
    await collect({
      send: async (name, _kind, effect) => {
        if (name === `read ${publishing}`) put(publishing, renewed);
        return effect();
      },
    });
    expect(Buffer.from(bucket.get(publishing)?.body ?? '').toString()).toBe(renewed);
  });

  it('stay when they are renewed in that moment', async () => {
    put(key, lease('1', bucket.now - HOUR));
    const renewed = lease('1', bucket.now + HOUR);
    await collect({
      send: async (name, _kind, effect) => {
        if (name === `remove ${key}`) put(key, renewed);
        return effect();
      },
    });
    expect(Buffer.from(bucket.get(key)?.body ?? '').toString()).toBe(renewed);
  });
});
