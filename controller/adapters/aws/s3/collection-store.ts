import {
  DeleteObjectCommand,
  paginateListObjectsV2,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { CollectionStore } from '../../../ports/collection-store.ts';
import { deleteObjects } from './delete-objects.ts';
import { explain, outline, readObject, unquote, writeObject, type Bucket } from './objects.ts';

export function createCollectionStore(client: S3Client, name: string): CollectionStore {
  const bucket = { client, name };
  return {
    async list(prefix) {
      const { pages, isWhole } = await listPages(bucket, prefix);
      const contents = pages.flatMap(({ Contents = [] }) => Contents);
      const found = contents.flatMap(({ Key, Size, LastModified, ETag }) =>
        Key === undefined || LastModified === undefined
          ? []
          : [{ key: Key, size: Size ?? 0, modified: LastModified, revision: unquote(ETag) }],
      );
      return { found, isWhole: isWhole && found.length === contents.length };
    },
    async folders(prefix) {
      const { pages, isWhole } = await listPages(bucket, prefix, '/');
      const prefixes = pages.flatMap(({ CommonPrefixes = [] }) => CommonPrefixes);
      const found = prefixes.flatMap(({ Prefix }) => Prefix?.slice(prefix.length, -1) ?? []);
      return { found, isWhole };
    },
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

async function listPages({ client, name }: Bucket, prefix: string, delimiter?: '/') {
  try {
    const asked = { Bucket: name, Prefix: prefix, ...(delimiter && { Delimiter: delimiter }) };
    const pages: ListObjectsV2CommandOutput[] = [];
    for await (const page of paginateListObjectsV2({ client }, asked)) pages.push(page);
    // The paginator stops without a word at a page that has more to tell and no token.
    return { pages, isWhole: pages.at(-1)?.IsTruncated === false };
  } catch (error) {
    throw explain(error, { client, name }, { action: 's3:ListBucket' });
  }
}
