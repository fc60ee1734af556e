/**
 * Builds that are complete trees (`layout: tree`): what an app pools lies below their own prefix as well, so
 * that a build can be browsed, copied or served by something that knows no pool.
 */
import { isUntrusted } from '../state/build.ts';
import type { Manifest, ManifestFile } from '../state/manifest.ts';
import { keyOf, sharedKeyOf } from './layout.ts';
import { locate } from './locate.ts';

type Published = Pick<Manifest, 'app' | 'build' | 'settings' | 'files'>;

/** A pooled file as it lies below the prefix of a complete tree; undefined: it lies in one place only. */
export function treeFileOf(
  { settings }: Pick<Published, 'settings'>,
  file: ManifestFile,
): ManifestFile | undefined {
  const isTwice = settings.layout === 'tree' && file.location === 'pool';
  return isTwice ? { ...file, location: 'build' } : undefined;
}

/** Every object of a build, in each place that it has. */
export function storedFilesOf(
  build: Pick<Published, 'settings' | 'files'>,
): readonly ManifestFile[] {
  return build.files.flatMap((file) => {
    const twin = treeFileOf(build, file);
    return twin === undefined ? [file] : [file, twin];
  });
}

/** An object with a file's bytes, by the ETag that it should have. */
export interface CopySource {
  readonly source: string;
  readonly etag: string;
}

/**
 * Where a tree's files can be copied from: the pool, or the builds that it is based on. Only those of the same
 * trust: the roles of pull requests may read no others, and what they wrote is no source for a protected build.
 */
export class CopySources {
  readonly #build: Published;
  /** By SHA-256: a file that was only renamed is found, too. */
  readonly #found = new Map<string, CopySource>();

  constructor(build: Published, bases: readonly Published[]) {
    this.#build = build;
    if (build.settings.layout !== 'tree') return;
    for (const base of bases) {
      if (isUntrusted(base.build) !== isUntrusted(build.build)) continue;
      for (const file of base.files.filter(isOneObject)) {
        this.#found.set(file.sha256, { source: keyOf(base, file), etag: file.etag });
      }
    }
  }

  /** In the order in which they are worth a try. */
  list(file: ManifestFile): readonly CopySource[] {
    const build = this.#build;
    const { etag, sha256, path, location } = file;
    if (build.settings.layout !== 'tree' || location === 'pool' || !isOneObject(file)) return [];
    const pooled = { ...file, location: locate(build.settings, path) };
    if (pooled.location === 'pool') {
      const keys = [sharedKeyOf(build, pooled), keyOf(build, pooled)];
      return keys.flatMap((source) => (source === undefined ? [] : [{ source, etag }]));
    }
    const found = this.#found.get(sha256);
    return found === undefined ? [] : [found];
  }
}

/** The ETag of what was sent in parts is one of its parts, and a copy has none. */
function isOneObject({ partSize }: ManifestFile): boolean {
  return partSize === undefined;
}
