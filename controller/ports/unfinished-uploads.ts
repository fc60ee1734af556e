import type { UnfinishedUpload } from '../core/gc/unfinished.ts';
import type { Listed } from './collection-store.ts';

/** Files that are sent in parts and not yet complete, of one bucket. */
export interface UnfinishedUploads {
  /** All below a prefix. */
  list(prefix: string): Promise<Listed<UnfinishedUpload>>;
  /** With all its parts; one that is completed or gone already is no error. */
  abort(upload: UnfinishedUpload): Promise<void>;
}
