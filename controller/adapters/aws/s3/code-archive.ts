import type { S3Client } from '@aws-sdk/client-s3';
import { keys } from '../../../core/state/keys.ts';
import type { CodeArchive } from '../../../ports/edge-code.ts';
import { headObject, readObject, writeObject } from './objects.ts';

export function createCodeArchive(client: S3Client, name: string): CodeArchive {
  const bucket = { client, name };
  return {
    async has(hash) {
      return (await headObject(bucket, keys.edgeCode(hash))) !== undefined;
    },
    async write(hash, code) {
      const object = {
        key: keys.edgeCode(hash),
        body: Buffer.from(code),
        contentType: 'text/javascript; charset=utf-8',
      };
      // The hash names the code: one that is there already is the same.
      await writeObject(bucket, object, 'absent');
    },
    async read(hash) {
      const object = await readObject(bucket, keys.edgeCode(hash));
      return object && Buffer.from(object.bytes).toString();
    },
  };
}
