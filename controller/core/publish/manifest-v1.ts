import * as z from 'zod';
import { CACHE_CLASSES, LOCATIONS, type Manifest, type ManifestFile } from '../state/manifest.ts';
import { orderSettings, settingsSchema } from './settings-text.ts';

const schema = z.object({
  version: z.literal(1),
  app: z.string(),
  build: z.string(),
  settings: settingsSchema,
  files: z.array(
    z.object({
      path: z.string(),
      location: z.enum(LOCATIONS),
      size: z.number(),
      sha256: z.string(),
      etag: z.string(),
      contentType: z.string(),
      cacheClass: z.enum(CACHE_CLASSES),
    }),
  ),
});

/** Version 1 is plain JSON with one named object per file. Nothing writes it any more; it is read for ever. */
export function parseVersion1(value: unknown): Manifest {
  return schema.parse(value);
}

/** These bytes for ever: the digest of what is published comes from them. */
export function renderVersion1({ app, build, settings, files }: Manifest): string {
  const head = JSON.stringify({ version: 1, app, build, settings: orderSettings(settings) });
  const lines = files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(renderFile);
  return `${head.slice(0, -1)},"files":[\n${lines.join(',\n')}\n]}\n`;
}

function renderFile(file: ManifestFile): string {
  const { path, location, size, sha256, etag, contentType, cacheClass } = file;
  return JSON.stringify({ path, location, size, sha256, etag, contentType, cacheClass });
}
