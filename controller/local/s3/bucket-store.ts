import { createHash, randomUUID } from 'node:crypto';
import type { Disk } from '../service.ts';
import type { Policy } from './policy.ts';

export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** ISO 8601. */
  readonly created: string;
  readonly policy?: Policy;
}

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** ISO 8601, whole seconds. */
  readonly modified: string;
  /** Content-Type, Cache-Control and the like, lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Base64 by algorithm; what the writer sent. */
  readonly checksums: Readonly<Record<string, string>>;
  /** Name of the body on disk. */
  readonly body: string;
}

export type NewObject = Omit<StoredObject, 'size' | 'body'>;

/** Buckets and their objects: descriptions in memory, everything on disk. */
export interface BucketStore {
  bucket(name: string): Bucket | undefined;
  buckets(): readonly Bucket[];
  saveBucket(bucket: Bucket): void;
  object(bucket: string, key: string): StoredObject | undefined;
  body(object: StoredObject): Buffer;
  saveObject(bucket: string, object: NewObject, body: Buffer): void;
  removeObject(bucket: string, key: string): void;
  /** In UTF-8 byte order, as S3 lists them. */
  keys(bucket: string): readonly string[];
}

export function openBucketStore(disk: Disk): BucketStore {
  const buckets = new Map<string, Bucket>();
  const objects = new Map<string, Map<string, StoredObject>>();
  const sorted = new Map<string, readonly string[]>();
  for (const name of disk.list('s3/buckets')) {
    const bucket = disk.read<Bucket>(name);
    if (bucket !== undefined) buckets.set(bucket.name, bucket);
  }
  for (const name of buckets.keys()) objects.set(name, loadObjects(disk, name));

  return {
    bucket: (name) => buckets.get(name),
    buckets: () => [...buckets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    saveBucket(bucket) {
      disk.write(`s3/buckets/${bucket.name}`, bucket);
      buckets.set(bucket.name, bucket);
      if (!objects.has(bucket.name)) objects.set(bucket.name, new Map());
    },
    object: (bucket, key) => objects.get(bucket)?.get(key),
    body(object) {
      const bytes = disk.readBytes(object.body);
      if (bytes === undefined) throw new Error(`the body of ${object.key} is gone from the disk`);
      return bytes;
    },
    saveObject(bucket, described, bytes) {
      // The new body has a name of its own: until its description is written, the old object stands.
      const object = { ...described, size: bytes.length, body: `s3/bodies/${randomUUID()}` };
      const former = objects.get(bucket)?.get(object.key);
      disk.writeBytes(object.body, bytes);
      disk.write(documentName(bucket, object.key), object);
      objects.get(bucket)?.set(object.key, object);
      if (former === undefined) sorted.delete(bucket);
      else disk.removeBytes(former.body);
    },
    removeObject(bucket, key) {
      const former = objects.get(bucket)?.get(key);
      if (former === undefined) return;
      disk.remove(documentName(bucket, key));
      disk.removeBytes(former.body);
      objects.get(bucket)?.delete(key);
      sorted.delete(bucket);
    },
    keys(bucket) {
      const known = sorted.get(bucket) ?? sortKeys([...(objects.get(bucket)?.keys() ?? [])]);
      sorted.set(bucket, known);
      return known;
    },
  };
}

function loadObjects(disk: Disk, bucket: string): Map<string, StoredObject> {
  const objects = new Map<string, StoredObject>();
  for (const name of disk.list(`s3/objects/${bucket}`)) {
    const object = disk.read<StoredObject>(name);
    if (object !== undefined) objects.set(object.key, object);
  }
  return objects;
}

/** Keys may be longer than a file name, so their hash names the document. */
function documentName(bucket: string, key: string): string {
  return `s3/objects/${bucket}/${createHash('sha256').update(key).digest('hex')}`;
}

function sortKeys(keys: readonly string[]): readonly string[] {
  return keys
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key }) => key);
}
