import { expect, it } from 'vitest';
import { showBuild } from '../../../../controller/commands/publish/show-build.ts';
import { DEFAULT_SETTINGS, MANIFEST_VERSION } from '../../../../controller/core/state/manifest.ts';
import type { Context } from '../../../../controller/ports/context.ts';

it.each([
  ['tree', '\n  layout    tree: all files are below this prefix'],
  ['pool', ''],
] as const)('says of a build with layout %s what that means', async (layout, row) => {
  const settings = { ...DEFAULT_SETTINGS, layout };
  const manifest = { version: MANIFEST_VERSION, app: 'shop', build: '7', settings, files: [] };
  const builds = () => ({ readManifest: async () => ({ manifest, digest: 'abab' }) });
  const place = { bucket: 'acme', region: undefined };
  const request = { app: 'shop', build: '7', place, json: false };
  const text = await showBuild(request, { builds } as unknown as Context);
  expect(text.endsWith(`"exclude":[]}${row}`)).toBe(true);
});
