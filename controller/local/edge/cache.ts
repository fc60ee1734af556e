import type { Headers } from './time-to-live.ts';

/** An answer as the cache keeps it. Times are milliseconds since the epoch. */
export interface Entry {
  readonly status: number;
  /** What the origin said, before error pages: decides whether viewer-response runs. */
  readonly originStatus: number;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly storedAt: number;
  readonly expiresAt: number;
}

export interface Cache {
  get(key: string): Entry | undefined;
  set(key: string, entry: Entry): void;
}

const BYTES_LIMIT = 256 * 1024 * 1024;

/** Keeps entries in memory, expired ones too (they can be revalidated); the oldest leave first. */
export function createCache(limit = BYTES_LIMIT): Cache {
  const entries = new Map<string, Entry>();
  let size = 0;
  const remove = (key: string) => {
    size -= entries.get(key)?.body.length ?? 0;
    entries.delete(key);
  };
  return {
    get: (key) => entries.get(key),
    set(key, entry) {
      remove(key);
      entries.set(key, entry);
      size += entry.body.length;
      for (const oldest of entries.keys()) {
        if (size <= limit) break;
        remove(oldest);
      }
    },
  };
}
