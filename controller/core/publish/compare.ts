import type { Manifest, ManifestFile } from '../state/manifest.ts';
import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import type { Clash } from './clash.ts';
import { headersOf, keyOf, type Named, type ObjectHeaders } from './layout.ts';
import { renderSettings } from './manifest-text.ts';

/** How a published build differs from what the same number would be now. */
interface ManifestDifference {
  /** Paths that are in one only, or in both with other bytes, type, place or cache class. */
  readonly paths: readonly string[];
  readonly settings: boolean;
}

export function compareManifests(published: Manifest, wanted: Manifest): ManifestDifference {
  const before = new Map(published.files.map((file) => [file.path, file]));
  const changed = wanted.files.filter((file) => {
    const there = before.get(file.path);
    return there === undefined || !isSame(there, adaptTo(published, there, file));
  });
  const kept = new Set(wanted.files.map((file) => file.path));
  const removed = published.files.filter((file) => !kept.has(file.path));
  return {
    paths: [...changed, ...removed].map((file) => file.path).toSorted(),
    settings: renderSettings(published.settings) !== renderSettings(wanted.settings),
  };
}

/** Not the ETag: the same bytes have another one since they are sent in parts. */
function isSame(there: ManifestFile, file: ManifestFile): boolean {
  return (
    there.sha256 === file.sha256 &&
    there.size === file.size &&
    there.location === file.location &&
    there.contentType === file.contentType &&
    there.cacheClass === file.cacheClass
  );
}

/** When there was no version but 1, source maps were public: such a build is what it was. */
function adaptTo(published: Manifest, there: ManifestFile, file: ManifestFile): ManifestFile {
  if (published.version !== 1 || file.location !== 'private') return file;
  const { location, contentType, cacheClass } = there;
  return { ...file, location, contentType, cacheClass };
}

/** An object that is already stored under a key that a file wants. */
interface Occupant extends ObjectHeaders {
  /** Where it is, if not where the build's publisher stores the file. */
  readonly key?: string;
  readonly size: number;
  readonly sha256: string;
}

/** undefined: what is stored is this very file, published before, and serves as it is. */
export function findClash(build: Named, file: ManifestFile, stored: Occupant): Clash | undefined {
  const headers = headersOf(build, file);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['size', stored.size, file.size],
    ['SHA-256', stored.sha256.slice(0, 16), file.sha256.slice(0, 16)],
    ['content type', stored.contentType, headers.contentType],
    ['content encoding', stored.contentEncoding || 'none', 'none'],
    ['cache control', stored.cacheControl, headers.cacheControl],
    ['build', stored.metadata[BUILD_METADATA], headers.metadata[BUILD_METADATA]],
  ];
  const differences = pairs
    .filter(([, there, here]) => there !== here)
    .map(([what, there, here]) => `${what}: stored ${String(there)}, here ${String(here)}`);
  if (differences.length === 0) return undefined;
  const sameBytes = stored.size === file.size && stored.sha256 === file.sha256;
  return { file, key: stored.key ?? keyOf(build, file), stored, sameBytes, differences };
}
