import type { S3Client } from '@aws-sdk/client-s3';
import type { UploadStore } from '../../../ports/upload-store.ts';
import { headObject, listObjects, readObject, unquote, writeObject } from './objects.ts';

export function createUploadStore(client: S3Client, name: string): UploadStore {
  const bucket = { client, name };
  return {
    async create(upload) {
      const etag = await writeObject(bucket, upload, 'absent');
      return etag === undefined ? { created: false } : { created: true, etag };
    },
    async keys(prefix) {
      return new Set((await listObjects(bucket, prefix)).keys);
    },
    async describe(key) {
      const head = await headObject(bucket, key);
      if (!head) return undefined;
      const sha256 = readSha256(head.ChecksumSHA256);
      return {
        size: head.ContentLength ?? 0,
        etag: unquote(head.ETag),
        ...(sha256 !== undefined && { sha256 }),
        contentType: head.ContentType ?? '',
        cacheControl: head.CacheControl ?? '',
        metadata: head.Metadata ?? {},
      };
    },
    async read(key) {
      return (await readObject(bucket, key))?.bytes;
    },
  };
}

/** Hex. An object uploaded in parts has a checksum of checksums (`...-3`), which says nothing about its bytes. */
function readSha256(base64: string | undefined): string | undefined {
  if (base64 === undefined || base64.includes('-')) return undefined;
  return Buffer.from(base64, 'base64').toString('hex');
}
