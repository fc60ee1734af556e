import { createHash, randomUUID } from 'node:crypto';
import type { Disk } from '../service.ts';
import type { SettingValue } from './bucket-settings.ts';
import type { Policy } from './policy.ts';

export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** ISO 8601. */
  readonly created: string;
  readonly policy?: Policy;
  /** By the query parameter that it is put with: `lifecycle`. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
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
  /** Name of the body on disk; of several, in order, when it was sent in parts. */
  readonly body: string | readonly Piece[];
}

/** A part of an object's bytes, on disk by itself: an object may be larger than memory. */
export interface Piece {
  readonly body: string;
  readonly size: number;
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

  /** It has to be empty. */
  removeBucket(name: string): void {
    this.#disk.remove(`s3/buckets/${name}`);
    this.#buckets.delete(name);
    this.#objects.delete(name);
    this.#sorted.delete(name);
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

  /** All of an object in memory. */
  body(object: StoredObject): Buffer {
    const pieces = [...this.pieces(object, { first: 0, last: object.size - 1 })];
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }

  /** The bytes from `first` to `last`, read from disk as they are taken. */
  *pieces(
    object: StoredObject,
    { first, last }: { readonly first: number; readonly last: number },
  ): Generator<Buffer> {
    let start = 0;
    for (const { body, size } of piecesOf(object)) {
      const end = start + size;
      if (first < end && last >= start) {
        yield this.#readPiece(object, body).subarray(Math.max(0, first - start), last + 1 - start);
      }
      start = end;
    }
  }

  saveObject(bucket: string, described: NewObject, bytes: Buffer): void {
    const [body, size] = [this.writePiece(bytes), bytes.length];
    this.#describe(bucket, { ...described, size, body });
  }

  /** An object of what was written piece by piece. */
  joinObject(bucket: string, described: NewObject, pieces: readonly Piece[]): void {
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const body = pieces.map((piece) => ({ body: piece.body, size: piece.size }));
    this.#describe(bucket, { ...described, size, body });
  }

  /** Returns its name, which is its own: until a description names it, what stood there stands. */
  writePiece(bytes: Buffer): string {
    const name = `s3/bodies/${randomUUID()}`;
    this.#disk.writeBytes(name, bytes);
    return name;
  }

  removePiece(name: string): void {
    this.#disk.removeBytes(name);
  }

  removeObject(bucket: string, key: string): void {
    const former = this.object(bucket, key);
    if (former === undefined) return;
    this.#disk.remove(documentOf(bucket, key));
    for (const { body } of piecesOf(former)) this.#disk.removeBytes(body);
    this.#objectsOf(bucket).delete(key);
    this.#sorted.delete(bucket);
  }

  #describe(bucket: string, object: StoredObject): void {
    const former = this.object(bucket, object.key);
    this.#disk.write(documentOf(bucket, object.key), object);
    this.#objectsOf(bucket).set(object.key, object);
    if (former === undefined) this.#sorted.delete(bucket);
    else for (const { body } of piecesOf(former)) this.#disk.removeBytes(body);
  }

  #readPiece({ key }: StoredObject, name: string): Buffer {
    const bytes = this.#disk.readBytes(name);
    if (bytes === undefined) throw new Error(`the body of ${key} is gone from the disk`);
    return bytes;
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

function piecesOf({ body, size }: StoredObject): readonly Piece[] {
  return typeof body === 'string' ? [{ body, size }] : body;
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
