import { describe, expect, it } from 'vitest';
import { findMisplaced } from '../../../../controller/core/plan/builds.ts';
import { digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
  type PublishSettings,
} from '../../../../controller/core/state/manifest.ts';

const POOL = DEFAULT_SETTINGS;
const NONE: PublishSettings = { ...POOL, pool: { include: [], exclude: [] } };

function lay(settings: PublishSettings): Manifest {
  const files = ['index.html', 'assets/a-1f.js', 'a.js.map'].map((path) =>
    layFile(path, digestBytes(Buffer.from(path)), settings),
  );
  return { version: MANIFEST_VERSION, app: 'shop', build: '1', settings, files };
}

describe('files that the edge would look for in the wrong place', () => {
  const PATH = 'assets/a-1f.js';
  const tree = (settings: PublishSettings): PublishSettings => ({ ...settings, layout: 'tree' });

  it.each([
    ['a pooled build', POOL, 'with the pool', POOL, []],
    ['a pooled build', POOL, 'without', NONE, [PATH]],
    ['a tree that is in the pool, too', tree(POOL), 'with the pool', POOL, []],
    ['a tree that is in the pool, too', tree(POOL), 'without', NONE, []],
    ['a tree without a pool', tree(NONE), 'without', NONE, []],
    ['a tree without a pool', tree(NONE), 'with the pool', POOL, [PATH]],
    ['a tree that is in the pool, too', tree(POOL), 'of a tree policy', tree(POOL), []],
    ['a pooled build', POOL, 'of a tree policy', tree(POOL), []],
  ])('%s, %s', (_, laid, __, policy, misplaced) => {
    expect(findMisplaced(lay(laid), policy)).toEqual(misplaced);
  });
});
