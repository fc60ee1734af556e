import { describe, expect, it } from 'vitest';
import { compareManifests, findClash } from '../../../../controller/core/publish/compare.ts';
import { headersOf, digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import { DEFAULT_SETTINGS, type Manifest } from '../../../../controller/core/state/manifest.ts';

const lay = (path: string, text: string) =>
  layFile(path, digestBytes(Buffer.from(text)), DEFAULT_SETTINGS);

function manifestOf(files: Readonly<Record<string, string>>): Manifest {
  return {
    version: 1,
    app: 'shop',
    build: '1043',
    settings: DEFAULT_SETTINGS,
    files: Object.entries(files).map(([path, text]) => lay(path, text)),
  };
}

it('names files that are new, gone or different, and changed settings', () => {
  const published = manifestOf({ 'a.txt': '1', 'b.txt': '1', 'c.txt': '1' });
  const wanted = manifestOf({ 'a.txt': '1', 'b.txt': '2', 'd.txt': '1' });
  expect(compareManifests(published, wanted)).toEqual({
    paths: ['b.txt', 'c.txt', 'd.txt'],
    settings: false,
  });
  const other = { ...published, settings: { ...DEFAULT_SETTINGS, spa: false } };
  expect(compareManifests(published, other)).toEqual({ paths: [], settings: true });
});

describe('a key that is taken', () => {
  const build = manifestOf({});
  const file = lay('assets/app.js', 'new');
  const stored = { ...headersOf(build, file), size: file.size, sha256: file.sha256 };

  it('is fine when it holds this very file', () => {
    expect(findClash(build, file, stored)).toBeUndefined();
  });

  it.each([
    [{ size: 9 }, 'size: stored 9, here 3'],
    [{ sha256: 'ab'.repeat(32) }, 'SHA-256: stored abababababababab, here 11507a0e2f5e69d5'],
    [{ contentType: 'text/plain' }, 'content type: stored text/plain, here text/javascript'],
    [{ contentEncoding: 'gzip' }, 'content encoding: stored gzip, here none'],
    [{ cacheControl: 'no-cache' }, 'cache control: stored no-cache, here public, max-age'],
  ])('clashes by %j', (change, difference) => {
    const clash = findClash(build, file, { ...stored, ...change });
    expect(clash?.differences).toEqual([expect.stringContaining(difference)]);
  });

  it('clashes by the build that a document names', () => {
    const page = lay('index.html', 'x');
    const other = { size: 1, sha256: page.sha256, ...headersOf(build, page), metadata: {} };
    expect(findClash(build, page, other)?.differences).toEqual([
      'build: stored undefined, here 1043',
    ]);
  });
});
