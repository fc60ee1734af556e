import { BucketStore, type StoredObject } from '../../../controller/local/s3/bucket-store.ts';
import { createS3, type S3 } from '../../../controller/local/s3/s3.ts';
import type { Disk } from '../../../controller/local/service.ts';
import { createMemoryDisk } from '../../fakes/cloud/memory-disk.ts';

export const BUCKET = 'builds';
export const REGION = 'us-east-1';

export interface Held extends Pick<
  StoredObject,
  'key' | 'headers' | 'metadata' | 'modified' | 'etag'
> {
  readonly body: Buffer;
}

/** An S3 in memory with one bucket, and a look into it that asks nobody. */
export interface Bucket {
  readonly s3: S3;
  objects(): ReadonlyMap<string, Held>;
  /** The same bucket, from now on apart; `change`: what is there otherwise, undefined takes it away. */
  fork(change?: (object: StoredObject) => StoredObject | undefined): Bucket;
  /** Without conditions, as an administrator. */
  put(key: string, body: string | Buffer): Promise<void>;
  remove(key: string): Promise<void>;
}

/** In the order of keys. */
function readAll(disk: Disk): ReadonlyMap<string, Held> {
  const store = new BucketStore(disk);
  const found = store.keys(BUCKET).flatMap((key) => store.object(BUCKET, key) ?? []);
  return new Map(found.map((one) => [one.key, { ...one, body: store.body(one) }]));
}

const clock = { now: () => new Date(), speed: 1 };

export function createBucket(): Bucket {
  const disk = createMemoryDisk();
  new BucketStore(disk).saveBucket({ name: BUCKET, region: REGION, created: '2026-01-01' });
  return openBucket(disk);
}

function openBucket(disk: Disk): Bucket {
  let seen: ReadonlyMap<string, Held> | undefined;
  const afresh = (change: () => void): void => {
    seen = undefined;
    change();
  };
  const watched: Disk = {
    ...disk,
    write: (name, value) => afresh(() => disk.write(name, value)),
    remove: (name) => afresh(() => disk.remove(name)),
  };
  const s3 = createS3({ disk: watched, clock });
  const ask = async (method: string, key: string, body: Buffer) => {
    const path = `/${BUCKET}/${key.split('/').map(encodeURIComponent).join('/')}`;
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const plain = { query: new URLSearchParams(), region: REGION, requestId: '1' };
    await s3.handle({ method, path, headers, body, ...plain });
  };
  return {
    s3,
    objects: () => (seen ??= readAll(disk)),
    fork(change = (object) => object) {
      const from = new BucketStore(disk);
      const forked = createMemoryDisk();
      const to = new BucketStore(forked);
      for (const bucket of from.buckets()) to.saveBucket(bucket);
      for (const key of from.keys(BUCKET)) {
        const object = from.object(BUCKET, key);
        const changed = object && change(object);
        if (changed) to.saveObject(BUCKET, changed, from.body(changed));
      }
      return openBucket(forked);
    },
    put: (key, body) => ask('PUT', key, Buffer.from(body)),
    remove: (key) => ask('DELETE', key, Buffer.alloc(0)),
  };
}
