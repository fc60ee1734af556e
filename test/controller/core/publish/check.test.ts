import { describe, expect, it } from 'vitest';
import {
  checkDirectory,
  checkSecrets,
  checkSizes,
} from '../../../../controller/core/publish/check.ts';
import { DEFAULT_SETTINGS } from '../../../../controller/core/state/manifest.ts';

const target = { app: 'shop', build: '1043', settings: DEFAULT_SETTINGS };

function check(...paths: readonly string[]): readonly string[] {
  const files = ['index.html', ...paths].map((path) => ({ path }));
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
    ['docs/.headgate/a.txt', 'docs/.headgate/a.txt: below ".headgate/"'],
    ['_headgate/b', '_headgate/b: below "_headgate/"'],
  ])('%j cannot', (path, message) => {
    expect(check(path)).toEqual([expect.stringContaining(message)]);
  });

  it('counts bytes of the whole key, not letters', () => {
    // shop/builds/1043/ has 17 bytes, shop/pool/assets/ too.
    expect(check('é'.repeat(503))).toEqual([]);
    expect(check('é'.repeat(504))).toEqual([expect.stringContaining("1025 bytes, over S3's 1024")]);
    const files = ['index.html', `assets/${'a'.repeat(1005)}`].map((path) => ({ path }));
    const settings = { ...DEFAULT_SETTINGS, layout: 'tree' } as const;
    expect(checkDirectory({ files, problems: [] }, target)).toEqual([]);
    // In a complete tree a pooled file has a longer key, too.
    const tree = checkDirectory({ files, problems: [] }, { ...target, settings });
    expect(tree).toEqual([expect.stringContaining("1029 bytes, over S3's 1024")]);
    expect(check(`assets/${'a'.repeat(1008)}`)).toEqual([expect.stringContaining('1025 bytes')]);
  });

  it('counts where source maps go', () => {
    // shop/builds/1043/.headgate/private/ has 35 bytes.
    expect(check(`${'a'.repeat(985)}.map`)).toEqual([]);
    expect(check(`${'a'.repeat(986)}.map`)).toEqual([expect.stringContaining('1025 bytes')]);
  });

  it('refuses a pooled "+", which S3 reads as a space, and says how to keep it', () => {
    expect(check('assets/a+b.js')).toEqual([
      expect.stringMatching(/^assets\/a\+b\.js: .*a space.* add "\/assets\/a\*b\.js" to pool/),
    ]);
    expect(check('a+b.js', 'assets/a+b.js.map')).toEqual([]);
    const settings = { spa: true, pool: { include: ['/assets/*'], exclude: ['/assets/a*b.js'] } };
    const files = ['index.html', 'assets/a+b.js'].map((path) => ({ path }));
    expect(checkDirectory({ files, problems: [] }, { ...target, settings })).toEqual([]);
  });

  it('refuses a name that is excluded from the pool while its URL is not', () => {
    const settings = { spa: true, pool: { include: ['/assets/*'], exclude: ['/assets/a?b.js'] } };
    const find = (path: string) => {
      const files = ['index.html', path].map((one) => ({ path: one }));
      return checkDirectory({ files, problems: [] }, { ...target, settings });
    };
    expect(find('assets/a-b.js')).toEqual([]);
    for (const name of ['a b.js', 'aüb.js', 'a?b.js', 'a[b.js']) {
      expect(find(`assets/${name}`)).toEqual([expect.stringContaining('is not, so it would be')]);
    }
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
    const files = [{ path: 'shop/index.html' }];
    const settings = { ...DEFAULT_SETTINGS, spa: false };
    expect(checkDirectory({ files, problems: [] }, target)).toEqual([
      expect.stringContaining('index.html: not there'),
    ]);
    expect(checkDirectory({ files, problems: [] }, { ...target, settings })).toEqual([]);
  });

  it('keeps that page out of the pool', () => {
    const settings = { spa: true, pool: { include: ['/*'], exclude: [] } };
    const files = [{ path: 'index.html' }];
    expect(checkDirectory({ files, problems: [] }, { ...target, settings })).toEqual([
      expect.stringContaining('add "/index.html" to pool.exclude'),
    ]);
  });

  it('refuses a file that nobody would get', () => {
    const files = [
      { path: 'film.mp4', size: 50 * 10 ** 9 },
      { path: 'films.tar', size: 50 * 10 ** 9 + 1 },
    ];
    expect(checkSizes(files)).toEqual([
      expect.stringContaining('films.tar: it has 50000000001 bytes'),
    ]);
  });

  it('says everything at once', () => {
    const problems = [
      { path: 'secrets', kind: 'symlink-outside' },
      { path: 'socket', kind: 'not-a-file' },
    ] as const;
    const files = [{ path: 'a\\b' }];
    expect(checkDirectory({ files, problems }, target)).toEqual([
      expect.stringContaining('secrets: a symbolic link that leads out'),
      expect.stringContaining('socket: neither a file nor a directory'),
      expect.stringContaining('backslash'),
      expect.stringContaining('index.html: not there'),
    ]);
  });
});

describe('names of secrets and history', () => {
  const find = (path: string, headers = [{ files: '/*', cache: 'mutable' as const }]) =>
    checkSecrets({ files: [{ path }] }, { ...DEFAULT_SETTINGS, headers });

  it.each([
    '.env',
    'app/.env.production',
    '.git/config',
    'a/.GIT/HEAD',
    '.npmrc',
    '.aws/credentials',
  ])('%s is not published by accident', (path) => {
    expect(find(path)).toEqual([expect.stringContaining('everything published is public')]);
  });

  it.each([
    '.well-known/security.txt',
    '.vite/manifest.json',
    '.nojekyll',
    '.gitkeep',
    'env',
    'a.env',
  ])('%s is published as it is', (path) => {
    expect(find(path)).toEqual([]);
  });

  it('are published where the policy names them', () => {
    expect(find('assets/.env', [{ files: '/assets/.env', cache: 'mutable' }])).toEqual([]);
  });
});
