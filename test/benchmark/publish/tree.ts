import { createHash } from 'node:crypto';
import { link, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fetchPackage } from '../../fetch-package.ts';

/** Two builds of one app, one after the other. */
export interface Tree {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** What the policy of such an app says of its pool. */
  readonly pool: readonly string[];
  /** Of the later build. */
  readonly files: number;
  readonly bytes: number;
  readonly changed: number;
}

const FILES = 10_000;
/** Pages, icons, texts: names without a hash, which every build has for itself. */
const OWN = 40;
const CHANGED = 200;
const RENAMED = 0.9;
/** Half of all files are smaller, a tenth is larger than 22 KB, a hundredth than 100 KB: as real builds are. */
const MEDIAN = 3450;
const SIGMA = 1.468;
const LARGEST = 5 * 2 ** 20;
const TYPES = ['js', 'js', 'js', 'js', 'js', 'css', 'css', 'svg', 'woff2', 'png', 'webp'];

interface Planned {
  readonly path: string;
  readonly body: Buffer;
}

/** The same on every machine: sizes, names and bytes come from a seed. */
export async function makeTree(directory: string, files = FILES): Promise<Tree> {
  const random = createRandom(20261122);
  const text = makeText(random);
  const share = files / FILES;
  const [own, changed] = [Math.ceil(OWN * share), Math.ceil(CHANGED * share)];
  const renamed = Math.round(changed * RENAMED);
  const plan = (index: number, salt: string): Planned =>
    planFile(index, { salt, own, size: sizes[index] ?? 0, text });
  const sizes = Array.from({ length: files }, () => pickSize(random));
  const before = sizes.map((_, index) => plan(index, 'before'));
  // Names with a hash come after the app's own.
  const changes = (index: number) =>
    index < changed - renamed || (index >= own && index < own + renamed);
  const after = before.map((file, index) => (changes(index) ? plan(index, 'after') : file));
  const roots = { before: join(directory, 'before'), after: join(directory, 'after') };
  const folders = new Set([...before, ...after].map(({ path }) => dirname(path)));
  for (const root of Object.values(roots))
    for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  for (const { path, body } of before) await writeFile(join(roots.before, path), body);
  for (const [index, { path, body }] of after.entries()) {
    if (changes(index)) await writeFile(join(roots.after, path), body);
    else await link(join(roots.before, path), join(roots.after, path));
  }
  const bytes = after.reduce((sum, { body }) => sum + body.length, 0);
  return { name: 'synthetic', ...roots, pool: ['/assets/*'], files, bytes, changed };
}

interface Shape {
  readonly salt: string;
  readonly own: number;
  readonly size: number;
  readonly text: Buffer;
}

function planFile(index: number, { salt, own, size, text }: Shape): Planned {
  const head = Buffer.from(`/* ${index} ${salt} */\n`);
  const start = (index * 4099) % (text.length - size);
  const body = Buffer.concat([head, text.subarray(start, start + size)]);
  if (index < own) {
    const name = index === 0 ? 'index.html' : `pages/${index}.${index % 2 === 0 ? 'html' : 'txt'}`;
    return { path: name, body };
  }
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 8);
  return { path: `assets/part-${index}-${hash}.${TYPES[index % TYPES.length]}`, body };
}

/** Between 0 and 1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Log-normal (Box-Muller). */
function pickSize(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(LARGEST, Math.max(40, Math.round(MEDIAN * Math.exp(SIGMA * normal))));
}

function makeText(random: () => number): Buffer {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789(){\n';
  const text = Buffer.alloc(LARGEST + 2 ** 20);
  for (let at = 0; at < text.length; at++)
    text[at] = letters.charCodeAt(Math.floor(random() * letters.length));
  return text;
}

const RELEASES = ['26.8.0', '26.9.0'];

/** Two releases of Actual Budget's web app, one after the other. */
export async function fetchPair(directory: string, measure: MeasureTree): Promise<Tree> {
  const [before = '', after = ''] = await Promise.all(
    RELEASES.map(async (release) =>
      join(await fetchPackage(directory, `@actual-app/web@${release}`), 'build'),
    ),
  );
  const measured = await measure(before, after);
  const pool = ['/static/*', '/kcab/*', '/workbox-*.js'];
  return { name: '@actual-app/web', before, after, pool, ...measured };
}

export type MeasureTree = (
  before: string,
  after: string,
) => Promise<Pick<Tree, 'files' | 'bytes' | 'changed'>>;

/** One file of 2 GB that takes no room on the disk, and a page. */
export async function makeLarge(directory: string): Promise<Tree> {
  const root = join(directory, 'large');
  const bytes = 2 * 2 ** 30;
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<!doctype html><title>large</title>');
  const file = await open(join(root, 'assets/video-AbCd1234.mp4'), 'w');
  await file.truncate(bytes);
  await file.close();
  const same = { before: root, after: root, changed: 0 };
  return { name: 'one file of 2 GB', ...same, pool: ['/assets/*'], files: 2, bytes };
}
