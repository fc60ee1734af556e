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
export class BucketStore {
  readonly #disk: Disk;
  readonly #buckets = new Map<string, Bucket>();
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #sorted = new Map<string, readonly string[]>();

  constructor(disk: Disk) {
    this.#disk = disk;
    for (const name of disk.list('s3/buckets')) {
      const bucket = disk.read<Bucket>(name);
      if (bucket !== undefined) this.#load(bucket);
    }
  }

  bucket(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  buckets(): readonly Bucket[] {
    return [...this.#buckets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  saveBucket(bucket: Bucket): void {
    this.#disk.write(`s3/buckets/${bucket.name}`, bucket);
    this.#buckets.set(bucket.name, bucket);
  }

  object(bucket: string, key: string): StoredObject | undefined {
    return this.#objectsOf(bucket).get(key);
  }

  /** In UTF-8 byte order, as S3 lists them. */
  keys(bucket: string): readonly string[] {
    const keys = this.#sorted.get(bucket) ?? sortKeys([...this.#objectsOf(bucket).keys()]);
    this.#sorted.set(bucket, keys);
    return keys;
  }

  body(object: StoredObject): Buffer {
    const bytes = this.#disk.readBytes(object.body);
    if (bytes === undefined) throw new Error(`the body of ${object.key} is gone from the disk`);
    return bytes;
  }

  saveObject(bucket: string, described: NewObject, bytes: Buffer): void {
    // The new body has a name of its own: until its description is written, the old object stands.
    const object = { ...described, size: bytes.length, body: `s3/bodies/${randomUUID()}` };
    const former = this.object(bucket, object.key);
    this.#disk.writeBytes(object.body, bytes);
    this.#disk.write(documentOf(bucket, object.key), object);
    this.#objectsOf(bucket).set(object.key, object);
    if (former === undefined) this.#sorted.delete(bucket);
    else this.#disk.removeBytes(former.body);
  }

  removeObject(bucket: string, key: string): void {
    const former = this.object(bucket, key);
    if (former === undefined) return;
    this.#disk.remove(documentOf(bucket, key));
    this.#disk.removeBytes(former.body);
    this.#objectsOf(bucket).delete(key);
    this.#sorted.delete(bucket);
  }

  #objectsOf(bucket: string): Map<string, StoredObject> {
    const objects = this.#objects.get(bucket) ?? new Map<string, StoredObject>();
    this.#objects.set(bucket, objects);
    return objects;
  }

  #load(bucket: Bucket): void {
    this.#buckets.set(bucket.name, bucket);
    for (const name of this.#disk.list(`s3/objects/${bucket.name}`)) {
      const object = this.#disk.read<StoredObject>(name);
      if (object !== undefined) this.#objectsOf(bucket.name).set(object.key, object);
    }
  }
}

/** Keys may be longer than a file name, so their hash names the document. */
function documentOf(bucket: string, key: string): string {
  return `s3/objects/${bucket}/${createHash('sha256').update(key).digest('hex')}`;
}

function sortKeys(keys: readonly string[]): readonly string[] {
  return keys
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key }) => key);
}
