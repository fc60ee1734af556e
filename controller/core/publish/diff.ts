import type { Manifest, ManifestFile, PublishSettings } from '../state/manifest.ts';
import type { FilePair } from './stamps.ts';

/** Files and their bytes. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** A path that both builds have, not the same. */
export interface FileChange extends FilePair {
  /** `bytes`, `content type`, `cache class`, `place`. */
  readonly what: readonly string[];
}

/** What changes from one build to another. */
export interface BuildDifference {
  readonly added: readonly ManifestFile[];
  readonly removed: readonly ManifestFile[];
  readonly changed: readonly FileChange[];
  readonly unchanged: Amount;
  /** What the second brought into the pool, against the first. */
  readonly newInPool: Amount;
  /** `spa: true -> false`. */
  readonly settings: readonly string[];
}

export function diffManifests(before: Manifest, after: Manifest): BuildDifference {
  const old = new Map(before.files.map((file) => [file.path, file]));
  const kept = new Set(after.files.map(({ path }) => path));
  const common = after.files.flatMap((file): readonly FileChange[] => {
    const was = old.get(file.path);
    return was === undefined ? [] : [{ before: was, after: file, what: compareFile(was, file) }];
  });
  const pooled = new Set(before.files.filter(isPooled).map(nameContent));
  return {
    added: after.files.filter(({ path }) => !old.has(path)).toSorted(byPath),
    removed: before.files.filter(({ path }) => !kept.has(path)).toSorted(byPath),
    changed: common
      .filter(({ what }) => what.length > 0)
      .toSorted((a, b) => byPath(a.after, b.after)),
    unchanged: amountOf(common.filter(({ what }) => what.length === 0).map((one) => one.after)),
    newInPool: amountOf(
      after.files.filter((file) => isPooled(file) && !pooled.has(nameContent(file))),
    ),
    settings: compareSettings(before.settings, after.settings),
  };
}

export function amountOf(files: readonly Pick<ManifestFile, 'size'>[]): Amount {
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

function compareFile(before: ManifestFile, after: ManifestFile): readonly string[] {
  const pairs = [
    ['bytes', before.sha256, after.sha256],
    ['content type', before.contentType, after.contentType],
    ['cache class', before.cacheClass, after.cacheClass],
    ['place', before.location, after.location],
  ] as const;
  return pairs
    .filter(([, was, is]) => was !== is)
    .map(([what, was, is]) => (what === 'bytes' ? what : `${what}: ${was} -> ${is}`));
}

function compareSettings(before: PublishSettings, after: PublishSettings): readonly string[] {
  const was = new Map<string, unknown>(Object.entries(before));
  const is = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [one, other] = [show(was.get(name)), show(is.get(name))];
    return one === other ? [] : [`${name}: ${one} -> ${other}`];
  });
}

function show(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

function isPooled({ location }: ManifestFile): boolean {
  return location === 'pool';
}

function nameContent({ path, sha256 }: ManifestFile): string {
  return `${sha256} ${path}`;
}

function byPath(a: ManifestFile, b: ManifestFile): number {
  return a.path < b.path ? -1 : 1;
}
