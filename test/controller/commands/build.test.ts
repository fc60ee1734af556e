import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { build } from '../../../controller/commands/build.ts';
import { HeadgateError } from '../../../controller/core/errors.ts';
import type { Manifest } from '../../../controller/core/state/manifest.ts';
import { useCloud } from '../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
const held = useCloud();
let client: S3Client;
/** Every test has an app of its own. */
let app: string;
let apps = 0;

beforeAll(async () => {
  client = new S3Client(held.cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
});
beforeEach(() => {
  app = `shop-${++apps}`;
});

/** Stores objects as another tool would: `aws s3 sync`, a console. */
async function store(keys: readonly string[], headers: Record<string, unknown> = {}) {
  for (const Key of keys) {
    const object = { Bucket: BUCKET, Key, Body: Key, ContentType: 'text/html', ...headers };
    await client.send(new PutObjectCommand(object));
  }
}

async function run(args: readonly string[], values: Record<string, unknown> = {}) {
  const printed: string[] = [];
  const terminal = {
    interactive: false,
    print: (text: string) => void printed.push(text),
    note: () => {},
    progress: () => {},
    summary: async () => {},
  };
  const given = { positionals: args, values: { bucket: BUCKET, app, ...values } as never };
  try {
    const code = await build.run(given, { ...held.context, terminal });
    return { code, said: printed.join('\n') };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return { code: error.exitCode, said: `${error.message}\nnext: ${error.next}` };
  }
}

it('adopts stored builds where they are: writes manifests and nothing else', async () => {
  const files = [`${app}/builds/7/index.html`, `${app}/builds/7/assets/app.js`];
  await store([...files, `${app}/builds/7/assets/`, `${app}/builds/8/index.html`]);
  expect(await run(['list'])).toEqual({ code: 0, said: '' });
  const { code, said } = await run(['adopt', '7', '8']);
  expect(code).toBe(0);
  expect(said).toMatch(/^Build 7 of shop-\d+ is adopted: 2 files, digest [0-9a-f]{16}\.$/m);
  expect(said).toMatch(/1 file of HTML without headgate-build metadata/);
  expect(said).toMatch(/1 file of HTML without cache-control no-cache/);
  expect((await run(['list'])).said).toBe('7\n8');

  const shown = JSON.parse((await run(['show', '7'], { json: true })).said) as Manifest;
  expect(shown.settings).toEqual({ spa: true, pool: { include: [], exclude: [] } });
  expect(shown.files).toMatchObject([
    { path: 'assets/app.js', location: 'build', cacheClass: 'mutable', contentType: 'text/html' },
    { path: 'index.html', location: 'build', cacheClass: 'document', size: files[0]?.length },
  ]);
  const { builds, uploads } = held.context;
  const place = { bucket: BUCKET, region: undefined };
  expect(await builds(place).hasFile(app, '7', 'assets/app.js')).toBe(true);
  const stored = await uploads(place).keys(`${app}/builds/7/`);
  expect(stored.size).toBe(4);
});

it('adopts once, and has nothing to say against HTML that is stored well', async () => {
  const headers = { CacheControl: 'no-cache', Metadata: { 'headgate-build': '7' } };
  await store([`${app}/builds/7/index.html`], headers);
  const first = await run(['adopt', '7'], { json: true });
  const again = await run(['adopt', '7'], { json: true });
  expect(JSON.parse(first.said)).toMatchObject({ unnamed: 0, cachedByBrowsers: 0, files: 1 });
  expect(JSON.parse(again.said)).toEqual({
    ...(JSON.parse(first.said) as object),
    alreadyPublished: true,
  });
});

it('shows what a build holds', async () => {
  await store([`${app}/builds/7/index.html`]);
  await run(['adopt', '7']);
  const { said } = await run(['show', '7']);
  expect(said).toMatch(/^Build 7 of shop-\d+\n {2}files {5}1 file, \d+ B, 0 of them in the pool\n/);
});

it('does not pretend that a build elsewhere can be served', async () => {
  await store(['6/index.html']);
  const { code, said } = await run(['adopt', '6']);
  expect(code).toBe(2);
  expect(said).toContain(`aws s3 cp --recursive s3://${BUCKET}/6/ s3://${BUCKET}/${app}/builds/6/`);
  expect((await run(['list'])).said).toBe('');
});

it.each<[readonly string[], Record<string, unknown>, RegExp]>([
  [[], {}, /needs a verb: list, show or adopt/],
  [['constructor'], {}, /can't constructor/],
  [['adopt'], {}, /the build number is missing/],
  [['show', '1', '2'], {}, /show takes one build/],
  [
    ['list', '1'],
    { bucket: '', app: 'Shop' },
    /list takes no build; --bucket is missing; --app "Shop"/,
  ],
  [['adopt', '-1'], {}, /"-1" is not a build number/],
  [['show', '9'], {}, /Build 9 of shop-\d+ is not published/],
  [['adopt', '9'], {}, /There is nothing at s3:.*\/builds\/9\/ to adopt/],
])('refuses %j %j', async (args, values, says) => {
  const { code, said } = await run(args, values);
  expect(code).toBe(2);
  expect(said).toMatch(says);
});

it('refuses a build without an entry page, before it writes', async () => {
  await store([`${app}/builds/7/start.html`]);
  const { code, said } = await run(['adopt', '7']);
  expect(code).toBe(2);
  expect(said).toContain('index.html: not there');
  expect((await run(['list'])).said).toBe('');
});
