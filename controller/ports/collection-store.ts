import type { StoredEntry } from '../core/gc/facts.ts';

/** A listing; not whole: something cut it short, so that what it lacks may be there. */
export interface Listed<Entry> {
  readonly found: readonly Entry[];
  readonly isWhole: boolean;
}

/** One bucket, for the collection of what nothing needs: the only port that can delete any object. */
export interface CollectionStore {
  /** All objects below a prefix. */
  list(prefix: string): Promise<Listed<StoredEntry>>;
  /** Names of the folders right below a prefix. */
  folders(prefix: string): Promise<Listed<string>>;
  read(key: string): Promise<{ bytes: Uint8Array; revision: string } | undefined>;
  /** JSON. Compare-and-set: `revision` undefined means it must not exist yet. undefined: it doesn't hold. */
  write(key: string, body: Uint8Array, revision: string | undefined): Promise<string | undefined>;
  /** Those that are gone already are no error. `isFresh`: asked each time before anything is sent; false: it throws. */
  remove(keys: readonly string[], isFresh: () => boolean): Promise<void>;
  /** Only what was read or listed; another object there stays. */
  removeIf(key: string, revision: string): Promise<void>;
}
