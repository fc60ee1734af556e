import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestCloud } from '../../../local/harness.ts';

export const BUCKET = 'acme-web-builds';

/** A client for an empty bucket in a local cloud of its own. */
export async function openTestBucket(): Promise<{ client: S3Client; close(): Promise<void> }> {
  const cloud = await startTestCloud();
  const client = new S3Client(cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return {
    client,
    async close() {
      client.destroy();
      await cloud.close();
    },
  };
}

/** A client for an endpoint that answers every request alike: what no real bucket does on demand. `bodies`: filled before each answer. */
export async function openScriptedS3(
  answer: RequestListener,
  bodies = new Map<unknown, string>(),
  maxAttempts = 1,
): Promise<{ client: S3Client; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.set(request, Buffer.concat(chunks).toString());
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    client,
    async close() {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
