import {
  DeleteObjectCommand,
  paginateListObjectsV2,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { StoredEntry } from '../../../core/gc/facts.ts';
import type { CollectionStore, Listed } from '../../../ports/collection-store.ts';
import { deleteObjects } from './delete-objects.ts';
import { explain, outline, readObject, unquote, writeObject, type Bucket } from './objects.ts';

export function createCollectionStore(client: S3Client, name: string): CollectionStore {
  const bucket = { client, name };
  return {
    list: (prefix) => listEntries(bucket, prefix),
    folders: (prefix) => listFolders(bucket, prefix),
    async read(key) {
      const object = await readObject(bucket, key);
      return object && { bytes: object.bytes, revision: object.etag };
    },
    write: (key, body, revision) =>
      writeObject(
        bucket,
        { key, body, contentType: 'application/json', cacheControl: 'no-cache' },
        revision === undefined ? 'absent' : { etag: revision },
      ),
    remove: (keys, isFresh) => deleteObjects(bucket, keys, isFresh),
    removeIf: (key, revision) => deleteUnchanged(bucket, key, revision),
  };
}

async function listEntries(bucket: Bucket, prefix: string): Promise<Listed<StoredEntry>> {
  const found: StoredEntry[] = [];
  let count = 0;
  const isWhole = await eachPage(bucket, { Prefix: prefix }, ({ Contents = [] }) => {
    count += Contents.length;
    for (const { Key, Size, LastModified, ETag } of Contents) {
      if (Key === undefined || LastModified === undefined) continue;
      found.push({ key: Key, size: Size ?? 0, modified: LastModified, revision: unquote(ETag) });
    }
  });
  return { found, isWhole: isWhole && found.length === count };
}

async function listFolders(bucket: Bucket, prefix: string): Promise<Listed<string>> {
  const found: string[] = [];
  const asked = { Prefix: prefix, Delimiter: '/' };
  const isWhole = await eachPage(bucket, asked, ({ CommonPrefixes = [] }) => {
    for (const { Prefix } of CommonPrefixes) {
      if (Prefix !== undefined) found.push(Prefix.slice(prefix.length, -1));
    }
  });
  return { found, isWhole };
}

/** With If-Match, which general purpose buckets know since September 2025 (documented). */
async function deleteUnchanged(bucket: Bucket, key: string, revision: string): Promise<void> {
  const IfMatch = `"${revision}"`;
  try {
    await bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: key, IfMatch }));
  } catch (error) {
    const { name, status } = outline(error);
    // 404: gone already, which some answer as a success. 409: somebody is writing it this very moment.
    if (status === 412 || name === 'NoSuchKey' || name === 'ConditionalRequestConflict') return;
    throw explain(error, bucket, { action: 's3:DeleteObject', key });
  }
}

/** Page by page, for a million keys; whether that is all there is. */
async function eachPage(
  { client, name }: Bucket,
  asked: Omit<ListObjectsV2CommandInput, 'Bucket'>,
  take: (page: ListObjectsV2CommandOutput) => void,
): Promise<boolean> {
  try {
    let isWhole = false;
    for await (const page of paginateListObjectsV2({ client }, { Bucket: name, ...asked })) {
      take(page);
      // The paginator stops without a word at a page that has more to tell and no token.
      isWhole = page.IsTruncated === false;
    }
    return isWhole;
  } catch (error) {
    throw explain(error, { client, name }, { action: 's3:ListBucket' });
  }
}
