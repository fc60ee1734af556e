import type { Upload } from './upload-store.ts';

/** Waiting and error pages: unlike builds they may change. */
export interface PageStore {
  /** Bytes of the page with this key; undefined: there is none. */
  size(key: string): Promise<number | undefined>;
  /** Creates the page, or replaces what is there. */
  write(page: Upload): Promise<void>;
}
