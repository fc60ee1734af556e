import { expect, it } from 'vitest';
import { headersOf, digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import {
  findDifferences,
  isUnread,
  renderVerified,
} from '../../../../controller/core/publish/verify.ts';
import { DEFAULT_SETTINGS, type Manifest } from '../../../../controller/core/state/manifest.ts';

const file = layFile('index.html', digestBytes(Buffer.from('x')), DEFAULT_SETTINGS);
const build: Manifest = {
  version: 1,
  app: 'shop',
  build: '1',
  settings: DEFAULT_SETTINGS,
  files: [file],
};
const { size, etag, sha256 } = file;
const found = { key: 'shop/builds/1/index.html', size, etag, ...headersOf(build, file) };

it('goes by the hash, and by the ETag where S3 has no hash', () => {
  expect(findDifferences(build, file, found)).toEqual([]);
  expect(findDifferences(build, file, { ...found, etag: 'of KMS', sha256 })).toEqual([]);
  const other = { ...found, etag: 'other' };
  expect(findDifferences(build, file, other)).toEqual([`ETag: stored other, manifest ${etag}`]);
  expect(findDifferences(build, file, { ...found, sha256: 'ab' })).toHaveLength(1);
  expect(findDifferences(build, file, { ...found, contentEncoding: 'gzip' })).toEqual([
    'content encoding: stored gzip, manifest none',
  ]);
});

it('says of a file sent in parts, where its ETag is another, that only reading compares its bytes', () => {
  const parts = { ...file, partSize: 2 ** 23 };
  const stored = { ...found, etag: `${'ab'.repeat(16)}-3` };
  expect(findDifferences(build, parts, stored)).toEqual([]);
  expect(isUnread(parts, stored)).toBe(true);
  expect(isUnread(parts, { ...stored, sha256 })).toBe(false);
  expect(isUnread({ ...parts, etag: stored.etag }, stored)).toBe(false);
  expect(findDifferences(build, parts, { ...stored, size: 9 })).toHaveLength(1);
});

it('takes a version 1 build without a pool for an adopted one, whose headers are its own', () => {
  const stored = { ...found, cacheControl: 'max-age=9', metadata: {} };
  expect(findDifferences(build, file, stored)).toHaveLength(2);
  const settings = { spa: true, pool: { include: [], exclude: [] } };
  expect(findDifferences({ ...build, settings }, file, stored)).toEqual([]);
  const made = { at: '2026-11-22T10:00:00Z', trust: 'protected' } as const;
  expect(findDifferences({ ...build, settings, made }, file, stored)).toHaveLength(2);
});

it('shows a screen of what differs, and counts the rest', () => {
  const text = renderVerified({
    app: 'shop',
    build: '1',
    digest: 'abc',
    files: 30,
    bytes: 30,
    isWhole: false,
    wasRead: false,
    missing: Array.from({ length: 30 }, (_, index) => ({ path: `${index}`, key: `k${index}` })),
    changed: [],
    foreign: [],
    unread: ['film.mp4'],
  });
  expect(text).toContain('30 missing, 0 changed, 0 foreign');
  expect(text).toContain('  and 10 more; --json has all');
  expect(text).toContain('1 file sent in parts: their bytes are compared with --read only.');
});
