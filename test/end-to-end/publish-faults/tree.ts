import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a directory of 40 files is, and what has to be in the bucket for it: by tables of our own, not by the code under test. */
export interface Tree {
  readonly build: string;
  readonly files: ReadonlyMap<string, string>;
  /** What is pooled lies below the build, too. */
  readonly isComplete?: boolean;
}

/** Bytes and headers of a stored object. */
export interface Expected {
  readonly body: string;
  readonly type: string;
  readonly cache: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const SHARED = Array.from({ length: 10 }, (_, index) => `assets/shared-${index}.js`);
const OWN = Array.from({ length: 11 }, (_, index) => `assets/page-${index}-<build>.js`);
const STYLES = ['a', 'b', 'c'].map((name) => `assets/${name}-<build>.css`);
const MAPS = [0, 1, 2].map((index) => `assets/page-${index}-<build>.js.map`);
const PAGES = ['index.html', 'about/index.html', 'docs/a b.html', 'docs/caf\u00e9.html'];
const OTHERS = [
  'favicon.ico',
  'robots.txt',
  'empty.txt',
  'sw.js',
  'site.webmanifest',
  'logo.svg',
  'fonts/a.woff2',
  'data/large.json',
  '.well-known/security.txt',
];

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  map: 'application/json',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
  json: 'application/json',
  mp4: 'video/mp4',
};

/** 40 files; those of `change` have other bytes than they usually have. */
export function makeTree(build: string, change: readonly string[] = []): Tree {
  const paths = [...SHARED, ...OWN, ...STYLES, ...MAPS, ...PAGES, ...OTHERS];
  const files = paths.map((written) => {
    const path = written.replace('<build>', build);
    const owner = SHARED.includes(written) ? 'all' : build;
    return [path, bodyOf(path, owner) + (change.includes(path) ? ' changed' : '')] as const;
  });
  return { build, files: new Map(files) };
}

function bodyOf(path: string, owner: string): string {
  if (path === 'empty.txt') return '';
  return `${path} of ${owner}\n`.repeat(path === 'data/large.json' ? 900 : 1);
}

export function writeTree(parent: string, name: string, { files }: Tree): string {
  const directory = join(parent, name);
  for (const [path, body] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), body);
  }
  return directory;
}

/** Key and object of each file, in the order of the files; then what lies there twice. */
export function expectObjects({ build, files, isComplete }: Tree): ReadonlyMap<string, Expected> {
  const found = [...files].map(
    ([path, body]) => [keyOf(build, path), describe(build, path, body)] as const,
  );
  const twins = found.map(
    ([key, object]) => [key.replace('shop/pool/', `shop/builds/${build}/`), object] as const,
  );
  return new Map([...found, ...(isComplete === true ? twins : [])]);
}

export function manifestKeyOf(build: string): string {
  return `shop/builds/${build}/.headgate/manifest.json`;
}

function keyOf(build: string, path: string): string {
  if (path.endsWith('.map')) return `shop/builds/${build}/.headgate/private/${path}`;
  return path.startsWith('assets/') ? `shop/pool/${path}` : `shop/builds/${build}/${path}`;
}

function describe(build: string, path: string, body: string): Expected {
  const isPooled = path.startsWith('assets/') && !path.endsWith('.map');
  const extension = path.slice(path.lastIndexOf('.') + 1);
  return {
    body,
    type: TYPES[extension] ?? '',
    cache: isPooled ? 'public, max-age=31536000, immutable' : 'no-cache',
    metadata: extension === 'html' ? { 'headgate-build': build } : {},
  };
}

export function sha256Of(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
