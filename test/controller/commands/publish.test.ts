import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBuildStore } from '../../../controller/adapters/aws/s3/build-store.ts';
import { createPublishNotes } from '../../../controller/adapters/aws/s3/publish-notes.ts';
import { createUploadStore } from '../../../controller/adapters/aws/s3/upload-store.ts';
import { publish } from '../../../controller/commands/publish.ts';
import { createContext } from '../../../controller/context.ts';
import { RefusedError, UsageError } from '../../../controller/core/errors.ts';
import type { PublishResult } from '../../../controller/core/publish/report.ts';
import type { Context } from '../../../controller/ports/context.ts';
import type { Files } from '../../../controller/ports/files.ts';
import type { UploadStore } from '../../../controller/ports/upload-store.ts';
import { startTestCloud, type TestCloud } from '../local/harness.ts';

const BUCKET = 'acme-web-builds';

const STOREFRONT = {
  'index.html': '<h1>Shop</h1>',
  'robots.txt': 'User-agent: *',
  'assets/app-4f2a.js': 'console.log(1)',
  'assets/app-91bc.css': 'h1 { color: teal }',
};

let cloud: TestCloud;
let client: S3Client;
let parent: string;
let directory: string;
/** Every test has an app of its own, so that none sees another's pool. */
let app: string;
let apps = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = new S3Client(cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  parent = await mkdtemp(join(tmpdir(), 'headgate-publish-'));
});

afterAll(async () => {
  client.destroy();
  await cloud.close();
  await rm(parent, { recursive: true, force: true });
});

beforeEach(async () => {
  app = `shop-${++apps}`;
  directory = join(parent, app);
  await writeFiles(STOREFRONT);
});

async function writeFiles(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

interface Run {
  readonly args?: Readonly<Record<string, string>>;
  readonly positionals?: readonly string[];
  /** Stands between the command and the bucket. */
  readonly through?: (store: UploadStore) => UploadStore;
  readonly files?: Files;
}

/** Runs the command on the real bucket of the local cloud; returns its `--json` and the keys it sent. */
async function run({
  args = {},
  positionals = [directory],
  through = (store) => store,
  files = createContext().files,
}: Run = {}) {
  const printed: string[] = [];
  const sent: string[] = [];
  const store = createUploadStore(client, BUCKET);
  const recorded: UploadStore = {
    ...store,
    create: (upload) => {
      sent.push(upload.key);
      return store.create(upload);
    },
  };
  const context: Context = {
    ...createContext(),
    terminal: {
      interactive: false,
      print: (text) => void printed.push(text),
      note: () => {},
      progress: () => {},
      summary: async () => {},
    },
    builds: ({ bucket }) => createBuildStore(client, bucket),
    uploads: () => through(recorded),
    publishNotes: ({ bucket }) => createPublishNotes(client, bucket),
    files,
  };
  const values = { bucket: BUCKET, app, build: '1', json: true, ...args };
  const code = await publish.run({ positionals, values }, context);
  return { code, sent, result: JSON.parse(printed.join('')) as PublishResult };
}

async function read(key: string): Promise<string> {
  const object = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return (await object.Body?.transformToString()) ?? '';
}

async function refusal(running: Promise<unknown>): Promise<UsageError | RefusedError> {
  const error = await running.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof UsageError || error instanceof RefusedError) return error;
  throw new Error('expected a refusal', { cause: error });
}

const published = (build = '1') => createBuildStore(client, BUCKET).readManifest(app, build);

it('stores every file with its headers, the manifest last', async () => {
  const { code, result, sent } = await run();
  expect(code).toBe(0);
  expect(sent).toHaveLength(5);
  expect(sent.at(-1)).toBe(`${app}/builds/1/.headgate/manifest.json`);
  expect(result).toMatchObject({ app, build: '1', files: 4, uploadedFiles: 4, sharedFiles: 0 });
  expect(result.digest).toBe((await published())?.digest);

  const page = await client.send(
    new HeadObjectCommand({ Bucket: BUCKET, Key: `${app}/builds/1/index.html` }),
  );
  expect(page).toMatchObject({
    ContentType: 'text/html; charset=utf-8',
    CacheControl: 'no-cache',
    Metadata: { 'headgate-build': '1' },
  });
  const script = await client.send(
    new HeadObjectCommand({ Bucket: BUCKET, Key: `${app}/pool/assets/app-4f2a.js` }),
  );
  expect(script).toMatchObject({
    ContentType: 'text/javascript; charset=utf-8',
    CacheControl: 'public, max-age=31536000, immutable',
    Metadata: {},
  });
});

