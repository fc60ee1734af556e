import { expect, it } from 'vitest';
import { digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
} from '../../../../controller/core/state/manifest.ts';
import { PresentBuilds } from '../../../../controller/read/collection/present-builds.ts';

const MANIFEST: Manifest = {
  version: MANIFEST_VERSION,
  app: 'shop',
  build: '1',
  settings: DEFAULT_SETTINGS,
  files: [layFile('assets/app-4f2a.js', digestBytes(Buffer.from('app')), DEFAULT_SETTINGS)],
};

it('finds the pooled files of builds that were copied here with all of an app by where they lie', async () => {
  const folders = new Map([
    ['store/builds/', ['1']],
    ['store/untrusted/builds/', ['pr-2']],
  ]);
  const present = new PresentBuilds({
    app: 'store',
    builds: { readManifest: async () => ({ manifest: MANIFEST, digest: 'abab' }) },
    store: { folders: async (prefix: string) => folders.get(prefix) } as never,
    published: new Map(),
  });
  const found = await present.read((listed) => listed as never);
  expect(found.map(({ build, pooled }) => [build, pooled])).toEqual([
    ['1', ['store/pool/assets/app-4f2a.js']],
    ['pr-2', ['store/pool/assets/app-4f2a.js', 'store/untrusted/pool/assets/app-4f2a.js']],
  ]);
});
