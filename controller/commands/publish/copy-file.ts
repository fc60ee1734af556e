import { headersOf, keyOf } from '../../core/publish/layout.ts';
import { CopySources } from '../../core/publish/tree.ts';
import type { Manifest, ManifestFile } from '../../core/state/manifest.ts';
import type { UploadStore } from '../../ports/upload-store.ts';

interface CopyJob {
  readonly build: Manifest;
  readonly bases: readonly Manifest[];
  readonly store: Pick<UploadStore, 'copy'>;
}

/**
 * In a bucket that KMS encrypts no ETag is the one of the manifest: after so many sources that are "another
 * object", and none that isn't, asking again would double the requests of a publish.
 */
const ENOUGH = 8;

/** Makes files of complete trees from objects that are there already; builds of other layouts have none. */
export class FileCopies {
  readonly #job: CopyJob;
  readonly #sources: CopySources;
  #made = 0;
  #changed = 0;

  constructor(job: CopyJob) {
    this.#job = job;
    this.#sources = new CopySources(job.build, job.bases);
  }

  /** Whether the object was created; `unknown`: there is nothing to copy, so the bytes must be sent. */
  async make(file: ManifestFile): Promise<boolean | 'unknown'> {
    const { build, store } = this.#job;
    const sources = this.#sources.list(file);
    if (sources.length === 0 || (this.#made === 0 && this.#changed >= ENOUGH)) return 'unknown';
    for (const { source, etag } of sources) {
      const { sha256 } = file;
      const key = keyOf(build, file);
      const copied = await store.copy({ key, source, etag, sha256, ...headersOf(build, file) });
      if (copied === 'changed') continue;
      this.#made += 1;
      return copied.created;
    }
    this.#changed += 1;
    return 'unknown';
  }
}