it('does nothing for the same build again', async () => {
  const first = await run();
  const again = await run();
  expect(again.code).toBe(0);
  expect(again.sent).toEqual([]);
  expect(again.result).toMatchObject({ alreadyPublished: true, digest: first.result.digest });
});

it('sends only what the pool does not have for the next build', async () => {
  await run();
  await writeFiles({ 'index.html': '<h1>Sale</h1>', 'assets/sale-77aa.js': 'console.log(2)' });
  const { result, sent } = await run({ args: { build: '2' } });
  expect(sent.toSorted()).toEqual([
    `${app}/builds/2/.headgate/manifest.json`,
    `${app}/builds/2/index.html`,
    `${app}/builds/2/robots.txt`,
    `${app}/pool/assets/sale-77aa.js`,
  ]);
  expect(result).toMatchObject({ uploadedFiles: 3, sharedFiles: 2, resumedFiles: 0 });
});

it('refuses the same number with other bytes, and with other settings', async () => {
  await run();
  const before = await published();
  await writeFiles({ 'index.html': '<h1>Other</h1>', 'new.txt': 'new' });
  const error = await refusal(run());
  expect(error).toMatchObject({ exitCode: 3, next: expect.stringContaining('new build number') });
  expect(error.message).toContain('differs from this one: 2 files (index.html, new.txt)');

  await rm(join(directory, 'new.txt'));
  await writeFiles(STOREFRONT);
  const settings = { spa: false, pool: { include: ['/assets/*'], exclude: [] } };
  await createBuildStore(client, BUCKET).writeSettings(app, settings);
  expect((await refusal(run())).message).toContain('publishing settings have changed since');
  expect(await published()).toEqual(before);
});

it('follows the settings of the app', async () => {
  const pool = { include: ['/assets/*', '/fonts/*'], exclude: ['/assets/config.json'] };
  await createBuildStore(client, BUCKET).writeSettings(app, { spa: false, pool });
  await rm(join(directory, 'index.html'));
  await writeFiles({ 'assets/config.json': '{}', 'fonts/a.woff2': 'x' });
  const { sent } = await run();
  expect(sent).toContain(`${app}/builds/1/assets/config.json`);
  expect(sent).toContain(`${app}/pool/fonts/a.woff2`);
});

it('stores names that must be escaped in a URL as they are', async () => {
  const odd = ['a b.txt', 'a+b.txt', '100%25.txt', 'ünï/日本.txt', '🎈 &=?#;.txt', "it's (1)!.txt"];
  await writeFiles(Object.fromEntries(odd.map((path) => [path, path])));
  await run();
  for (const path of odd) expect(await read(`${app}/builds/1/${path}`)).toBe(path);
  expect((await run()).result.alreadyPublished).toBe(true);
});

it('lets two publishers of the same build both succeed, and one of two different ones', async () => {
  const [one, two] = await Promise.all([run(), run()]);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(one.result.digest).toBe(two.result.digest);

  // The second has other files, and overtakes the first just before its manifest.
  const first = run({
    args: { build: '2' },
    through: (store) => ({
      ...store,
      create: async (upload) => {
        if (upload.key.endsWith('manifest.json')) {
          await writeFiles({ 'more.txt': 'more' });
          await run({ args: { build: '2' } });
        }
        return store.create(upload);
      },
    }),
  });
  expect((await refusal(first)).message).toContain('1 file (more.txt)');
  expect((await published('2'))?.manifest.files).toHaveLength(5);
});

