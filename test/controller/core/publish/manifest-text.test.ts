import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import {
  decodeManifest,
  digestOf,
  encodeManifest,
  parseManifest,
  parseSettings,
  renderManifest,
  renderSettings,
  whyUnreadable,
} from '../../../../controller/core/publish/manifest-text.ts';
import {
  CACHE_CLASSES,
  DEFAULT_SETTINGS,
  LOCATIONS,
  TRUSTS,
  type Made,
  type Manifest,
  type ManifestFile,
} from '../../../../controller/core/state/manifest.ts';

const file = layFile('index.html', digestBytes(Buffer.from('<h1>Shop</h1>')), DEFAULT_SETTINGS);
const made: Made = {
  at: '2026-11-22T10:00:00.000Z',
  trust: 'protected',
  commit: 'c0ffee',
  ref: 'refs/heads/main',
  run: 'https://github.com/acme/shop/actions/runs/7',
  tool: 'headgate 1.2.0',
};
const first = { version: 1, app: 'shop', build: '1043', settings: DEFAULT_SETTINGS, files: [file] };
const old: Manifest = { ...first, version: 1 };
const manifest: Manifest = { ...first, version: 2, made };

it('gives a manifest of version 1 these bytes for ever: the digest is the identity of a build', () => {
  const text = renderManifest(old);
  expect(text).toMatchInlineSnapshot(`
    "{"version":1,"app":"shop","build":"1043","settings":{"spa":true,"pool":{"include":["/assets/*"],"exclude":[]}},"files":[
    {"path":"index.html","location":"build","size":13,"sha256":"499c198f84da66e5aa8afe3f7e5cb354a9d3d220fa85edb584d766902733697e","etag":"6756ce184109d1ec81d4324f7dea8652","contentType":"text/html; charset=utf-8","cacheClass":"document"}
    ]}
    "
  `);
  expect(digestOf(text)).toMatchInlineSnapshot(`"0f8306ae5903258c"`);
  expect(decodeManifest(Buffer.from(text))).toEqual({ manifest: old, digest: '0f8306ae5903258c' });
  expect(Buffer.from(encodeManifest(old).bytes).toString()).toBe(text);
});

it('renders version 2 in these bytes for ever, and stores them compressed', () => {
  const parts = { ...file, path: 'film.mp4', etag: `${'ab'.repeat(16)}-3`, partSize: 8388608 };
  const text = renderManifest({ ...manifest, files: [file, parts] });
  expect(text).toMatchInlineSnapshot(`
    "{"version":2,"app":"shop","build":"1043","settings":{"spa":true,"pool":{"include":["/assets/*"],"exclude":[]}},"settingsDigest":"ec0da36894c1cbb4","made":{"at":"2026-11-22T10:00:00.000Z","trust":"protected","commit":"c0ffee","ref":"refs/heads/main","run":"https://github.com/acme/shop/actions/runs/7","tool":"headgate 1.2.0"},"kinds":[["build","document","text/html; charset=utf-8"]],"files":[
    ["film.mp4",13,"SZwZj4TaZuWqiv4_flyzVKnT0iD6he21hNdmkCczaX4",":abababababababababababababababab-3",0,8388608],
    ["index.html",13,"SZwZj4TaZuWqiv4_flyzVKnT0iD6he21hNdmkCczaX4","Z1bOGEEJ0eyB1DJPfeqGUg",0]
    ]}
    "
  `);
  const { bytes, digest } = encodeManifest({ ...manifest, files: [file, parts] });
  expect(gunzipSync(bytes).toString()).toBe(text);
  expect(digest).toBe(createHash('sha256').update(text).digest('hex').slice(0, 16));
});

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((hash) => Buffer.from(hash).toString('hex'));
const anyText = fc.string({ unit: 'binary' });
const anyFile: fc.Arbitrary<ManifestFile> = fc.record(
  {
    path: fc.string({ unit: 'binary', minLength: 1 }),
    location: fc.constantFrom(...LOCATIONS),
    size: fc.maxSafeNat(),
    sha256: fc.oneof(hex(32), hex(31), anyText),
    etag: fc.oneof(hex(16), hex(32), anyText),
    contentType: fc.oneof(fc.constantFrom('text/css', 'image/png'), anyText),
    cacheClass: fc.constantFrom(...CACHE_CLASSES),
    partSize: fc.maxSafeNat(),
  },
  { requiredKeys: ['path', 'location', 'size', 'sha256', 'etag', 'contentType', 'cacheClass'] },
);
const anyFiles = fc.uniqueArray(anyFile, { selector: ({ path }) => path });
const anyMade: fc.Arbitrary<Made> = fc.record(
  {
    at: anyText,
    trust: fc.constantFrom(...TRUSTS),
    commit: anyText,
    ref: anyText,
    run: anyText,
    tool: anyText,
    adopted: fc.constant(true as const),
  },
  { requiredKeys: ['at', 'trust'] },
);

