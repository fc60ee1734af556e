import { isUntrusted } from '../state/build.ts';
import type { Manifest, ManifestFile } from '../state/manifest.ts';
import { keyOf, sharedKeyOf } from './layout.ts';

/** Keys of pooled files that these builds have with the same bytes and headers. */
export function findKnown(wanted: Manifest, bases: readonly Manifest[]): ReadonlySet<string> {
  const stored = new Map(
    bases.flatMap((base) =>
      base.files.flatMap((file) =>
        file.location === 'pool' ? [[keyOf(base, file), file] as const] : [],
      ),
    ),
  );
  const known = new Set<string>();
  for (const file of wanted.files) {
    if (file.location !== 'pool') continue;
    for (const key of [sharedKeyOf(wanted, file), keyOf(wanted, file)]) {
      const there = key === undefined ? undefined : stored.get(key);
      if (key !== undefined && there !== undefined && isSame(there, file)) known.add(key);
    }
  }
  return known;
}

/**
 * ETags by SHA-256, of files that were sent in one request: equal bytes have equal ones, and an MD5 takes twice as
 * long as a SHA-256. Not of what Headgate did not compute, nor of what pull requests wrote.
 */
export function listEtags(builds: readonly Manifest[]): readonly (readonly [string, string])[] {
  const computed = builds.filter(
    ({ version, build, made }) => version > 1 && made?.adopted !== true && !isUntrusted(build),
  );
  return computed.flatMap(({ files }) =>
    files.flatMap(({ sha256, etag, partSize }) =>
      partSize === undefined ? [[sha256, etag] as const] : [],
    ),
  );
}

function isSame(there: ManifestFile, file: ManifestFile): boolean {
  return (
    there.sha256 === file.sha256 &&
    there.size === file.size &&
    there.contentType === file.contentType &&
    there.cacheClass === file.cacheClass
  );
}