describe('interrupted', () => {
  const writes = Object.keys(STOREFRONT).length + 1;

  const moments = Array.from({ length: writes }, (_, failing) => [
    { failing, moment: 'before' },
    { failing, moment: 'after' },
  ]).flat();

  it.each(moments)(
    '$moment write $failing: no build until it is run again, and only the rest moves',
    async ({ failing, moment }) => {
      let requests = 0;
      const dying: Run['through'] = (store) => ({
        ...store,
        create: async (upload) => {
          const request = requests++;
          const stored = request < failing || (request === failing && moment === 'after');
          const outcome = stored ? await store.create(upload) : undefined;
          if (!outcome || request === failing) throw new Error('killed');
          return outcome;
        },
      });
      await expect(run({ through: dying })).rejects.toThrow('killed');
      const stored = moment === 'after' ? failing + 1 : failing;
      expect((await published()) !== undefined).toBe(stored === writes);

      const { result, sent } = await run();
      expect(sent).toHaveLength(writes - stored);
      expect(result.alreadyPublished).toBe(stored === writes);
      expect((await published())?.manifest.files).toHaveLength(4);
      expect(await read(`${app}/builds/1/index.html`)).toBe('<h1>Shop</h1>');
    },
  );

  it('never loses a failure among many uploads at once', async () => {
    const many = Array.from({ length: 150 }, (_, index) => [`f${index}.txt`, `${index}`] as const);
    await writeFiles(Object.fromEntries(many));
    const flaky: Run['through'] = (store) => ({
      ...store,
      create: async (upload) => {
        await Promise.resolve();
        if (upload.key.endsWith('/f70.txt')) throw new Error('connection reset');
        return { created: true, etag: '' };
      },
    });
    await expect(run({ through: flaky })).rejects.toThrow('connection reset');
  });
});

describe('a pooled name with other bytes', () => {
  it('is refused, with the policy line that takes it out of the pool', async () => {
    await run();
    await writeFiles({ 'assets/app-4f2a.js': 'console.log("other")' });
    const error = await refusal(run({ args: { build: '2' } }));
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain(
      `assets/app-4f2a.js and the stored ${app}/pool/assets/app-4f2a.js differ`,
    );
    expect(error.message).toContain('size: stored 14, here 20');
    expect(error.next).toContain('pool: { ..., exclude: ["/assets/app-4f2a.js"] }');
    expect(await published('2')).toBeUndefined();
    expect(await read(`${app}/pool/assets/app-4f2a.js`)).toBe('console.log(1)');
  });

  it('is found by its bytes when another tool stored it without a checksum', async () => {
    await run();
    const blind: Run['through'] = (store) => ({
      ...store,
      describe: async (key) => {
        const { sha256: _, ...stored } = (await store.describe(key))!;
        return stored;
      },
    });
    await run({ args: { build: '2' }, through: blind });
    await writeFiles({ 'assets/app-4f2a.js': 'console.log(9)' });
    const error = await refusal(run({ args: { build: '3' }, through: blind }));
    expect(error.message).toContain('SHA-256');
  });
});

describe('refused before the first byte', () => {
  it('for everything wrong with the directory', async () => {
    await rm(join(directory, 'index.html'));
    await writeFiles({ 'a\\b.txt': '', '.headgate/x': '' });
    const error = await refusal(run());
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain('.headgate/x: below ".headgate/"');
    expect(error.message).toContain('a\\b.txt: its name has a backslash');
    expect(error.message).toContain('index.html: not there');
  });

  it('for a directory that is not there', async () => {
    const error = await refusal(run({ positionals: [join(parent, 'none')] }));
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('no directory') });
  });

  it('for a file that changes between hashing and sending', async () => {
    const { files } = createContext();
    const late: Files = {
      ...files,
      readBytes: async (path) => {
        await writeFiles({ 'robots.txt': 'User-agent: changed' });
        return files.readBytes(path);
      },
    };
    const error = await refusal(run({ files: late }));
    expect(error.message).toContain('robots.txt changed while it was being published');
    expect(await published()).toBeUndefined();
  });

  it('for all wrong arguments at once', async () => {
    const args = { bucket: '', app: 'Shop', build: '-1', region: 'nowhere' };
    const { message, next, exitCode } = await refusal(run({ args, positionals: [] }));
    expect(exitCode).toBe(2);
    for (const part of [
      'directory',
      '--bucket is missing',
      '"Shop" is not',
      '"-1" is not',
      '"nowhere" is not',
    ]) {
      expect(message).toContain(part);
    }
    expect(next).toContain('headgate publish dist');
  });

  it('for a bucket that is not there', async () => {
    const error = await refusal(run({ args: { bucket: 'acme-nowhere' } }));
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('acme-nowhere') });
  });
});
