import { createHash } from 'node:crypto';
import type { LargeUpload } from '../../../../ports/upload-store.ts';

/**
 * What an unfinished upload is for. S3 tells neither its headers nor its metadata (documented), so they are sent
 * as a part of their own that no completion names: S3 drops it then (observed elsewhere: MinIO and Scality do as
 * S3 does). ListParts shows its checksum, and whoever begins the same upload knows that.
 */
export interface Marker {
  /** After the last part of the file: numbers stay consecutive. */
  readonly number: number;
  readonly body: Uint8Array;
  /** Base64, as S3 has it. */
  readonly sha256: string;
}

export function markerOf(upload: LargeUpload): Marker {
  const { key, size, partSize, sha256, contentType, cacheControl, metadata } = upload;
  const headers = [contentType, cacheControl, Object.entries(metadata).toSorted(byName)];
  const text = JSON.stringify(['headgate upload', 1, key, size, partSize, sha256, ...headers]);
  const body = Buffer.from(text);
  return { number: countParts(upload) + 1, body, sha256: hashPart(body) };
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

export function countParts({ size, partSize }: Pick<LargeUpload, 'size' | 'partSize'>): number {
  return Math.max(1, Math.ceil(size / partSize));
}

/** Base64. */
export function hashPart(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64');
}
