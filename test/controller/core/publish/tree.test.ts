import { describe, expect, it } from 'vitest';
import { digestBytes, keyOf, layFile } from '../../../../controller/core/publish/layout.ts';
import { CopySources, treeFileOf } from '../../../../controller/core/publish/tree.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFile,
  type PublishSettings,
} from '../../../../controller/core/state/manifest.ts';

const TREE: PublishSettings = { ...DEFAULT_SETTINGS, layout: 'tree' };
const FILES = {
  'index.html': 'page',
  'a.txt': 'a',
  'assets/app-4f2a.js': 'app',
  'app.js.map': 'm',
};

function lay(
  build: string,
  settings: PublishSettings,
  files: Readonly<Record<string, string>> = FILES,
): Manifest {
  const laid = Object.entries(files).map(([path, text]) =>
    layFile(path, digestBytes(Buffer.from(text)), settings),
  );
  return { version: MANIFEST_VERSION, app: 'shop', build, settings, files: laid };
}

function fileOf({ files }: Manifest, path: string): ManifestFile {
  const found = files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
}

describe('the second place of a pooled file', () => {
  it('is below the build that is a tree, with the headers of the pool', () => {
    const build = lay('2', TREE);
    const twice = build.files.flatMap((file) => treeFileOf(build, file) ?? []);
    expect(twice.map((file) => keyOf(build, file))).toEqual(['shop/builds/2/assets/app-4f2a.js']);
    expect(twice[0]?.cacheClass).toBe('immutable');
    const untrusted = { ...build, build: 'pr-1' };
    expect(keyOf(untrusted, twice[0]!)).toBe('shop/untrusted/builds/pr-1/assets/app-4f2a.js');
    const below = { ...build, settings: { ...TREE, root: 'old/' } };
    expect(keyOf(below, twice[0]!)).toBe('old/2/assets/app-4f2a.js');
  });

  it('is nowhere in other layouts', () => {
    const build = lay('2', DEFAULT_SETTINGS);
    expect(build.files.flatMap((file) => treeFileOf(build, file) ?? [])).toEqual([]);
  });
});

describe('what a file is copied from', () => {
  const sourcesOf = (build: Manifest, bases: readonly Manifest[], file: ManifestFile) =>
    new CopySources(build, bases).list(file).map(({ source }) => source);

  it('is the pool, where it is in one', () => {
    const build = lay('2', TREE);
    const pooled = fileOf(build, 'assets/app-4f2a.js');
    expect(sourcesOf(build, [], { ...pooled, location: 'build' })).toEqual([
      'shop/pool/assets/app-4f2a.js',
    ]);
    expect(sourcesOf(build, [lay('1', TREE)], pooled)).toEqual([]);
    const untrusted = { ...build, build: 'pr-1' };
    expect(sourcesOf(untrusted, [], { ...pooled, location: 'build' })).toEqual([
      'shop/pool/assets/app-4f2a.js',
      'shop/untrusted/pool/assets/app-4f2a.js',
    ]);
  });

  it.each([
    ['a tree', TREE],
    ['a pooled build', DEFAULT_SETTINGS],
    ['a build elsewhere', { ...DEFAULT_SETTINGS, root: 'old/' }],
  ])('else is the same bytes of the base: %s', (_, settings) => {
    const base = lay('1', settings, { ...FILES, 'b.txt': 'b' });
    const none = { ...TREE, pool: { include: [], exclude: [] } };
    const build = lay('2', none, { ...FILES, 'a.txt': 'changed', 'renamed.txt': 'b' });
    const find = (path: string) => sourcesOf(build, [base], fileOf(build, path));
    expect(find('index.html')).toEqual([keyOf(base, fileOf(base, 'index.html'))]);
    expect(find('app.js.map')).toEqual([keyOf(base, fileOf(base, 'app.js.map'))]);
    expect(find('renamed.txt')).toEqual([keyOf(base, fileOf(base, 'b.txt'))]);
    expect(find('assets/app-4f2a.js')).toEqual([keyOf(base, fileOf(base, 'assets/app-4f2a.js'))]);
    expect(find('a.txt')).toEqual([]);
  });

  it('is never a build of another trust, nor a file in parts, nor for another layout', () => {
    const [base, build] = [lay('1', TREE), lay('2', TREE)];
    const page = fileOf(build, 'index.html');
    expect(sourcesOf(build, [{ ...base, build: 'pr-1' }], page)).toEqual([]);
    expect(sourcesOf({ ...build, build: 'pr-1' }, [base], page)).toEqual([]);
    expect(sourcesOf(build, [base], { ...page, partSize: 5 })).toEqual([]);
    const inParts = { ...base, files: base.files.map((file) => ({ ...file, partSize: 5 })) };
    expect(sourcesOf(build, [inParts], page)).toEqual([]);
    expect(sourcesOf(lay('2', DEFAULT_SETTINGS), [base], page)).toEqual([]);
  });
});
