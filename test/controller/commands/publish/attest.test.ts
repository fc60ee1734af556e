import {
  CopyObjectCommand,
  CreateBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { build } from '../../../../controller/commands/build.ts';
import { publish } from '../../../../controller/commands/publish.ts';
import { HeadgateError } from '../../../../controller/core/errors.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { useCloud } from '../../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
const PLACE = { bucket: BUCKET, region: undefined };
const held = useCloud();
let client: S3Client;
/** Every test has an app of its own. */
let app: string;
let apps = 0;
let directory: string;

beforeAll(async () => {
  client = new S3Client(held.cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  directory = await mkdtemp(join(tmpdir(), 'headgate-attest-'));
  await writeFile(join(directory, 'index.html'), '<h1>Shop</h1>');
});
afterAll(() => rm(directory, { recursive: true, force: true }));
beforeEach(() => {
  app = `shop-${++apps}`;
});

async function run(
  args: readonly string[],
  values: Record<string, unknown> = {},
  command = build,
  through: (context: Context) => Context = (same) => same,
) {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const context = onDisk({ ...held.context, terminal: { ...held.context.terminal, print } });
  const around = through(context);
  const given = { positionals: args, values: { bucket: BUCKET, app, ...values } as never };
  try {
    const code = await command.run(given, around);
    return { code, said: printed.join('\n') };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return { code: error.exitCode, said: `${error.message}\nnext: ${error.next}` };
  }
}

const disk = new Map<string, string>();
const onDisk = (context: Context): Context => ({
  ...context,
  files: {
    ...context.files,
    readText: async (path) => disk.get(path),
    writeText: async (path, text) => void disk.set(path, text),
  },
});
const attest = (values: Record<string, unknown>, number = '7') => run(['attest', number], values);

/** A build with its manifest, and the SHA-256 that is to be attested of it. */
async function publishOne(): Promise<string> {
  const published = await run([directory], { build: '7', checksum: 'sums' }, publish);
  expect(published).toMatchObject({ code: 0 });
  const [sha256 = ''] = (disk.get('sums') ?? '').split(' ');
  return sha256;
}

function bundleOf(sha256: string, predicateType = 'https://slsa.dev/provenance/v1'): string {
  const subject = [{ name: 'shop', digest: { sha256 } }];
  const statement = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType,
    subject,
  });
  const payload = Buffer.from(statement).toString('base64');
  return JSON.stringify({
    dsseEnvelope: { payloadType: 'application/vnd.in-toto+json', payload },
  });
}

it('writes what to attest, stores what was attested, and keeps the first', async () => {
  const sha256 = await publishOne();
  expect(disk.get('sums')).toBe(`${sha256}  ${app}-7\n`);
  const { digest } = JSON.parse((await run(['show', '7'], { json: true })).said) as Shown;
  expect(sha256).toMatch(new RegExp(`^${digest}[0-9a-f]{48}$`));
  const bundle = `${bundleOf(sha256)}\n`;
  disk.set('bundle', bundle);
  const first = await attest({ bundle: 'bundle', json: true });
  expect(JSON.parse(first.said)).toEqual({ app, build: '7', sha256, stored: true });
  disk.set('bundle', bundle + bundle);
  expect((await attest({ bundle: 'bundle' })).said).toContain('already, and stays');
  const read = await held.context.attested(PLACE).read(app, '7');
  const of = { app, build: '7' };
  expect(read).toEqual({ of, sha256, stored: expect.any(Uint8Array) as Uint8Array });
  expect(Buffer.from(read?.stored as Uint8Array).toString()).toBe(bundle);
  expect((await run(['verify', '7'])).code).toBe(0);
});

