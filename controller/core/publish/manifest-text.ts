import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DIGEST_LENGTH, type Digest } from '../state/build.ts';
import {
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFile,
  type PublishSettings,
} from '../state/manifest.ts';

const patterns = z.array(z.string());
const settingsSchema = z.object({
  spa: z.boolean(),
  pool: z.object({ include: patterns, exclude: patterns }),
  root: z.string().optional(),
});

const manifestSchema = z.object({
  version: z.literal(MANIFEST_VERSION),
  app: z.string(),
  build: z.string(),
  settings: settingsSchema,
  files: z.array(
    z.object({
      path: z.string(),
      location: z.enum(['build', 'pool']),
      size: z.number(),
      sha256: z.string(),
      etag: z.string(),
      contentType: z.string(),
      cacheClass: z.enum(['document', 'mutable', 'immutable']),
    }),
  ),
});

/**
 * The manifest's bytes. Canonical: fields in a fixed order, files by path, one per line, so that the
 * same files, settings, app and number give the same bytes, and thus the same digest, in any bucket.
 */
export function renderManifest(manifest: Manifest): string {
  const { version, app, build, settings } = manifest;
  const head = JSON.stringify({ version, app, build, settings: orderSettings(settings) });
  const lines = manifest.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(renderFile);
  return `${head.slice(0, -1)},"files":[\n${lines.join(',\n')}\n]}\n`;
}

/** One file's line in the manifest: equal text means an equal file. */
export function renderFile(file: ManifestFile): string {
  const { path, location, size, sha256, etag, contentType, cacheClass } = file;
  return JSON.stringify({ path, location, size, sha256, etag, contentType, cacheClass });
}

function orderSettings({ spa, pool, root }: PublishSettings): PublishSettings {
  const { include, exclude } = pool;
  return { spa, pool: { include, exclude }, ...(root !== undefined && { root }) };
}

/** Throws (SyntaxError or ZodError) on text that is no manifest of this version. */
export function parseManifest(text: string): Manifest {
  return manifestSchema.parse(JSON.parse(text));
}

export function renderSettings(settings: PublishSettings): string {
  return `${JSON.stringify(orderSettings(settings), null, 2)}\n`;
}

/** Throws (SyntaxError or ZodError) on text that is no settings file. */
export function parseSettings(text: string): PublishSettings {
  return settingsSchema.parse(JSON.parse(text));
}

/** The build's identity: the first 16 hex digits of the SHA-256 of its manifest's bytes. */
export function digestOf(manifestText: string): Digest {
  return createHash('sha256').update(manifestText).digest('hex').slice(0, DIGEST_LENGTH);
}
