import type { S3Client } from '@aws-sdk/client-s3';
import type { PublishNotes } from '../../../ports/publish-notes.ts';
import { deleteObjects } from './delete-objects.ts';
import { headObject, listObjects, readObject, writeObject } from './objects.ts';

export function createPublishNotes(client: S3Client, name: string): PublishNotes {
  const bucket = { client, name };
  const like = { contentType: 'application/json', cacheControl: 'no-cache' };
  return {
    async read(key) {
      const object = await readObject(bucket, key);
      return object && Buffer.from(object.bytes).toString();
    },
    modified: async (key) => (await headObject(bucket, key))?.LastModified,
    async write(key, text) {
      await writeObject(bucket, { key, body: Buffer.from(text), ...like }, 'any');
    },
    remove: (key) => deleteObjects(bucket, [key]),
    async folders(prefix) {
      const { prefixes } = await listObjects(bucket, prefix, '/');
      return prefixes.map((folder) => folder.slice(prefix.length, -1));
    },
  };
}
