import { S3Client } from '@aws-sdk/client-s3';
import type { UploadStore } from '../../controller/ports/upload-store.ts';
import { startFaultyS3, type FaultyS3 } from '../fakes/s3-faults.ts';

export const SHORT = { connectionTimeout: 300, socketTimeout: 300 };

/** A faulty S3 and an engine for its bucket `acme`, with temporary credentials and little patience, or none to lose. */
export async function openFaulty(
  create: (client: S3Client, bucket: string) => UploadStore,
  requestHandler: object = SHORT,
): Promise<{ s3: FaultyS3; store: UploadStore; client: S3Client; close(): Promise<void> }> {
  const s3 = await startFaultyS3();
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 4,
    requestHandler,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'token' },
  });
  hurry(client);
  return {
    s3,
    client,
    store: create(client, 'acme'),
    async close() {
      client.destroy();
      await s3.close();
    },
  };
}

/** Tries again as often as ever, without the waits in between. */
export function hurry({ config }: S3Client): void {
  const usual = config.retryStrategy;
  config.retryStrategy = async () => {
    const strategy = await usual();
    const backOff: unknown = Reflect.get(strategy, 'retryBackoffStrategy');
    if (typeof backOff !== 'object' || backOff === null) throw new Error('the SDK waits otherwise');
    Object.assign(backOff, { computeNextBackoffDelay: () => 0 });
    return strategy;
  };
}
