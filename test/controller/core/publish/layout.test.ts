import { describe, expect, it } from 'vitest';
import {
  headersOf,
  keyOf,
  digestBytes,
  layFile,
} from '../../../../controller/core/publish/layout.ts';
import { DEFAULT_SETTINGS } from '../../../../controller/core/state/manifest.ts';

const build = { app: 'shop', build: '1043' };
const lay = (path: string) => layFile(path, digestBytes(Buffer.from('hello')), DEFAULT_SETTINGS);

describe.each([
  {
    path: 'about/index.html',
    key: 'shop/builds/1043/about/index.html',
    cacheControl: 'no-cache',
    metadata: { 'headgate-build': '1043' },
  },
  {
    path: 'favicon.ico',
    key: 'shop/builds/1043/favicon.ico',
    cacheControl: 'no-cache',
    metadata: {},
  },
  {
    path: 'assets/app-4f2a.js',
    key: 'shop/pool/assets/app-4f2a.js',
    cacheControl: 'public, max-age=31536000, immutable',
    metadata: {},
  },
  {
    // Shared by builds, so it can't name one.
    path: 'assets/frame.html',
    key: 'shop/pool/assets/frame.html',
    cacheControl: 'public, max-age=31536000, immutable',
    metadata: {},
  },
])('$path', ({ path, key, cacheControl, metadata }) => {
  it('has its place and its headers', () => {
    expect(keyOf(build, lay(path))).toBe(key);
    expect(headersOf(build, lay(path))).toMatchObject({ cacheControl, metadata });
  });
});

it('knows the bytes by size, SHA-256 and MD5', () => {
  expect(lay('a.txt')).toMatchObject({
    size: 5,
    sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    etag: '5d41402abc4b2a76b9719d911017c592',
  });
});
