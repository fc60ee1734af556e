import type { S3Client } from '@aws-sdk/client-s3';
import type { PageStore } from '../../../ports/page-store.ts';
import { writeObject } from './objects.ts';

export function createPageStore(client: S3Client, name: string): PageStore {
  return {
    async write(page) {
      await writeObject({ client, name }, page, 'any');
    },
  };
}
