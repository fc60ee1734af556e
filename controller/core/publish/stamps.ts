import type { ManifestFile } from '../state/manifest.ts';
import type { BuildDifference } from './diff.ts';
import { hashIn, skeletonOf } from './hashed-name.ts';

/** A file of one build and what it became in the next, perhaps under another hash. */
export interface FilePair {
  readonly before: ManifestFile;
  readonly after: ManifestFile;
}

export interface PairTexts extends FilePair {
  readonly texts: readonly [before: string, after: string];
}

/** A version, commit or time that many files carry. */
export interface Stamp {
  readonly before: string;
  readonly after: string;
  readonly files: number;
}

export interface StampReport {
  /** Changed files whose texts were compared. */
  readonly compared: number;
  /** Paths of those that differ by a stamp, and perhaps by hashed names. */
  readonly onlyStamps: readonly string[];
  /** Paths of those that differ by hashed names of files alone, their own or others'. */
  readonly onlyHashes: readonly string[];
  readonly stamps: readonly Stamp[];
  /** What visitors load again for that. */
  readonly bytes: number;
  readonly isLarge: boolean;
}

/** Files with other bytes in the second build, and those that only their hash renamed, as far as names tell. */
export function pairChanged({ added, removed, changed }: BuildDifference): readonly FilePair[] {
  const waiting = new Map<string, ManifestFile[]>();
  for (const file of bySize(removed)) {
    const skeleton = skeletonOf(file.path);
    if (skeleton === undefined) continue;
    const alike = waiting.get(skeleton);
    if (alike) alike.push(file);
    else waiting.set(skeleton, [file]);
  }
  const renamed = bySize(added).flatMap((after): readonly FilePair[] => {
    const before = waiting.get(skeletonOf(after.path) ?? '')?.shift();
    return before === undefined ? [] : [{ before, after }];
  });
  return [...changed.filter(({ what }) => what.includes('bytes')), ...renamed];
}

/** `chunk-1.js` and `chunk-2.js` of one build have one skeleton; those of about one size belong together. */
function bySize(files: readonly ManifestFile[]): readonly ManifestFile[] {
  return files.toSorted((a, b) => b.size - a.size);
}

/** A share of the compared files from which it is worth a warning, and so many files at least. */
const LARGE_SHARE = 0.3;
const LARGE_FILES = 3;

/** More than these in one file are an edit. */
const STAMPS_OF_A_FILE = 3;

/** Which of the changed files changed for nothing. `pairs`: all, for the hashes that they renamed. */
export function findStamps(
  compared: readonly PairTexts[],
  pairs: readonly FilePair[],
): StampReport {
  const renamed = new Map(
    pairs.flatMap(({ before, after }) => {
      const [old, now] = [hashIn(before.path), hashIn(after.path)];
      return old === undefined || now === undefined ? [] : [[old, now] as const];
    }),
  );
  const residues = compared.map(({ after, texts }) => ({
    file: after,
    residue: compareTexts(texts, renamed),
  }));
  const stamps = countStamps(residues.map(({ residue }) => residue));
  const known = new Set(stamps.map(nameStamp));
  const onlyHashes = residues.filter(({ residue }) => residue?.length === 0);
  const onlyStamps = residues.filter(
    ({ residue = [] }) => residue.length > 0 && residue.every((one) => known.has(nameStamp(one))),
  );
  const idle = [...onlyHashes, ...onlyStamps];
  return {
    compared: compared.length,
    onlyStamps: onlyStamps.map(({ file }) => file.path),
    onlyHashes: onlyHashes.map(({ file }) => file.path),
    stamps,
    bytes: idle.reduce((sum, { file }) => sum + file.size, 0),
    isLarge: idle.length >= LARGE_FILES && idle.length >= LARGE_SHARE * compared.length,
  };
}

type Residue = Pick<Stamp, 'before' | 'after'>;

/** Those that most files carry; one file's own is an edit as likely as not. */
function countStamps(residues: readonly (readonly Residue[] | undefined)[]): readonly Stamp[] {
  const counted = new Map<string, Stamp>();
  for (const one of residues.flatMap((residue) => residue ?? [])) {
    const name = nameStamp(one);
    counted.set(name, { ...one, files: (counted.get(name)?.files ?? 0) + 1 });
  }
  return [...counted.values()]
    .filter(({ files }) => files > 1)
    .toSorted((a, b) => b.files - a.files)
    .slice(0, STAMPS_OF_A_FILE);
}

function nameStamp({ before, after }: Residue): string {
  return `${before} ${after}`;
}

/** Times as one token; else runs of letters and digits, with dots and @ inside: `shop@1.4.2`, `index-3f2a1b9c.js`. */
const TOKEN = /\d{4}-\d\d-\d\dT[\d:.]+Z?|[\w+-]+(?:[.@][\w+-]+)*/g;

/**
 * What differs beside hashed names, once each; none: only those do. undefined: the files were edited.
 *
 * Worked example: `import "./a-11aa22bb.js"; v="1.4.1"` and `import "./a-33cc44dd.js"; v="1.4.2"` differ by
 * `1.4.1` and `1.4.2`.
 */
function compareTexts(
  [before, after]: PairTexts['texts'],
  renamed: ReadonlyMap<string, string>,
): readonly Residue[] | undefined {
  if (before === after) return [];
  if (before.replaceAll(TOKEN, '\0') !== after.replaceAll(TOKEN, '\0')) return undefined;
  const now = after.match(TOKEN) ?? [];
  const residue = new Map<string, Residue>();
  for (const [index, old] of (before.match(TOKEN) ?? []).entries()) {
    const pair = { before: old, after: now[index] ?? '' };
    if (pair.before === pair.after || isRenamed(pair, renamed)) continue;
    // A word in place of another is an edit; versions, commits and times have digits.
    if (!/\d/.test(pair.before) || !/\d/.test(pair.after)) return undefined;
    residue.set(nameStamp(pair), pair);
    if (residue.size > STAMPS_OF_A_FILE) return undefined;
  }
  return [...residue.values()];
}

/** By its name, or as the bare hash that a bundler's table of chunks has. */
function isRenamed({ before, after }: Residue, renamed: ReadonlyMap<string, string>): boolean {
  const skeleton = skeletonOf(before);
  if (skeleton !== undefined && skeleton === skeletonOf(after)) return true;
  return renamed.get(before) === after;
}
