import { createHash } from 'node:crypto';
import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import { isUntrusted } from '../state/build.ts';
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

/** What an object that another tool stored is in a build: served as it is, and never pooled. */
export function layStored(
  stored: Pick<ManifestFile, 'path' | 'size' | 'sha256' | 'etag' | 'contentType'>,
): ManifestFile {
  const { path, size, sha256, etag, contentType } = stored;
  const cacheClass = cacheClassOf(path, false);
  return { path, location: 'build', size, sha256, etag, contentType, cacheClass };
}

/** Hex SHA-256. */
export function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/** What a manifest says of where its files are. */
export interface Named extends Pick<Manifest, 'app' | 'build'> {
  readonly settings?: Pick<PublishSettings, 'root'>;
}

/** Where a build's publisher stores a file. */
export function keyOf(
  { app, build, settings }: Named,
  { location, path }: Pick<ManifestFile, 'location' | 'path'>,
): string {
  if (location === 'build') return keys.build({ app, root: settings?.root }, build) + path;
  return (isUntrusted(build) ? keys.untrustedPool(app) : keys.pool(app)) + path;
}

/** Where the edge looks for a pooled file of an untrusted build first; undefined: nowhere but there. */
export function sharedKeyOf(
  { app, build }: Named,
  { location, path }: Pick<ManifestFile, 'location' | 'path'>,
): string | undefined {
  return location === 'pool' && isUntrusted(build) ? keys.pool(app) + path : undefined;
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
