import { createHash } from 'node:crypto';

export interface MemoryObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly etag: string;
  readonly modified: Date;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly metadata: Readonly<Record<string, string>>;
}

type Headers = Pick<MemoryObject, 'contentType' | 'cacheControl' | 'metadata'>;

/** `absent`: create only. An ETag: replace only that. */
type Condition = 'absent' | 'any' | { readonly etag: string };

const PLAIN: Headers = { contentType: 'application/json', cacheControl: 'no-cache', metadata: {} };

/** A bucket for thousands of histories: what S3 does with keys and conditions, and nothing around it. */
export class MemoryBucket {
  /** Milliseconds; only tests move it. */
  now = Date.parse('2026-03-01T00:00:00Z');
  readonly #objects: Map<string, MemoryObject>;
  #sorted: readonly string[] | undefined;

  constructor(objects: ReadonlyMap<string, MemoryObject> = new Map()) {
    this.#objects = new Map(objects);
  }

  /** As it is now; each then goes its own way. */
  copy(): MemoryBucket {
    const copied = new MemoryBucket(this.#objects);
    copied.now = this.now;
    return copied;
  }

  has(key: string): boolean {
    return this.#objects.has(key);
  }

  get(key: string): MemoryObject | undefined {
    return this.#objects.get(key);
  }

  /** Its ETag; undefined: the condition doesn't hold. */
  put(
    key: string,
    body: Uint8Array,
    { condition, headers = PLAIN }: { readonly condition: Condition; readonly headers?: Headers },
  ): string | undefined {
    const present = this.#objects.get(key);
    if (condition === 'absent' && present !== undefined) return undefined;
    if (typeof condition === 'object' && condition.etag !== present?.etag) return undefined;
    const etag = createHash('md5').update(body).digest('hex');
    const { contentType, cacheControl, metadata } = headers;
    const modified = new Date(this.now);
    if (present === undefined) this.#sorted = undefined;
    this.#objects.set(key, { key, body, etag, modified, contentType, cacheControl, metadata });
    return etag;
  }

  /** false: the condition doesn't hold. */
  remove(key: string, etag?: string): boolean {
    if (etag !== undefined && this.#objects.get(key)?.etag !== etag) return false;
    if (this.#objects.delete(key)) this.#sorted = undefined;
    return true;
  }

  list(prefix: string): readonly MemoryObject[] {
    this.#sorted ??= [...this.#objects.keys()].toSorted();
    return this.#sorted.flatMap((key) => {
      const object = key.startsWith(prefix) ? this.#objects.get(key) : undefined;
      return object ?? [];
    });
  }

  folders(prefix: string): readonly string[] {
    const names = this.list(prefix).flatMap(({ key }) => {
      const end = key.indexOf('/', prefix.length);
      return end < 0 ? [] : key.slice(prefix.length, end);
    });
    return [...new Set(names)];
  }
}
