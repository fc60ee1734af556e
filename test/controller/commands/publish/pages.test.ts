import { CreateBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { publish } from '../../../../controller/commands/publish.ts';
import { UsageError } from '../../../../controller/core/errors.ts';
import { useCloud } from '../../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
const PLACE = { bucket: BUCKET, region: undefined };
const held = useCloud();
let directory: string;

beforeAll(async () => {
  await new S3Client(held.cloud.config()).send(new CreateBucketCommand({ Bucket: BUCKET }));
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-pages-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), content);
}

async function run(values: Record<string, string> = {}, positionals: readonly string[] = []) {
  const printed: string[] = [];
  const notes: string[] = [];
  const sent: string[] = [];
  const { context } = held;
  const code = await publish.run(
    { positionals, values: { pages: directory, bucket: BUCKET, app: 'shop', ...values } },
    {
      ...context,
      terminal: {
        interactive: false,
        print: (text) => void printed.push(text),
        note: (text) => void notes.push(text),
        progress: () => {},
        summary: async () => {},
      },
      pages: (place) => ({
        size: (key) => context.pages(place).size(key),
        write: (page) => {
          sent.push(page.key);
          return context.pages(place).write(page);
        },
      }),
    },
  );
  return { code, said: printed.join('\n'), notes, sent };
}

it('stores pages below the pages of the app, over what is there, HTML last', async () => {
  await write('waiting/index.html', 'please wait');
  await write('waiting/queue.svg', '<svg/>');
  const { code, said, notes, sent } = await run();
  expect({ code, notes }).toEqual({ code: 0, notes: [] });
  expect(sent).toEqual(['shop/pages/waiting/queue.svg', 'shop/pages/waiting/index.html']);
  expect(said).toContain('page: /waiting/index.html');
  const sizes = ['waiting/index.html', 'none.html'].map((page) =>
    held.context.pages(PLACE).size(`shop/pages/${page}`),
  );
  expect(await Promise.all(sizes)).toEqual(['please wait'.length, undefined]);

  await write('waiting/index.html', 'sold out');
  await run();
  const key = 'shop/pages/waiting/index.html';
  const body = await held.context.uploads(PLACE).read(key);
  expect(Buffer.from(body ?? []).toString()).toBe('sold out');
  const head = new HeadObjectCommand({ Bucket: BUCKET, Key: key });
  expect(await new S3Client(held.cloud.config()).send(head)).toMatchObject({
    ContentType: 'text/html; charset=utf-8',
    CacheControl: 'no-cache',
  });
});

it('warns of a page that Lambda@Edge would not serve', async () => {
  await write('wait.html', 'x'.repeat(40_001));
  await write('large.svg', 'x'.repeat(40_001));
  const { code, notes } = await run();
  expect(code).toBe(0);
  expect(notes).toEqual([
    expect.stringMatching(/^warning: wait\.html has 40\.0 KB;.*at most 40\.0 KB/),
  ]);
});

it.each<[Record<string, string>, readonly string[], RegExp]>([
  [{}, ['dist'], /"dist" is a second directory/],
  [{ build: '1' }, [], /pages belong to no --build/],
  [{ checksum: 'sums' }, [], /pages have no manifest for --checksum/],
  [{ base: '1' }, [], /pages have no --base/],
  [{ engine: 'sdk' }, [], /pages are sent by no --engine/],
  [{ app: '' }, [], /--app is missing/],
  [{}, [], /no HTML page/],
  [{ pages: 'nowhere' }, [], /no directory nowhere/],
])('refuses %j %j', async (values, positionals, says) => {
  await write('a.txt', 'x');
  await expect(run(values, positionals)).rejects.toThrow(UsageError);
  await expect(run(values, positionals)).rejects.toThrow(says);
});
