import { expect, it } from 'vitest';
import { coversPattern } from '../../../../controller/core/policy/covers-pattern.ts';

it.each([
  ['/a/*', '/a/*', true],
  ['/a/*', '/a/b*', true],
  ['/a/*', '/a/?.js', true],
  ['/*.js', '/a/*.js', true],
  ['/*', '/a', true],
  ['/a*c', '/ab*c', true],
  ['/a/b*', '/a/*', false],
  ['/a?*', '/a*', false],
  ['/a?', '/a*', false],
  ['/a', '/a?', false],
  ['/a??????', '/a*', false],
  ['/*.js', '/a/*', false],
])('%s covers %s: %s', (wide, narrow, expected) => {
  expect(coversPattern(wide, narrow)).toBe(expected);
});
