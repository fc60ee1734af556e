import type { Manifest, ManifestFile } from '../state/manifest.ts';
import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import { headersOf, keyOf, type Named, type ObjectHeaders } from './layout.ts';
import { countFiles } from './report.ts';
import { renderFile, renderSettings } from './manifest-text.ts';

/** How a published build differs from what the same number would be now. */
interface ManifestDifference {
  /** Paths that are in one only, or in both with other bytes, type, place or cache class. */
  readonly paths: readonly string[];
  readonly settings: boolean;
}

export function compareManifests(published: Manifest, wanted: Manifest): ManifestDifference {
  const before = new Map(published.files.map((file) => [file.path, renderFile(file)]));
  const changed = wanted.files.filter((file) => before.get(file.path) !== renderFile(file));
  const kept = new Set(wanted.files.map((file) => file.path));
  const removed = published.files.filter((file) => !kept.has(file.path));
  return {
    paths: [...changed, ...removed].map((file) => file.path).toSorted(),
    settings: renderSettings(published.settings) !== renderSettings(wanted.settings),
  };
}

/** An object that is already stored under a key that a file wants. */
interface Occupant extends ObjectHeaders {
  /** Where it is, if not where the build's publisher stores the file. */
  readonly key?: string;
  readonly size: number;
  readonly sha256: string;
}

/** A file whose key is taken by something else; create-only storage can't hold both. */
export interface Clash {
  readonly file: ManifestFile;
  readonly key: string;
  readonly differences: readonly string[];
}

/** undefined: what is stored is this very file, published before, and serves as it is. */
export function findClash(build: Named, file: ManifestFile, stored: Occupant): Clash | undefined {
  const headers = headersOf(build, file);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['size', stored.size, file.size],
    ['SHA-256', stored.sha256.slice(0, 16), file.sha256.slice(0, 16)],
    ['content type', stored.contentType, headers.contentType],
    ['cache control', stored.cacheControl, headers.cacheControl],
    ['build', stored.metadata[BUILD_METADATA], headers.metadata[BUILD_METADATA]],
  ];
  const differences = pairs
    .filter(([, there, here]) => there !== here)
    .map(([what, there, here]) => `${what}: stored ${String(there)}, here ${String(here)}`);
  return differences.length === 0
    ? undefined
    : { file, key: stored.key ?? keyOf(build, file), differences };
}

/** What to tell the publisher: every clash, and the way out of each kind. */
export function renderClashes(clashes: readonly Clash[]): { message: string; next: string } {
  const shown = clashes
    .slice(0, 10)
    .flatMap(({ file, key, differences }) => [
      `  ${file.path} and the stored ${key} differ`,
      ...differences.map((difference) => `    ${difference}`),
    ]);
  const more = clashes.length > 10 ? [`  and ${clashes.length - 10} more`] : [];
  const pooled = clashes.filter(({ file }) => file.location === 'pool');
  const message = [
    `${countFiles(clashes.length)} cannot be stored: the name is taken by other content, and nothing stored is ever overwritten.`,
    ...shown,
    ...more,
  ].join('\n');
  return { message, next: pooled.length > 0 ? excludeAdvice(pooled) : NEW_NUMBER };
}

export const NEW_NUMBER = 'Publish it under a new build number.';

/** A policy takes this many patterns. */
const PATTERNS_LIMIT = 5;

function excludeAdvice(pooled: readonly Clash[]): string {
  const patterns = pooled.slice(0, PATTERNS_LIMIT).map(({ file }) => `"${patternOf(file.path)}"`);
  return [
    'A pooled file is shared by all builds, so its name must change when its content does (a content hash).',
    "Name it so, or take it out of the pool in the app's policy, merge that, and publish again:",
    `  pool: { ..., exclude: [${patterns.join(', ')}] }`,
  ].join('\n');
}

/** A pattern takes only some characters, and CloudFront sees the rest percent-encoded: `*` stands for both. */
function patternOf(path: string): string {
  return `/${path.replaceAll(/[^A-Za-z0-9_.$/~'@:+&-]+/g, '*')}`;
}
