import type { S3Client } from '@aws-sdk/client-s3';
import type { StoredObject, UploadStore } from '../../../ports/upload-store.ts';
import { copyObject } from './copy-object.ts';
import { createLarge } from './large/create-large.ts';
import { limitRequests } from './limit-requests.ts';
import { headObject, listObjects, readObject, unquote, writeObject } from './objects.ts';
import { streamObject } from './stream-object.ts';

export function createUploadStore(client: S3Client, name: string): UploadStore {
  const bucket = { client, name };
  limitRequests(client);
  return {
    async create(upload) {
      const etag = await writeObject(bucket, upload, 'absent');
      return etag === undefined ? { created: false } : { created: true, etag };
    },
    async copy(copy) {
      const copied = await copyObject(bucket, copy);
      if (copied === 'changed') return copied;
      return copied === 'taken' ? { created: false } : { created: true, etag: copied.etag };
    },
    createLarge: (upload) => createLarge(bucket, upload),
    async keys(prefix) {
      return new Set((await listObjects(bucket, prefix)).keys);
    },
    async describe(key) {
      const head = await headObject(bucket, key);
      if (!head) return undefined;
      return {
        size: head.ContentLength ?? 0,
        etag: unquote(head.ETag),
        ...readSha256(head.ChecksumSHA256),
        contentType: head.ContentType ?? '',
        contentEncoding: head.ContentEncoding,
        cacheControl: head.CacheControl ?? '',
        metadata: head.Metadata ?? {},
      };
    },
    async read(key) {
      return (await readObject(bucket, key))?.bytes;
    },
    stream: (key) => streamObject(bucket, key),
  };
}

/** Hex. An object sent in parts has a checksum of their checksums (`...-3`), which is none of its bytes. */
function readSha256(
  checksum: string | undefined,
): Pick<StoredObject, 'sha256'> | Pick<StoredObject, 'partsSha256'> {
  const [base64, parts] = checksum?.split('-') ?? [];
  if (base64 === undefined) return {};
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return parts === undefined ? { sha256: hex } : { partsSha256: hex };
}
