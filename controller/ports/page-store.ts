import type { Upload } from './upload-store.ts';

/** Waiting and error pages: unlike builds they may change. */
export interface PageStore {
  /** Creates the page, or replaces what is there. */
  write(page: Upload): Promise<void>;
}