it('has nothing signed that somebody else put in the place of what was published', async () => {
  const other = 'cd'.repeat(32);
  const attested = () => ({
    read: async () => ({ of: { app, build: '7' }, sha256: other, stored: undefined }),
    create: () => Promise.reject(new Error('nobody writes here')),
  });
  const { code, said } = await run(
    [directory],
    { build: '7', checksum: 'new' },
    publish,
    (real) => ({
      ...real,
      attested,
    }),
  );
  expect(code).toBe(3);
  expect(said).toMatch(/^The manifest of build 7 is not the one that was published just now/);
  expect(disk.get('new')).toBeUndefined();
});

it('reads nothing that is too long, and of no build that is not there', async () => {
  const sha256 = await publishOne();
  const bytes = 2 ** 20 + 1;
  const key = `${app}/builds/7/.headgate/provenance.json`;
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: Buffer.alloc(bytes) }));
  expect(await held.context.attested(PLACE).read(app, '7')).toMatchObject({
    sha256,
    stored: { bytes },
  });
  expect(await held.context.attested(PLACE).read(app, '8')).toBeUndefined();
  disk.set('bundle', bundleOf(sha256));
  const { code, said } = await attest({ bundle: 'bundle' });
  expect(code).toBe(3);
  expect(said).toMatch(/^What is stored beside build 7 of .* is not about it, and stays\./);
});

it.each([
  [
    'another build',
    bundleOf('ab'.repeat(32)),
    3,
    /bundle is not about build 7: its manifest has SHA-256 [0-9a-f]{64}, and that attests abab/,
  ],
  [
    'an SBOM',
    bundleOf('ab'.repeat(32), 'https://spdx.dev/Document'),
    2,
    /no Sigstore bundle of https:\/\/slsa/,
  ],
  ['garbage', 'hello', 2, /bundle can't be stored: line 1 is no JSON/],
  ['no file', undefined, 2, /There is no file bundle/],
])('stores nothing of %s', async (_name, text, code, says) => {
  await publishOne();
  disk.delete('bundle');
  if (text !== undefined) disk.set('bundle', text);
  const outcome = await attest({ bundle: 'bundle' });
  expect(outcome.code).toBe(code);
  expect(outcome.said).toMatch(says);
  expect((await held.context.attested(PLACE).read(app, '7'))?.stored).toBeUndefined();
});

it('takes the manifest of another build, copied there, for no build', async () => {
  disk.set('bundle', bundleOf(await publishOne()));
  const keyOf = (number: string) => `${app}/builds/${number}/.headgate/manifest.json`;
  const copy = { Bucket: BUCKET, CopySource: `${BUCKET}/${keyOf('7')}`, Key: keyOf('8') };
  await client.send(new CopyObjectCommand(copy));
  const { code, said } = await attest({ bundle: 'bundle' }, '8');
  expect(code).toBe(3);
  expect(said).toContain(`The manifest of build 8 of ${app} is that of build 7 of ${app}.`);
  expect((await held.context.attested(PLACE).read(app, '8'))?.stored).toBeUndefined();
  expect(await run(['verify', '8'])).toEqual({ code, said });
  const again = await run([directory], { build: '8' }, publish);
  expect(again).toMatchObject({ code: 3 });
  expect(again.said).toContain(`its manifest is that of build 7 of ${app}`);
  const based = await run([directory], { build: '9', base: '8' }, publish);
  expect(based).toMatchObject({ code: 2 });
  expect(based.said).toContain(`There is no build 8 of ${app} to be the --base.`);
});

it('wants one file, and a published build', async () => {
  const nowhere = await run([directory], { build: '7', checksum: '' }, publish);
  expect(nowhere.said).toMatch(/--checksum names no file/);
  expect((await attest({})).said).toMatch(/--bundle is missing/);
  expect((await run(['list'], { bundle: 'x' })).said).toMatch(/list takes no --bundle/);
  disk.set('bundle', '{}');
  expect((await attest({ bundle: 'bundle' }, '9')).said).toMatch(/Build 9 of .* is not published/);
});

interface Shown {
  readonly digest: string;
}
