import { describe, expect, it } from 'vitest';
import {
  headersOf,
  keyOf,
  digestBytes,
  layFile,
} from '../../../../controller/core/publish/layout.ts';
import {
  DEFAULT_SETTINGS,
  type PublishSettings,
} from '../../../../controller/core/state/manifest.ts';

const lay = (path: string, change: Partial<PublishSettings> = {}) =>
  layFile(path, digestBytes(Buffer.from('x')), { ...DEFAULT_SETTINGS, ...change });
const YEAR = 'public, max-age=31536000, immutable';

describe('source maps', () => {
  it.each(['app.js.map', 'assets/app-4f2a.js.map', 'styles.css.MAP', 'maps/app.map'])(
    '%s is kept where no visitor gets it',
    (path) => {
      const file = lay(path);
      expect(keyOf({ app: 'shop', build: '1043' }, file)).toBe(
        `shop/builds/1043/.headgate/private/${path}`,
      );
      expect(keyOf({ app: 'shop', build: 'pr-1' }, file)).toBe(
        `shop/untrusted/builds/pr-1/.headgate/private/${path}`,
      );
      expect(headersOf({ app: 'shop', build: '1043' }, file).cacheControl).toBe('no-cache');
    },
  );

  it('are files like others where they are public', () => {
    const sourceMaps = 'public';
    expect(lay('assets/app-4f2a.js.map', { sourceMaps }).location).toBe('pool');
    expect(lay('app.js.map', { sourceMaps }).location).toBe('build');
  });

  it('are not what the policy gives a type by that name', () => {
    const headers = [
      { files: '/levels/*.map', type: 'application/octet-stream' },
      { files: '/*', type: 'text/plain' },
    ];
    expect(lay('levels/one.map', { headers })).toMatchObject({
      location: 'build',
      contentType: 'application/octet-stream',
    });
    expect(lay('one.map', { headers }).location).toBe('private');
    expect(lay('bitmap', {}).location).toBe('build');
  });
});

describe('headers of the policy', () => {
  const headers = [
    { files: '/fonts/fresh-*', cache: 'mutable' },
    { files: '/fonts/*', cache: 'immutable', type: 'font/special' },
    { files: '/assets/live.json', cache: 'mutable' },
    { files: '*.geo', type: 'application/geo+json' },
    { files: '/*', cache: 'immutable' },
  ] as const;
  const of = (path: string) => {
    const file = lay(path, { headers });
    return [file.contentType, headersOf({ app: 'shop', build: '1' }, file).cacheControl];
  };

  it.each([
    ['fonts/a.woff2', 'font/special', YEAR],
    // Of each, the first entry that says it.
    ['fonts/fresh-a.woff2', 'font/special', 'no-cache'],
    ['assets/live.json', 'application/json', 'no-cache'],
    ['assets/a.json', 'application/json', YEAR],
    ['map/area.geo', 'application/geo+json', YEAR],
  ])('decide of %s', (path, type, cache) => {
    expect(of(path)).toEqual([type, cache]);
  });

  it.each([
    'index.html',
    'a/b.htm',
    'sw.js',
    'assets/service-worker.js',
    'firebase-messaging-sw.js',
  ])('never let browsers keep %s', (path) => {
    expect(of(path)[1]).toBe('no-cache');
  });

  it('keep the build in the metadata of HTML, and take a hashed worker for what its name says', () => {
    const page = lay('index.html', { headers });
    expect(headersOf({ app: 'shop', build: '1' }, page).metadata).toEqual({
      'headgate-build': '1',
    });
    expect(of('assets/sw-4f2a91bc.js')[1]).toBe(YEAR);
    expect(of('answer.js')[1]).toBe(YEAR);
  });
});
