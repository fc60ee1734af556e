import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publish } from '../../../../controller/commands/publish.ts';
import { HeadgateError } from '../../../../controller/core/errors.ts';
import type { PublishResult } from '../../../../controller/core/publish/report.ts';
import type { PublishSettings } from '../../../../controller/core/state/manifest.ts';
import type { Place } from '../../../../controller/ports/context.ts';
import type { UploadStore } from '../../../../controller/ports/upload-store.ts';
import { useCloud } from '../../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
const PLACE = { bucket: BUCKET, region: undefined };

const STOREFRONT = {
  'index.html': '<h1>Shop</h1>',
  'robots.txt': 'User-agent: *',
  'assets/app-4f2a.js': 'console.log(1)',
  'assets/app-91bc.css': 'h1 { color: teal }',
};

const held = useCloud();
let parent: string;
let directory: string;
/** Every test has an app of its own, so that none sees another's pool. */
let app: string;
let apps = 0;

beforeAll(async () => {
  const client = new S3Client(held.cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  client.destroy();
  parent = await mkdtemp(join(tmpdir(), 'headgate-places-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));
beforeEach(async () => {
  app = `shop-${++apps}`;
  directory = join(parent, app);
  await writeFiles(STOREFRONT);
});

async function writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

/** Runs the command; returns its `--json` and the keys it sent. */
async function run({
  args = {},
}: { readonly args?: Readonly<Record<string, string | boolean>> } = {}) {
  const printed: string[] = [];
  const sent: string[] = [];
  const terminal = {
    interactive: false,
    print: (text: string) => void printed.push(text),
    note: () => {},
    progress: () => {},
    summary: async () => {},
  };
  const uploads = (place: Place): UploadStore => {
    const store = held.context.uploads(place);
    const create: UploadStore['create'] = (upload) => {
      sent.push(upload.key);
      return store.create(upload);
    };
    return new Proxy(store, {
      get: (port, verb) => (verb === 'create' ? create : Reflect.get(port, verb)),
    });
  };
  const values = { bucket: BUCKET, app, build: '1', json: true, ...args };
  const code = await publish.run(
    { positionals: [directory], values },
    { ...held.context, terminal, uploads },
  );
  return { code, sent, result: JSON.parse(printed.join('')) as PublishResult };
}

async function refusal(running: Promise<unknown>): Promise<HeadgateError> {
  const error = await running.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof HeadgateError) return error;
  throw new Error('expected a refusal', { cause: error });
}

describe('a build of a pull request', () => {
  const untrusted = { args: { build: 'pr-12', untrusted: true } };

  it('goes below untrusted/ with everything that it brings', async () => {
    const { code, result, sent } = await run(untrusted);
    expect(code).toBe(0);
    expect(sent.toSorted()).toEqual([
      `${app}/untrusted/builds/pr-12/.headgate/manifest.json`,
      `${app}/untrusted/builds/pr-12/index.html`,
      `${app}/untrusted/builds/pr-12/robots.txt`,
      `${app}/untrusted/pool/assets/app-4f2a.js`,
      `${app}/untrusted/pool/assets/app-91bc.css`,
    ]);
    expect(result).toMatchObject({ build: 'pr-12', uploadedFiles: 4, sharedFiles: 0 });
    const store = held.context.builds(PLACE);
    expect(await store.list(app)).toEqual(['pr-12']);
    expect(await store.hasFile(app, 'pr-12', 'assets/app-4f2a.js')).toBe(true);
    expect((await run(untrusted)).result.alreadyPublished).toBe(true);
  });

  it('shares the pools: the app’s, and that of other pull requests', async () => {
    await run();
    await writeFiles({ 'assets/new-77aa.js': 'new' });
    const first = await run(untrusted);
    expect(first.sent.filter((key) => key.includes('/pool/'))).toEqual([
      `${app}/untrusted/pool/assets/new-77aa.js`,
    ]);
    expect(first.result).toMatchObject({ uploadedFiles: 3, sharedFiles: 2 });
    const second = await run({ args: { build: 'pr-13', untrusted: true } });
    expect(second.result).toMatchObject({ uploadedFiles: 2, sharedFiles: 3 });
    const store = held.context.builds(PLACE);
    expect(await store.hasFile(app, 'pr-13', 'assets/app-4f2a.js')).toBe(true);
    // And what a pull request stored is nothing to the builds of protected refs.
    const next = await run({ args: { build: '2' } });
    expect(next.sent).toContain(`${app}/pool/assets/new-77aa.js`);
  });

  it('can’t have other bytes under a pooled name: the edge would serve the app’s', async () => {
    await run();
    await writeFiles({ 'assets/app-4f2a.js': 'console.log("mine")' });
    const { message, exitCode } = await refusal(run(untrusted));
    expect(exitCode).toBe(3);
    expect(message).toContain(`the stored ${app}/pool/assets/app-4f2a.js differ`);
  });

  it.each([
    [{ build: 'pr-12' }, /"pr-12" is a number of untrusted builds: pass --untrusted/],
    [{ build: '12', untrusted: true }, /"12" does not start with "pr-"/],
  ])('says what it is twice: %j', async (args, says) => {
    const { message, exitCode } = await refusal(run({ args }));
    expect(exitCode).toBe(2);
    expect(message).toMatch(says);
    expect(await held.context.builds(PLACE).readManifest(app, args.build)).toBeUndefined();
  });
});

it('stores the builds of an adopted bucket where the others lie', async () => {
  const pool = { include: [], exclude: [] };
  await held.context.builds(PLACE).writeSettings(app, { spa: true, pool, root: 'old/' });
  const { sent, result } = await run();
  expect(sent).toContain('old/1/assets/app-4f2a.js');
  expect(sent.at(-1)).toBe('old/1/.headgate/manifest.json');
  const found = await held.context.builds({ ...PLACE, root: 'old/' }).readManifest(app, '1');
  expect(found?.digest).toBe(result.digest);
  expect((await run()).result.alreadyPublished).toBe(true);
});

it('takes no number for a build that a folder beside it has', async () => {
  const pool = { include: [], exclude: [] };
  await held.context.builds(PLACE).writeSettings(app, { spa: true, pool, root: '' });
  const { message } = await refusal(run({ args: { build: app } }));
  expect(message).toContain(`${app}/ is a folder of Headgate's own`);
});

describe('headers of the policy', () => {
  const pool = { include: ['/assets/*'], exclude: [] };
  const change = { files: '/assets/*.css', cache: 'mutable' } as const;
  const write = (headers: PublishSettings['headers'], sourceMaps?: 'public') =>
    held.context.builds(PLACE).writeSettings(app, { spa: true, pool, headers, sourceMaps });

  it('are kept by files that are stored, and the message says how to go on', async () => {
    await run();
    await write([change]);
    const { message, next, exitCode } = await refusal(run({ args: { build: '2' } }));
    expect(exitCode).toBe(3);
    expect(message).toContain('cache control: stored public, max-age=31536000, immutable');
    const line =
      '{ files: "/assets/app-91bc.css", cache: immutable, type: "text/css; charset=utf-8" }';
    expect(next).toContain(line);
    const type = 'text/css; charset=utf-8';
    await write([{ files: '/assets/app-91bc.css', cache: 'immutable', type }, change]);
    expect((await run({ args: { build: '2' } })).code).toBe(0);
  });

  it('and source maps are part of what a number was published with', async () => {
    await writeFiles({ 'assets/app-4f2a.js.map': '{}' });
    const { sent, result } = await run();
    expect(sent).toContain(`${app}/builds/1/.headgate/private/assets/app-4f2a.js.map`);
    expect(result.privateFiles).toBe(1);
    expect((await run()).result.alreadyPublished).toBe(true);
    await write([], 'public');
    expect((await refusal(run())).message).toContain('publishing settings have changed since');
    const next = await run({ args: { build: '2' } });
    expect(next.sent).toContain(`${app}/pool/assets/app-4f2a.js.map`);
    expect(next.result.privateFiles).toBe(0);
  });
});
