import { describe, expect, it } from 'vitest';
import { digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import { findKnown, listEtags } from '../../../../controller/core/publish/known.ts';
import { DEFAULT_SETTINGS, type Manifest } from '../../../../controller/core/state/manifest.ts';

const lay = (build: string, files: Readonly<Record<string, string>>): Manifest => ({
  version: 2,
  app: 'shop',
  build,
  settings: DEFAULT_SETTINGS,
  files: Object.entries(files).map(([path, text]) =>
    layFile(path, digestBytes(Buffer.from(text)), DEFAULT_SETTINGS),
  ),
});

const FILES = { 'index.html': 'x', 'assets/a.js': 'a', 'assets/b.js': 'b' };

describe('what a base vouches for', () => {
  it('is what is pooled there with the same bytes', () => {
    const wanted = lay('2', { ...FILES, 'assets/b.js': 'other', 'assets/c.js': 'c' });
    expect([...findKnown(wanted, [lay('1', FILES)])]).toEqual(['shop/pool/assets/a.js']);
    expect(findKnown(wanted, []).size).toBe(0);
  });

  it.each([{ contentType: 'text/plain' }, { cacheClass: 'mutable' as const }])(
    'is not what would get other headers: %j',
    (change) => {
      const base = lay('1', FILES);
      const files = base.files.map((file) => ({ ...file, ...change }));
      expect(findKnown(lay('2', FILES), [{ ...base, files }]).size).toBe(0);
    },
  );

  it('is nothing of pull requests for a protected ref, and both pools for a pull request', () => {
    expect(findKnown(lay('2', FILES), [lay('pr-1', FILES)]).size).toBe(0);
    const bases = [lay('1', { 'assets/a.js': 'a' }), lay('pr-1', FILES)];
    expect([...findKnown(lay('pr-2', FILES), bases)]).toEqual([
      'shop/pool/assets/a.js',
      'shop/untrusted/pool/assets/a.js',
      'shop/untrusted/pool/assets/b.js',
    ]);
  });
});

describe('ETags that need not be computed again', () => {
  const base = lay('1', FILES);
  const [file] = base.files;
  const etags = (change: Partial<Manifest>) => listEtags([{ ...base, ...change }]);

  it('are those of a protected build', () => {
    expect(etags({})).toEqual(base.files.map(({ sha256, etag }) => [sha256, etag]));
  });

  it.each([
    ['of a pull request', { build: 'pr-1' }],
    ['of another tool', { made: { at: '', trust: 'protected', adopted: true } as const }],
    ['of a version that does not tell', { version: 1 as const }],
    ['of what was sent in parts', { files: file ? [{ ...file, partSize: 4 }] : [] }],
  ])('are none %s', (_, change) => {
    expect(etags(change)).toEqual([]);
  });
});
