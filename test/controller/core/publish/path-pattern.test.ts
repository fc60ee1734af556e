import { expect, it } from 'vitest';
import { isPooled } from '../../../../controller/core/publish/path-pattern.ts';

const pool = {
  include: ['/assets/*', '/img-??.png', '*.woff2'],
  exclude: ['/assets/config.json', '/assets/live/*'],
};

it.each([
  ['assets/app.js', true],
  ['assets/js/chunks/a b+c%.js', true],
  ['Assets/app.js', false],
  ['shop/assets/app.js', false],
  ['assets', false],
  ['img-12.png', true],
  ['img-1.png', false],
  ['fonts/deep/a.woff2', true],
  ['fonts/a.woff2.map', false],
  ['assets/config.json', false],
  ['assets/configXjson', true],
  ['assets/live/prices.json', false],
  ['index.html', false],
])('%s in the pool: %s', (path, expected) => {
  expect(isPooled({ spa: true, pool }, path)).toBe(expected);
});

it('is empty without patterns', () => {
  expect(isPooled({ spa: true, pool: { include: [], exclude: [] } }, 'assets/a.js')).toBe(false);
});
