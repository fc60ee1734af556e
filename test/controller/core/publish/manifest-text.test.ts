import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layFile } from '../../../../controller/core/publish/layout.ts';
import {
  digestOf,
  parseManifest,
  parseSettings,
  renderManifest,
  renderSettings,
} from '../../../../controller/core/publish/manifest-text.ts';
import {
  DEFAULT_SETTINGS,
  type Manifest,
  type ManifestFile,
} from '../../../../controller/core/state/manifest.ts';

const file = layFile('index.html', Buffer.from('<h1>Shop</h1>'), DEFAULT_SETTINGS);
const manifest: Manifest = {
  version: 1,
  app: 'shop',
  build: '1043',
  settings: DEFAULT_SETTINGS,
  files: [file],
};

it('renders one file per line, and these bytes for ever: the digest is the identity of a build', () => {
  const text = renderManifest(manifest);
  expect(text).toMatchInlineSnapshot(`
    "{"version":1,"app":"shop","build":"1043","settings":{"spa":true,"pool":{"include":["/assets/*"],"exclude":[]}},"files":[
    {"path":"index.html","location":"build","size":13,"sha256":"499c198f84da66e5aa8afe3f7e5cb354a9d3d220fa85edb584d766902733697e","etag":"6756ce184109d1ec81d4324f7dea8652","contentType":"text/html; charset=utf-8","cacheClass":"document"}
    ]}
    "
  `);
  expect(digestOf(text)).toMatchInlineSnapshot(`"0f8306ae5903258c"`);
});

const anyFile: fc.Arbitrary<ManifestFile> = fc
  .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.uint8Array())
  .map(([path, body]) => layFile(path, body, DEFAULT_SETTINGS));
const anyFiles = fc.uniqueArray(anyFile, { selector: ({ path }) => path });

describe('for any files', () => {
  it('gives the same bytes whatever the order of files and fields', () => {
    fc.assert(
      fc.property(anyFiles, (files) => {
        const backwards = files.toReversed().map(reverseFields);
        const same = { ...manifest, files: backwards, settings: reverseFields(DEFAULT_SETTINGS) };
        expect(renderManifest(same)).toBe(renderManifest({ ...manifest, files }));
      }),
    );
  });

  it('is parsed back', () => {
    fc.assert(
      fc.property(anyFiles, (files) => {
        const parsed = parseManifest(renderManifest({ ...manifest, files }));
        expect(new Set(parsed.files)).toEqual(new Set(files));
      }),
    );
  });
});

it('changes with every field of a file', () => {
  const digests = [
    { build: '1044' },
    { settings: { ...DEFAULT_SETTINGS, spa: false } },
    { files: [{ ...file, sha256: '00' }] },
    { files: [{ ...file, contentType: 'text/plain' }] },
    { files: [{ ...file, cacheClass: 'mutable' as const }] },
    { files: [{ ...file, location: 'pool' as const }] },
    {},
  ].map((change) => digestOf(renderManifest({ ...manifest, ...change })));
  expect(new Set(digests).size).toBe(7);
});

it.each(['', '[]', '{"version":2}', '{"version":1,"app":"shop"}'])('%j is no manifest', (text) => {
  expect(() => parseManifest(text)).toThrow();
});

it('writes settings that people can read, and reads them back', () => {
  const text = renderSettings(DEFAULT_SETTINGS);
  expect(parseSettings(text)).toEqual(DEFAULT_SETTINGS);
  expect(text.split('\n').length).toBeGreaterThan(3);
  expect(() => parseSettings('{"spa":"yes"}')).toThrow();
});

function reverseFields<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).toReversed()) as T;
}
