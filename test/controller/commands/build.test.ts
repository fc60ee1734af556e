import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { build } from '../../../controller/commands/build.ts';
import { HeadgateError } from '../../../controller/core/errors.ts';
import type { Manifest } from '../../../controller/core/state/manifest.ts';
import type { Context, Place } from '../../../controller/ports/context.ts';
import type { UploadStore } from '../../../controller/ports/upload-store.ts';
import { createPullRequestRun } from '../../fakes/pull-request.ts';
import { useCloud } from '../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
const PLACE = { bucket: BUCKET, region: undefined };
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

/** `reads` is called before an object's bytes are read. */
async function run(
  args: readonly string[],
  values: Record<string, unknown> = {},
  reads: (key: string) => void = () => {},
  through: (context: Context) => Context = (same) => same,
) {
  const printed: string[] = [];
  const uploads = (place: Place): UploadStore => {
    const real = held.context.uploads(place);
    return {
      create: (upload) => real.create(upload),
      keys: (prefix) => real.keys(prefix),
      describe: (key) => real.describe(key),
      copy: (copy) => real.copy(copy),
      createLarge: (upload) => real.createLarge(upload),
      read: (key) => {
        reads(key);
        return real.read(key);
      },
      stream: (key) => {
        reads(key);
        return real.stream(key);
      },
    };
  };
  const terminal = {
    interactive: false,
    print: (text: string) => void printed.push(text),
    note: () => {},
    progress: () => {},
    summary: async () => {},
  };
  const given = { positionals: args, values: { bucket: BUCKET, app, ...values } as never };
  try {
    const code = await build.run(given, through({ ...held.context, terminal, uploads }));
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
  expect(await builds(PLACE).hasFile(app, '7', 'assets/app.js')).toBe(true);
  const stored = await uploads(PLACE).keys(`${app}/builds/7/`);
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

it('says when objects of an adopted build were written, added or deleted since', async () => {
  const folder = `${app}/builds/7`;
  await store([`${folder}/index.html`, `${folder}/a.js`]);
  await run(['adopt', '7']);
  await store([`${folder}/a.js`], { Body: `${folder}/b.js` });
  await store([`${folder}/late.js`]);
  const { code, said } = await run(['adopt', '7']);
  expect(code).toBe(3);
  expect(said).toContain('2 files of it changed since (a.js, late.js)');
  expect(said).toContain(`Stop what writes below s3://${BUCKET}/${folder}/`);
});

it('shows what a build holds', async () => {
  await store([`${app}/builds/7/index.html`]);
  await run(['adopt', '7']);
  const { said } = await run(['show', '7']);
  expect(said).toMatch(/^Build 7 of shop-\d+\n {2}files {5}1 file, \d+ B, 0 of them in the pool\n/);
});

it('names the root of builds that lie elsewhere, and takes none for granted', async () => {
  await store(['6/index.html']);
  const { code, said } = await run(['adopt', '6']);
  expect(code).toBe(2);
  expect(said).toContain(`s3://${BUCKET}/6/ has 1 file`);
  expect(said).toContain(`headgate build adopt 6 --root / --bucket ${BUCKET} --app ${app}`);
  expect((await run(['list'])).said).toBe('');
});

describe('builds at the top of the bucket', () => {
  const atTop = { root: '/' };

  it('are adopted without a copy, hashed by S3 where it knows how', async () => {
    const [number, plain] = [`${app}-40`, `${app}-40/index.html`];
    await store([plain], { CacheControl: 'max-age=300', ContentType: 'binary/octet-stream' });
    await store([`${number}/app.js`], { ChecksumAlgorithm: 'SHA256' });
    const read: string[] = [];
    const { said } = await run(['adopt', number], { ...atTop, json: true }, (key) =>
      read.push(key),
    );
    expect(JSON.parse(said)).toMatchObject({
      files: 2,
      unnamed: 1,
      cachedByBrowsers: 1,
      notAsHtml: 1,
      examples: ['index.html (max-age=300)', 'index.html (binary/octet-stream)'],
    });
    expect(read).toEqual([plain]);
    const keys = await held.context.uploads(PLACE).keys(`${number}/`);
    expect([...keys]).toEqual([
      `${number}/.headgate/manifest.json`,
      `${number}/app.js`,
      `${number}/index.html`,
    ]);
    const { files, settings } = JSON.parse(
      (await run(['show', number], { ...atTop, json: true })).said,
    ) as Manifest;
    expect(settings.root).toBe('');
    const bytes = (key: string) => createHash('sha256').update(key).digest('hex');
    expect(files.map(({ sha256 }) => sha256)).toEqual([bytes(`${number}/app.js`), bytes(plain)]);
  });

  it('are found by the settings once a policy has said where they are', async () => {
    const number = `${app}-41`;
    await store([`${number}/index.html`]);
    await run(['adopt', number], atTop);
    expect((await run(['list'])).said).toBe('');
    const pool = { include: [], exclude: [] };
    await held.context.builds(PLACE).writeSettings(app, { spa: true, pool, root: '' });
    expect((await run(['list'])).said.split('\n')).toContain(number);
    expect((await run(['show', number])).said).toContain(`stored at s3://${BUCKET}/${number}/\n`);
    expect((await run(['adopt', number], { json: true })).said).toContain(
      '"alreadyPublished":true',
    );
  });

  it('a run that was stopped wrote nothing, and the next one does it all', async () => {
    const number = `${app}-42`;
    await store([`${number}/index.html`, `${number}/a.js`]);
    const stopped = run(['adopt', number], atTop, () => {
      throw new Error('the power went');
    });
    await expect(stopped).rejects.toThrow('the power went');
    expect((await run(['list'], atTop)).said.split('\n')).not.toContain(number);
    expect((await run(['adopt', number], atTop)).code).toBe(0);
  });

  it.each([
    ['shop-0', /shop-0\/ is a folder of Headgate's own/],
    ['edge', /edge\/ is a folder of Headgate's own/],
    ['pr-1', /a number of untrusted builds/],
  ])('none can be called %s', async (number, says) => {
    const { code, said } = await run(['adopt', number], { ...atTop, app: 'shop-0' });
    expect(code).toBe(2);
    expect(said).toMatch(says);
  });
});

it('takes no other folder of the app for a build', async () => {
  await store([`${app}/untrusted/builds/pr-1/index.html`]);
  const { code, said } = await run(['adopt', 'untrusted'], { root: `${app}/` });
  expect(code).toBe(2);
  expect(said).toContain(`${app}/untrusted/ is a folder of Headgate's own`);
});

it.each<[readonly string[], Record<string, unknown>, RegExp]>([
  [[], {}, /needs a verb: list, show, verify, diff, attest, adopt and remove/],
  [['constructor'], {}, /has no verb "constructor"; it has list, show/],
  [['adopt'], {}, /the build number is missing/],
  [['show', '1', '2'], {}, /show takes one build/],
  [
    ['list', '1'],
    { bucket: '', app: 'Shop' },
    /list takes no build; --bucket is missing; --app "Shop"/,
  ],
  [['adopt', '-1'], {}, /"-1" is not a build number/],
  [['list'], { root: '//' }, /--root "\/\/" is not \/ or ''/],
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

describe('remove', () => {
  /** Two builds of pull request 1, one of 12, and one of a protected ref. */
  async function storeAll(): Promise<void> {
    const untrusted = `${app}/untrusted/builds`;
    await store([
      `${untrusted}/pr-1-7-1/.headgate/manifest.json`,
      `${untrusted}/pr-1-7-1/index.html`,
      `${untrusted}/pr-1-8-1/index.html`,
      `${untrusted}/pr-12-9-1/index.html`,
      `${app}/builds/7/index.html`,
    ]);
  }

  const left = async () => [...(await held.context.uploads(PLACE).keys(`${app}/`))];

  it('removes the builds of one pull request and no other, and says how much', async () => {
    await storeAll();
    const { code, said } = await run(['remove', 'pr-1']);
    expect(code).toBe(0);
    expect(said).toMatch(
      /^Removed 2 builds of pull request 1 of shop-\d+: 3 files, \d+ B \(pr-1-7-1, pr-1-8-1\)\.$/,
    );
    expect(await left()).toEqual([
      `${app}/builds/7/index.html`,
      `${app}/untrusted/builds/pr-12-9-1/index.html`,
    ]);
    const again = await run(['remove', 'pr-1'], { json: true });
    const none = { app, pullRequest: 1, files: 0, bytes: 0, builds: [] };
    expect(JSON.parse(again.said)).toEqual(none);
  });

  it.each([
    [['remove', '7'], /"7" names no pull request/],
    [['remove', 'pr-1-7-1'], /names no pull request/],
    [['remove', 'pr-'], /names no pull request/],
    [['remove', 'pr-1/../../builds/7'], /names no pull request/],
    [['remove'], /takes one pull request/],
    [['remove', 'pr-1', 'pr-2'], /takes one pull request/],
  ])('refuses %j', async (args, says) => {
    await storeAll();
    const { code, said } = await run(args);
    expect(code).toBe(2);
    expect(said).toMatch(says);
    expect(await left()).toHaveLength(5);
  });

  it('says in the comment that the links are gone, where there is one', async () => {
    await storeAll();
    const pull = createPullRequestRun(1);
    const remove = () => run(['remove', 'pr-1'], { github: true }, () => {}, pull.through);
    await remove();
    expect(pull.comments).toEqual([]);
    pull.comments.push(`<!-- headgate:preview ${app} -->\nlinks`, 'of a person');
    await remove();
    expect(pull.comments).toEqual([expect.stringContaining('closed'), 'of a person']);
    expect(pull.comments[0]).not.toContain('links\n');
    pull.isDown = true;
    expect((await remove()).code).toBe(0);
    expect(pull.notes).toEqual([expect.stringContaining('GitHub does not answer')]);
  });

  it('removes nothing where the comment would be of another pull request', async () => {
    await storeAll();
    const pull = createPullRequestRun(12);
    const { code, said } = await run(['remove', 'pr-1'], { github: true }, () => {}, pull.through);
    expect(code).toBe(2);
    expect(said).toContain('This run is of pull request 12');
    expect(await left()).toHaveLength(5);
  });

  it('is the only one that GitHub is shown', async () => {
    expect((await run(['list'], { github: true })).said).toContain('list shows nothing on GitHub');
  });
});
