import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createFiles } from '../../../../controller/adapters/process/files.ts';
import { build } from '../../../../controller/commands/build.ts';
import type { Command } from '../../../../controller/commands/command.ts';
import { publish } from '../../../../controller/commands/publish.ts';
import { HeadgateError } from '../../../../controller/core/errors.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { useCloud } from '../../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-films';
const PART = 5 * 2 ** 20;
const FILM = Buffer.alloc(PART + 1000, 'film');
const PATH = 'assets/film-4f2a77c1.mp4';
/** As usual, with parts as small as S3 takes them. */
const files = createFiles({ partSizeOf: (size) => (size > PART ? PART : undefined) });

const held = useCloud();
let client: S3Client;
let directory: string;
let app: string;
let apps = 0;

beforeAll(async () => {
  client = new S3Client(held.cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  directory = await mkdtemp(join(tmpdir(), 'headgate-large-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<h1>Films</h1>');
});
afterAll(async () => {
  client.destroy();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  app = `films-${(apps += 1)}`;
  await writeFile(join(directory, PATH), FILM);
});

interface Said {
  readonly code: number;
  readonly said: string;
  readonly progress: readonly string[];
}

async function run(
  command: Command,
  positionals: readonly string[],
  { through = {}, ...values }: { through?: Partial<Context>; [name: string]: unknown } = {},
): Promise<Said> {
  const printed: string[] = [];
  const progress: string[] = [];
  const terminal = {
    interactive: false,
    print: (text: string) => void printed.push(text),
    note: () => {},
    progress: (text: string) => void progress.push(text),
    summary: async () => {},
  };
  const context: Context = { ...held.context, files, terminal, ...through };
  const given = { positionals, values: { bucket: BUCKET, app, json: true, ...values } as never };
  try {
    return { code: await command.run(given, context), said: printed.join('\n'), progress };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return { code: error.exitCode, said: error.message, progress };
  }
}

const publishAs = (number: string, through: Partial<Context> = {}) =>
  run(publish, [directory], { build: number, through });

/** No file of that size may come to memory as a whole. */
const careful = (uploads: Context['uploads']): Context['uploads'] => {
  return (place) => {
    const { read, ...rest } = { ...pick(uploads(place)) };
    const small: typeof read = async (key) => {
      const bytes = await read(key);
      if ((bytes?.byteLength ?? 0) > PART) throw new Error(`${key} was read whole`);
      return bytes;
    };
    return { ...rest, read: small };
  };
};

function pick(store: ReturnType<Context['uploads']>): ReturnType<Context['uploads']> {
  const { create, createLarge, copy, keys, describe, read, stream } = store;
  return { create, createLarge, copy, keys, describe, read, stream };
}

async function listUnfinished(): Promise<readonly string[]> {
  const Prefix = `${app}/`;
  const { Uploads } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix }),
  );
  return (Uploads ?? []).map(({ UploadId = '' }) => UploadId);
}

it('sends a large file in parts, which verify knows', async () => {
  const uploads = careful(held.context.uploads);
  const readBytes: typeof files.readBytes = async (path) => {
    if (path.endsWith('.mp4')) throw new Error(`${path} was read whole`);
    return files.readBytes(path);
  };
  const sent = await publishAs('1', { uploads, files: { ...files, readBytes } });
  expect(JSON.parse(sent.said)).toMatchObject({ uploadedFiles: 2, bytes: FILM.length + 14 });
  const shown = JSON.parse((await run(build, ['show', '1'])).said);
  const etag = expect.stringMatching(/^[0-9a-f]{32}-2$/);
  expect(shown.files).toContainEqual(expect.objectContaining({ path: PATH, partSize: PART, etag }));
  for (const read of [false, true]) {
    const verified = await run(build, ['verify', '1'], { read, through: { uploads } });
    expect(JSON.parse(verified.said)).toMatchObject({ isWhole: true, unread: [] });
  }
  const key = `${app}/pool/${PATH}`;
  const spoiled = { Bucket: BUCKET, Key: key, Body: Buffer.alloc(FILM.length, 'mlif') };
  const ContentType = 'video/mp4';
  await client.send(new PutObjectCommand({ ...spoiled, ContentType }));
  const { said, code } = await run(build, ['verify', '1'], { read: true, through: { uploads } });
  expect(code).toBe(3);
  expect(said).toContain('SHA-256: stored ');
});

it('goes on with what another runner had begun', async () => {
  let reads = 0;
  const readRange: typeof files.readRange = (...asked) => {
    reads += 1;
    // A process that is killed here leaves as much.
    return reads === 2 ? Promise.reject(new Error('killed')) : files.readRange(...asked);
  };
  const dying = publishAs('1', { files: { ...files, readRange } });
  await expect(dying).rejects.toThrow('killed');
  expect(await listUnfinished()).toHaveLength(1);
  expect((await publishAs('1')).code).toBe(0);
  // It was that one: another would have left it.
  expect(await listUnfinished()).toEqual([]);
  expect(JSON.parse((await run(build, ['verify', '1'], { read: true })).said).isWhole).toBe(true);
});

it('finds one that is there without downloading it', async () => {
  await publishAs('1');
  const uploads: Context['uploads'] = (place) => {
    const stream = () => Promise.reject(new Error('downloaded'));
    return { ...pick(held.context.uploads(place)), stream };
  };
  const { read, write, remove, modified } = held.context.publishNotes({
    bucket: BUCKET,
    region: undefined,
  });
  const publishNotes = () => ({ read, write, remove, modified, folders: async () => [] });
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${app}/publish/latest.json` }));
  const again = await publishAs('2', { uploads, publishNotes });
  expect(JSON.parse(again.said)).toMatchObject({ uploadedFiles: 1, sharedFiles: 1 });
  await writeFile(join(directory, PATH), Buffer.alloc(FILM.length, 'mlif'));
  const other = await publishAs('3');
  expect(other.code).toBe(3);
  expect(other.said).toContain(`${PATH} and the stored ${app}/pool/${PATH} differ`);
});

it('refuses a file that changes while it is sent, and stores no build', async () => {
  let changes = 0;
  const readRange: typeof files.readRange = async (...asked) => {
    if ((changes += 1) === 2)
      await writeFile(join(directory, PATH), Buffer.alloc(FILM.length, 'x'));
    return files.readRange(...asked);
  };
  const { code, said } = await publishAs('1', { files: { ...files, readRange } });
  expect([code, said]).toEqual([2, `${PATH} changed while it was being published.`]);
  expect((await run(build, ['verify', '1'])).said).toContain('is not published');
});
