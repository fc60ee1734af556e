import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import type { Manifest, ManifestFile } from '../state/manifest.ts';
import { headersOf, type ObjectHeaders } from './layout.ts';
import { countFiles, renderBytes } from './report.ts';

/** What the bucket has under the key of a file. */
export interface Found extends ObjectHeaders {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** Hex; absent where S3 doesn't know it and nobody read the bytes. */
  readonly sha256?: string;
}

/** A published build compared with the bucket it is in. */
export interface Verified {
  readonly app: string;
  readonly build: string;
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
  readonly isWhole: boolean;
  /** The bytes were downloaded and hashed; else S3's own checksums were believed. */
  readonly wasRead: boolean;
  readonly missing: readonly { readonly path: string; readonly key: string }[];
  readonly changed: readonly {
    readonly path: string;
    readonly key: string;
    readonly differences: readonly string[];
  }[];
  /** Keys below the build's own prefix that its manifest doesn't name. */
  readonly foreign: readonly string[];
  /** Paths whose bytes nothing but a download can compare: sent in parts. */
  readonly unread: readonly string[];
}

/** How an object differs from the file it should be; none: it is that file. */
export function findDifferences(
  build: Manifest,
  file: ManifestFile,
  found: Found,
): readonly string[] {
  const headers = headersOf(build, file);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['size', found.size, file.size],
    ...compareBytes(file, found),
    ['content type', found.contentType, headers.contentType],
    // Adopting changes no object, so these are the other tool's.
    ...(isAdopted(build)
      ? []
      : ([
          ['cache control', found.cacheControl, headers.cacheControl],
          ['content encoding', found.contentEncoding || 'none', 'none'],
          ['build', found.metadata[BUILD_METADATA], headers.metadata[BUILD_METADATA]],
        ] as const)),
  ];
  return pairs
    .filter(([, there, here]) => there !== here)
    .map(([what, there, here]) => `${what}: stored ${String(there)}, manifest ${String(here)}`);
}

/** Whether only a download can say that the bytes are the same: sent in parts, to a bucket that KMS encrypts or in other parts. */
export function isUnread(file: ManifestFile, found: Found): boolean {
  const { partSize, etag } = file;
  return found.sha256 === undefined && partSize !== undefined && found.etag !== etag;
}

/** The ETag only where there is no hash: it depends on how a bucket encrypts, and on parts. */
function compareBytes(
  file: ManifestFile,
  found: Found,
): readonly (readonly [string, string, string])[] {
  if (found.sha256 !== undefined) return [['SHA-256', found.sha256, file.sha256]];
  return isUnread(file, found) ? [] : [['ETag', found.etag, file.etag]];
}

/** Version 1 didn't say; adopted builds have no pooled files. */
function isAdopted({ made, settings }: Manifest): boolean {
  return made === undefined ? settings.pool.include.length === 0 : made.adopted === true;
}

const SHOWN = 20;

/** For people: what differs, a line each, and what to do. */
export function renderVerified(verified: Verified): string {
  const { app, build, digest, files, bytes, isWhole, wasRead, unread } = verified;
  const size = `${countFiles(files)}, ${renderBytes(bytes)}, digest ${digest}`;
  const how = wasRead ? 'bytes and headers' : 'sizes, checksums of S3 and headers';
  const lines = [
    ...verified.missing.map(({ path, key }) => [`  missing  ${path} (${key})`]),
    ...verified.changed.map(({ path, key, differences }) => [
      `  changed  ${path} (${key})`,
      ...differences.map((difference) => `             ${difference}`),
    ]),
    ...verified.foreign.map((key) => [`  foreign  ${key}`]),
  ];
  const more = lines.length - SHOWN;
  return [
    isWhole
      ? `Build ${build} of ${app} is as it was published: ${size}. Compared: ${how}.`
      : `Build ${build} of ${app} is not as it was published (${size}): ${countOf(verified)}.`,
    ...lines.slice(0, SHOWN).flat(),
    ...(more > 0 ? [`  and ${more} more; --json has all`] : []),
    ...(unread.length > 0
      ? [`${countFiles(unread.length)} sent in parts: their bytes are compared with --read only.`]
      : []),
  ].join('\n');
}

function countOf({ missing, changed, foreign }: Verified): string {
  return `${missing.length} missing, ${changed.length} changed, ${foreign.length} foreign`;
}
