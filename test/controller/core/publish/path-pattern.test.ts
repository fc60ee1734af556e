import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPooled, matchesPattern } from '../../../../controller/core/publish/path-pattern.ts';
import type { PublishSettings } from '../../../../controller/core/state/manifest.ts';

it.each([
  ['/assets/*', '/assets/app.js', true],
  ['/assets/*', '/assets/js/chunks/app.js', true],
  ['/assets/*', '/assets/', true],
  ['/assets/*', '/assets', false],
  ['/assets/*', '/Assets/app.js', false],
  ['/assets/*', '/shop/assets/app.js', false],
  ['assets/*', '/assets/app.js', true],
  ['*', '/anything/at all', true],
  ['*.js', '/assets/app.js', true],
  ['*.js', '/assets/app.js.map', false],
  ['/a?.js', '/ab.js', true],
  ['/a?.js', '/a.js', false],
  ['/*/img-??/*.png', '/x/img-12/y/z.png', true],
  ['/*a*b*', '/aab', true],
  ['/app.js', '/appxjs', false],
  ['/app.js', '/app.js', true],
])('%s on %s: %s', (pattern, path, expected) => {
  expect(matchesPattern(pattern, path)).toBe(expected);
});

it('agrees with the same pattern as a regular expression', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?') }).map((s) => `/${s}`);
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/') }).map((s) => `/${s}`);
  fc.assert(
    fc.property(pattern, path, (written, uri) => {
      const source = written.replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesPattern(written, uri)).toBe(new RegExp(`^${source}$`).test(uri));
    }),
  );
});

it('stays fast on a pattern made to backtrack', () => {
  const started = performance.now();
  expect(matchesPattern(`${'/*a'.repeat(30)}!`, '/a'.repeat(500))).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});

it('keeps what is excluded out of the pool', () => {
  const settings: PublishSettings = {
    spa: true,
    pool: { include: ['/assets/*', '/img/*'], exclude: ['/assets/config.json'] },
  };
  const paths = ['assets/app.js', 'assets/config.json', 'img/a.png', 'index.html'];
  expect(paths.filter((path) => isPooled(settings, path))).toEqual(['assets/app.js', 'img/a.png']);
});
