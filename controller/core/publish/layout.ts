import { createHash } from 'node:crypto';
import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import { keys } from '../state/keys.ts';
import type { Manifest, ManifestFile, PublishSettings } from '../state/manifest.ts';
import { cacheClassOf, cacheControlOf } from './cache-class.ts';
import { contentTypeOf } from './content-type.ts';
import { isPooled } from './path-pattern.ts';

/** What a file becomes in a build: where it is stored, as what type, cached how. */
export function layFile(path: string, body: Uint8Array, settings: PublishSettings): ManifestFile {
  const pooled = isPooled(settings, path);
  return {
    path,
    location: pooled ? 'pool' : 'build',
    size: body.byteLength,
    sha256: hashOf(body),
    // Computed, not taken from S3's answer: S3's ETag is the MD5 too unless KMS encrypts the bucket,
    // and the manifest's bytes must not depend on the bucket.
    etag: createHash('md5').update(body).digest('hex'),
    contentType: contentTypeOf(path),
    cacheClass: cacheClassOf(path, pooled),
  };
}

/** Hex SHA-256. */
export function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

type Named = Pick<Manifest, 'app' | 'build'>;

export function keyOf(
  { app, build }: Named,
  file: Pick<ManifestFile, 'location' | 'path'>,
): string {
  return `${file.location === 'pool' ? keys.pool(app) : keys.build(app, build)}${file.path}`;
}

export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Headers a file is stored with. Only documents name their build: a pooled file belongs to many. */
export function headersOf({ build }: Named, file: ManifestFile): ObjectHeaders {
  return {
    contentType: file.contentType,
    cacheControl: cacheControlOf(file.cacheClass),
    metadata: file.cacheClass === 'document' ? { [BUILD_METADATA]: build } : {},
  };
}
