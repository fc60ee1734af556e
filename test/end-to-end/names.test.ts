import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { mkdir, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { build } from '../../controller/commands/build.ts';
import { publish } from '../../controller/commands/publish.ts';
import { reconcile } from '../../controller/commands/reconcile.ts';
import { BUCKET, composePolicy, HOSTS, REGION, type Policy } from './policy.ts';
import { runInProcess } from './run-in-process.ts';
import { createSetting, type Setting } from './setting.ts';
import { PATIENCE } from '../patience.ts';

/** Every name is published, and served byte for byte by the local edge; or refused, with the way out. */
let setting: Setting;
let reports: string[];

const NAMES = [
  'a b.txt',
  ' two  spaces .txt',
  '100%.txt',
  '100%25.txt',
  'a%2Fb.txt',
  'caf\u00e9.txt',
  'cafe\u0301 too.txt',
  '日本/語.js',
  '🎈.png',
  "it's (1)!~*.txt",
  'q?x=1&y#;=,@$:.txt',
  '[id]/{slug}|^`"<>.js',
  'App-4F2A.js',
  'app-4f2a.js',
  'empty.txt',
  'part.js/inner.js',
  'LICENSE',
  'trailing.',
  '..hidden/...txt',
  '.well-known/security.txt',
  '.vite/manifest.json',
  'constructor/__proto__.json',
];

/** As long as a key below this prefix may be, in UTF-8 bytes; disks take no segment of more than 255. */
function longestBelow(prefix: string, unit: string): string {
  const room = 1024 - Buffer.byteLength(prefix);
  let path = '';
  for (let letters = 1; Buffer.byteLength(path + unit) < room; letters++) {
    path += letters % 60 === 0 ? '/' : unit;
  }
  return path + 'x'.repeat(room - Buffer.byteLength(path));
}

const LONG = [
  longestBelow('shop/builds/1041/', 'a'),
  longestBelow('shop/builds/1041/', 'ü'),
  `assets/${longestBelow('shop/pool/assets/', '語')}`,
];

const PATHS = [...NAMES, 'a+b.txt', ...NAMES.map((name) => `assets/${name}`), ...LONG];

/** The name itself and some bytes that are no text, but for the empty file. */
function bytesOf(path: string): Buffer {
  return path.endsWith('empty.txt') ? Buffer.alloc(0) : Buffer.from(`${path}\0\u00ff`, 'utf8');
}

const HEADERS = [
  { files: '/fonts/*', cache: 'immutable' },
  { files: '/data/*', type: 'application/geo+json' },
];

async function write(folder: string, files: Readonly<Record<string, Buffer | string>>) {
  const directory = join(setting.directory, folder);
  for (const [path, body] of Object.entries({ 'index.html': 'page', ...files })) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), body);
  }
  return directory;
}

const PLACE = ['--bucket', BUCKET, '--app', 'shop'];
const store = (directory: string, number: string) =>
  runInProcess(setting, publish, { args: [directory, '--build', number, ...PLACE] });
const release = (policy: Policy) => runInProcess(setting, reconcile, { args: [], policy });

function policyFor(number: string): Policy {
  const wanted = { prod: { build: number, bake: '0s' } };
  const { edge, app } = composePolicy(setting.distributions, wanted);
  return { edge, app: { ...app, region: REGION, headers: HEADERS } };
}

