import { expect, it } from 'vitest';
import { normalisePath } from '../../../../controller/local/edge/path-pattern.ts';

it.each([
  ['/', '/'],
  ['/a/b.js', '/a/b.js'],
  ['/a/', '/a/'],
  ['//a///b', '/a/b'],
  ['/x/../assets/./a.js', '/assets/a.js'],
  ['/x/%2e%2E/%61.js', '/a.js'],
  ['/a/..', '/'],
  ['/../a/.', '/a/'],
  ['/a%2fb%2B', '/a%2Fb%2B'],
  ['/%252e%252e/a', '/%252e%252e/a'],
])('chooses the behaviour of %s by %s', (path, normal) => {
  expect(normalisePath(path)).toBe(normal);
});