describe('for any files', () => {
  it('gives the same bytes whatever the order of files and fields', () => {
    fc.assert(
      fc.property(anyFiles, anyMade, fc.constantFrom(1, 2), (files, facts, version) => {
        const given = { ...manifest, version, made: facts, files } as Manifest;
        const backwards = files.toReversed().map(reverseFields);
        const same = {
          ...given,
          made: reverseFields(facts),
          files: backwards,
          settings: reverseFields(DEFAULT_SETTINGS),
        };
        expect(renderManifest(reverseFields(same))).toBe(renderManifest(given));
      }),
    );
  });

  it('is read back from its bytes, and renders to them again', () => {
    fc.assert(
      fc.property(anyFiles, anyMade, (files, facts) => {
        const given = { ...manifest, made: facts, files };
        const { bytes, digest } = encodeManifest(given);
        const read = decodeManifest(bytes);
        expect(read.digest).toBe(digest);
        expect({ ...read.manifest, files: new Set(read.manifest.files) }).toEqual({
          ...given,
          files: new Set(files),
        });
        expect(digestOf(renderManifest(read.manifest))).toBe(digest);
      }),
    );
  });
});

it.each([1, 2] as const)('version %d changes with every field of a file', (version) => {
  const digests = [
    { build: '1044' },
    { settings: { ...DEFAULT_SETTINGS, spa: false } },
    { files: [{ ...file, sha256: '00' }] },
    { files: [{ ...file, etag: '00' }] },
    { files: [{ ...file, size: 1 }] },
    { files: [{ ...file, contentType: 'text/plain' }] },
    { files: [{ ...file, cacheClass: 'mutable' as const }] },
    { files: [{ ...file, location: 'pool' as const }] },
    {},
  ].map((change) => digestOf(renderManifest({ ...manifest, version, ...change })));
  expect(new Set(digests).size).toBe(9);
});

const row = (...fields: unknown[]) =>
  `{"version":2,"app":"shop","build":"1","settings":${JSON.stringify(DEFAULT_SETTINGS)},"kinds":[["build","document","text/html"]],"files":[${JSON.stringify(fields)}]}`;

it.each([
  ['', /no JSON/],
  ['[]', /no version/],
  ['{"version":2}', /^app: /],
  ['{"version":1,"app":"shop"}', /^build: /],
  ['{"version":3,"files":"???"}', /made by a newer Headgate \(manifest version 3, .* up to 2\)/],
  [row('a.html', 1, 'short', ':x', 0), /"short" is no hash of 32 bytes/],
  [row('a.html', 1, ':x', ':x', 7), /a\.html is of kind 7, which is missing/],
  [row('a.html', -1, ':x', ':x', 0), /^files\.0: /],
  [row('a.html', 1.5, ':x', ':x', 0), /^files\.0: /],
  [row(7, 1, ':x', ':x', 0), /^files\.0: /],
  [row('a.html', 1, ':x', null, 0), /^files\.0: /],
  [row('a.html', 1, ':x', ':x', '0'), /^files\.0: /],
  [row('a.html', 1, ':x', ':x', 0, null), /^files\.0: /],
  [row('a.html', 1, ':x', ':x', 0, 1, 1), /^files\.0: /],
])('%j is no manifest', (text, why) => {
  expect(reason(Buffer.from(text))).toMatch(why);
  expect(reason(gzipSync(text))).toMatch(why);
});

it('says that a compressed one is cut short or damaged', () => {
  const { bytes } = encodeManifest(manifest);
  expect(reason(bytes.subarray(0, -20))).toMatch(/unexpected end of file/);
  const damaged = Buffer.from(bytes);
  damaged[bytes.length - 6] = (damaged[bytes.length - 6] ?? 0) ^ 1;
  expect(reason(damaged)).toMatch(/incorrect data check/);
});

it('takes little more than the hashes of 10,000 files', () => {
  const random = (index: number, bytes: number) =>
    createHash('sha256')
      .update(`${bytes} ${index}`)
      .digest('hex')
      .slice(0, 2 * bytes);
  const files = Array.from({ length: 10_000 }, (_, index) => ({
    ...layFile(`assets/chunk-${random(index, 4)}.js`, digestBytes(Buffer.of()), DEFAULT_SETTINGS),
    size: 500 + ((index * 7919) % 20_000),
    sha256: random(index, 32),
    etag: random(index, 16),
  }));
  const { bytes } = encodeManifest({ ...manifest, files });
  const incompressible = 10_000 * (32 + 16 + 4);
  expect(bytes.length).toBeLessThan(1.25 * incompressible);
});

it('writes settings that people can read, and reads them back', () => {
  const text = renderSettings(DEFAULT_SETTINGS);
  expect(parseSettings(text)).toEqual(DEFAULT_SETTINGS);
  expect(text.split('\n').length).toBeGreaterThan(3);
  expect(() => parseSettings('{"spa":"yes"}')).toThrow();
});

function reason(bytes: Uint8Array): string {
  try {
    decodeManifest(bytes);
  } catch (error) {
    return whyUnreadable(error);
  }
  throw new Error('expected to be refused');
}

it('reads text without a compressor, as a person may have put it there', () => {
  expect(parseManifest(renderManifest(manifest))).toEqual(manifest);
});

function reverseFields<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).toReversed()) as T;
}
