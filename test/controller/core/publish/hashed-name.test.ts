import { expect, it } from 'vitest';
import { hashIn, skeletonOf } from '../../../../controller/core/publish/hashed-name.ts';

it.each([
  ['assets/index-BxY12_ab.js', 'assets/index-*.js', 'BxY12_ab'],
  ['assets/index-Bx-_12ab.css', 'assets/index-*.css', 'Bx-_12ab'],
  ['static/js/main.3f2a1b9c.chunk.js', 'static/js/main.*.chunk.js', '3f2a1b9c'],
  ['static/js/main.3f2a1b9c.js.map', 'static/js/main.*.js.map', '3f2a1b9c'],
  ['media/3f2a1b9c4d5e6f70.woff2', 'media/*.woff2', '3f2a1b9c4d5e6f70'],
  ['3f2a1b9c.js', '*.js', '3f2a1b9c'],
  // Of @actual-app/web and n8n-editor-ui.
  ['js/FormulaEditor.C1c83gUE.chunk.js', 'js/FormulaEditor.*.chunk.js', 'C1c83gUE'],
  ['assets/useSidebarLayout-BNMU_CM_.js', 'assets/useSidebarLayout-*.js', 'BNMU_CM_'],
])('%s is %s with %s', (path, skeleton, hash) => {
  expect(skeletonOf(path)).toBe(skeleton);
  expect(hashIn(path)).toBe(hash);
});

it.each([
  'index.html',
  'my-component-dashboard.js',
  'pages/Dashboard.js',
  'assets/app-4f2a.js',
  'robots.txt',
  '',
])('%j has no hash that one can see', (path) => {
  expect(skeletonOf(path)).toBeUndefined();
  expect(hashIn(path)).toBeUndefined();
});

it('is not slowed down by words that are no names', () => {
  expect(skeletonOf(`${'a-'.repeat(10 ** 6)}.js`)).toBeUndefined();
});
