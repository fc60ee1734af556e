import { AbortMultipartUploadCommand, type S3Client } from '@aws-sdk/client-s3';
import type { UnfinishedUploads } from '../../../ports/unfinished-uploads.ts';
import { listUnfinished } from './large/calls.ts';
import { explain, outline } from './objects.ts';

export function createUnfinishedUploads(client: S3Client, name: string): UnfinishedUploads {
  const bucket = { client, name };
  return {
    list: (prefix) => listUnfinished(bucket, prefix),
    async abort({ key, id }) {
      try {
        const upload = { Bucket: name, Key: key, UploadId: id };
        await client.send(new AbortMultipartUploadCommand(upload));
      } catch (error) {
        if (outline(error).name === 'NoSuchUpload') return;
        throw explain(error, bucket, { action: 's3:AbortMultipartUpload', key });
      }
    },
  };
}
