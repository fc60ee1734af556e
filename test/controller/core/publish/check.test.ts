import { describe, expect, it } from 'vitest';
import { checkDirectory } from '../../../../controller/core/publish/check.ts';
import { DEFAULT_SETTINGS } from '../../../../controller/core/state/manifest.ts';

const target = { app: 'shop', build: '1043', settings: DEFAULT_SETTINGS };

function check(...paths: readonly string[]): readonly string[] {
  const files = ['index.html', ...paths].map((path) => ({ path, size: 1 }));
  return checkDirectory({ files, problems: [] }, target);
}

describe('names', () => {
  it.each([
    'a b.js',
    '100%.txt',
    'a+b.css',
    'grüße.html',
    '日本/語.js',
    '🎈.png',
    "it's (1) & [2] #3 ?4.txt",
    '.well-known/security.txt',
    '..hidden',
    'headgate/x',
  ])('%s can be published', (path) => {
    expect(check(path)).toEqual([]);
  });

  it.each([
    ['a\nb.js', 'a\\u{a}b.js: its name has a control character'],
    ['a\u0085.js', 'a\\u{85}.js: its name has a control character'],
    ['\ud800.js', '\\u{d800}.js: its name is not valid UTF-8'],
    ['caf\ufffd.js', 'caf\ufffd.js: its name is not valid UTF-8'],
    ['a\\b.js', 'a\\b.js: its name has a backslash'],
    ['a/../b.js', 'a/../b.js: its path has a "." or ".." segment'],
    ['./b.js', './b.js: its path has a "." or ".." segment'],
    ['a//b.js', 'a//b.js: its path has an empty segment'],
    ['/b.js', '/b.js: its path has an empty segment'],
    ['.headgate/manifest.json', '.headgate/manifest.json: below ".headgate/"'],
    ['.headgate', '.headgate: below ".headgate/"'],
    ['_headgate/b', '_headgate/b: below "_headgate/"'],
  ])('%j cannot', (path, message) => {
    expect(check(path)).toEqual([expect.stringContaining(message)]);
  });

  it('counts bytes of the whole key, not letters', () => {
    // shop/builds/1043/ has 17 bytes, shop/pool/assets/ too.
    expect(check('é'.repeat(503))).toEqual([]);
    expect(check('é'.repeat(504))).toEqual([expect.stringContaining("1025 bytes, over S3's 1024")]);
    expect(check(`assets/${'a'.repeat(1008)}`)).toEqual([expect.stringContaining('1025 bytes')]);
  });

  it('finds names that differ only in their Unicode form', () => {
    expect(check('caf\u00e9.js', 'cafe\u0301.js')).toEqual([
      'cafe\\u{301}.js: the same name as café.js in another Unicode form; rename one',
    ]);
  });
});

describe('the directory', () => {
  it('must not be empty', () => {
    expect(checkDirectory({ files: [], problems: [] }, target)).toEqual(['the directory is empty']);
  });

  it('needs the page that every navigation of a single-page app gets', () => {
    const files = [{ path: 'shop/index.html', size: 1 }];
    const settings = { ...DEFAULT_SETTINGS, spa: false };
    expect(checkDirectory({ files, problems: [] }, target)).toEqual([
      expect.stringContaining('index.html: not there'),
    ]);
    expect(checkDirectory({ files, problems: [] }, { ...target, settings })).toEqual([]);
  });

  it('keeps that page out of the pool', () => {
    const settings = { spa: true, pool: { include: ['/*'], exclude: [] } };
    const files = [{ path: 'index.html', size: 1 }];
    expect(checkDirectory({ files, problems: [] }, { ...target, settings })).toEqual([
      expect.stringContaining('add "/index.html" to pool.exclude'),
    ]);
  });

  it('refuses a file that one request cannot carry', () => {
    const files = [
      { path: 'index.html', size: 1 },
      { path: 'film.mp4', size: 2 ** 31 },
    ];
    expect(checkDirectory({ files, problems: [] }, target)).toEqual([
      expect.stringContaining('film.mp4: it has 2147483648 bytes'),
    ]);
  });

  it('says everything at once', () => {
    const problems = [
      { path: 'secrets', kind: 'symlink-outside' },
      { path: 'socket', kind: 'not-a-file' },
    ] as const;
    const files = [{ path: 'a\\b', size: 1 }];
    expect(checkDirectory({ files, problems }, target)).toEqual([
      expect.stringContaining('secrets: a symbolic link that leads out'),
      expect.stringContaining('socket: neither a file nor a directory'),
      expect.stringContaining('backslash'),
      expect.stringContaining('index.html: not there'),
    ]);
  });
});
