import type { S3Client } from '@aws-sdk/client-s3';
import type { PageStore } from '../../../ports/page-store.ts';
import { headObject, writeObject } from './objects.ts';

export function createPageStore(client: S3Client, name: string): PageStore {
  const bucket = { client, name };
  return {
    async size(key) {
      const head = await headObject(bucket, key);
      return head && (head.ContentLength ?? 0);
    },
    async write(page) {
      await writeObject(bucket, page, 'any');
    },
  };
}