beforeAll(async () => {
  setting = await createSetting([]);
  // The build isn't there yet, but what it is published with is.
  const early = await release(policyFor('1041'));
  expect(early.code, early.stdout).toBe(2);
  const directory = await write('dist', {
    ...Object.fromEntries(PATHS.map((path) => [path, bytesOf(path)])),
    'assets/icons': 'a file',
    'assets/code-1f.js': '//# sourceMappingURL=code-1f.js.map',
    'assets/code-1f.js.map': '{"version":3}',
    'fonts/a.woff2': 'font',
    'data/area.json': '{}',
    'sw.js': '//',
  });
  const first = await store(directory, '1041');
  expect(first.code, first.stderr).toBe(0);
  // In the pool, a folder beside a file of the same name.
  const second = await store(await write('next', { 'assets/icons/a.svg': 'in it' }), '1042');
  expect(second.code, second.stderr).toBe(0);
  const { code, stdout } = await release(policyFor('1041'));
  expect(code, stdout).toBe(0);
  // The distribution has our function since just now, and deploys it.
  await vi.waitFor(async () => expect((await get('/')).status).toBe(200), PATIENCE);
  reports = [first.stdout];
}, 300_000);
afterAll(() => setting.close());

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The path as it is sent: no client may mend it. */
function get(path: string): Promise<Got> {
  const { port } = new URL(setting.cloud.edgeUrl);
  const headers = { host: HOSTS.prod, 'sec-fetch-mode': 'no-cors', accept: '*/*' };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      const { statusCode: status = 0, headers: received } = response;
      buffer(response).then((body) => resolve({ status, headers: received, body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const asLinked = (path: string) =>
  `/${encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')}`;
const asEncoded = (path: string) => `/${path.split('/').map(encodeURIComponent).join('/')}`;

it.each([
  ['as browsers spell them', asLinked],
  ['with everything encoded', asEncoded],
])('serves all names byte for byte, %s', async (_, spell) => {
  const wrong = await Promise.all(
    PATHS.map(async (path) => {
      const { status, body } = await get(spell(path));
      const isServed = status === 200 && body.equals(bytesOf(path));
      return isServed ? [] : [`${status} ${spell(path)}`];
    }),
  );
  expect(wrong.flat()).toEqual([]);
  expect(LONG.map((path) => Buffer.byteLength(path))).toEqual([1007, 1007, 1014]);
});

it('keeps a file and a folder of the same name apart', async () => {
  expect((await get('/assets/icons')).body.toString()).toBe('a file');
  expect((await get('/assets/icons/a.svg')).body.toString()).toBe('in it');
});

it('stores the headers that the policy asks for', async () => {
  const seen = async (path: string) => {
    const { headers } = await get(path);
    return [headers['content-type'], headers['cache-control']];
  };
  const year = 'public, max-age=31536000, immutable';
  expect(await seen('/fonts/a.woff2')).toEqual(['font/woff2', year]);
  expect(await seen('/data/area.json')).toEqual(['application/geo+json', 'no-cache']);
  expect(await seen('/sw.js')).toEqual(['text/javascript; charset=utf-8', 'no-cache']);
});

it('keeps source maps from visitors, and for whoever may read the bucket', async () => {
  const key = 'shop/builds/1041/.headgate/private/assets/code-1f.js.map';
  const { s3 } = setting.clients;
  const stored = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  expect(await stored.Body?.transformToString()).toBe('{"version":3}');
  for (const path of [
    '/assets/code-1f.js.map',
    '/.headgate/private/assets/code-1f.js.map',
    '/%2eheadgate/private/assets/code-1f.js.map',
    '/a/../.headgate//private/assets/code-1f.js.map',
    `/${key}`,
  ]) {
    expect((await get(path)).status, path).toBeOneOf([403, 404]);
  }
  expect((await get('/assets/code-1f.js')).body.toString()).toContain('sourceMappingURL');
  expect(reports.join()).toContain('1 file of source maps, not served');
});

it('takes a build with private files for published, when somebody adopts it', async () => {
  const args = ['adopt', '1041', ...PLACE];
  const { code, stdout, stderr } = await runInProcess(setting, build, { args });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('is published already, nothing to adopt');
});

async function listKeys() {
  const listed = await setting.clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  expect(listed.IsTruncated).toBe(false);
  return listed.Contents?.map(({ Key, ETag }) => `${Key} ${ETag}`);
}

it('refuses what no URL or bucket can carry, all at once and with nothing stored', async () => {
  const long = `${'a'.repeat(250)}/`.repeat(4) + 'a'.repeat(10);
  const directory = await write('refused', {
    'assets/a+b.js': '',
    'a\\b.js': '',
    'a\nb.js': '',
    [long]: '',
    'docs/.headgate/a.txt': '',
    '_headgate/a': '',
    '.git/config': '',
    'caf\u00e9.js': '',
    'cafe\u0301.js': '',
  });
  await writeFile(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0x61, 0xff])]), '');
  const before = await listKeys();
  const { code, stderr } = await store(directory, '2000');
  expect(code).toBe(2);
  for (const says of [
    'add "/assets/a*b.js" to pool.exclude',
    'has a backslash',
    'has a control character',
    "bytes, over S3's 1024",
    'docs/.headgate/a.txt: below ".headgate/"',
    '_headgate/a: below "_headgate/"',
    '.git/config: by its name it holds secrets or history',
    'in another Unicode form',
    'check its permissions, its target and that its name is valid UTF-8',
  ]) {
    expect(stderr).toContain(says);
  }
  expect(await listKeys()).toEqual(before);
});

it('has stored every one of them under its own name', async () => {
  const Key = `shop/builds/1041/${LONG[1]}`;
  const head = await setting.clients.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
  expect(head.ContentLength).toBe(bytesOf(LONG[1] ?? '').length);
});
