import { expect, it } from 'vitest';
import { keys } from '../../../../controller/core/state/keys.ts';

const app = 'shop';

it.each([
  [{ app }, '7', 'shop/builds/7/'],
  [{ app, root: '' }, '7', '7/'],
  [{ app, root: 'old/web/' }, '7', 'old/web/7/'],
  [{ app }, 'pr-7', 'shop/untrusted/builds/pr-7/'],
  // Wherever the others lie: a role for `<app>/untrusted/` may write it.
  [{ app, root: '' }, 'pr-7', 'shop/untrusted/builds/pr-7/'],
  [{ app }, 'PR-7', 'shop/builds/PR-7/'],
])('builds of %j: %s lies in %s', (home, build, prefix) => {
  expect(keys.build(home, build)).toBe(prefix);
  expect(keys.manifest(home, build)).toBe(`${prefix}.headgate/manifest.json`);
});
