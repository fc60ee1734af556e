import { hash } from 'node:crypto';
import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import { isUntrusted } from '../state/build.ts';
import { keys } from '../state/keys.ts';
import type { Manifest, ManifestFile, PublishSettings } from '../state/manifest.ts';
import { cacheClassOf, cacheControlOf } from './cache-class.ts';
import { contentTypeOf } from './content-type.ts';
import { findHeaders, locate } from './locate.ts';

/** What a file becomes in a build: where it is stored, as what type, cached how. */
export function layFile(path: string, bytes: FileBytes, settings: PublishSettings): ManifestFile {
  const location = locate(settings, path);
  const { cache, type } = findHeaders(settings, path);
  const { size, sha256, etag, partSize } = bytes;
  return {
    path,
    location,
    size,
    sha256,
    // Computed, not taken from S3's answer: the manifest's bytes must not depend on the bucket.
    etag,
    contentType: type ?? contentTypeOf(path),
    cacheClass: cacheClassOf(path, location === 'pool', cache),
    ...(partSize !== undefined && { partSize }),
  };
}

/** What a file's bytes are known by. */
export type FileBytes = Pick<ManifestFile, 'size' | 'sha256' | 'etag' | 'partSize'>;

/** The same of bytes at hand, sent in one request. `etags`: those that are known, by SHA-256. */
export function digestBytes(body: Uint8Array, etags?: ReadonlyMap<string, string>): FileBytes {
  const sha256 = hashOf(body);
  return { size: body.byteLength, sha256, etag: etags?.get(sha256) ?? hash('md5', body, 'hex') };
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
  return hash('sha256', body, 'hex');
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
  const home = { app, root: settings?.root };
  if (location === 'build') return keys.build(home, build) + path;
  if (location === 'private') return keys.privateFiles(home, build) + path;
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
  /** Only what another tool stored has one: we store bytes as they are. */
  readonly contentEncoding?: string | undefined;
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
