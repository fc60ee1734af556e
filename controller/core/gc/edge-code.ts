import * as z from 'zod';
import type { CodeRecord } from '../state/code-record.ts';
import { keys } from '../state/keys.ts';
import type { StoredEntry } from './facts.ts';

const bundleTombstone = z.object({
  version: z.literal(1),
  hash: z.string(),
  /** ISO 8601. */
  at: z.iso.datetime({ offset: true }),
  /** The bundle: the way back. */
  code: z.string(),
});

/** At `edge/gc/<hash>.json`. */
export type BundleTombstone = z.infer<typeof bundleTombstone>;

/** Throws (SyntaxError or ZodError) on what is no tombstone of this version. */
export function parseBundleTombstone(text: string): BundleTombstone {
  return bundleTombstone.parse(JSON.parse(text));
}

/** A tombstone as it is stored. */
export interface StoredTombstone extends StoredEntry {
  readonly tombstone: BundleTombstone;
}

export interface BundleFacts {
  /** Everything below `edge/` in one bucket. */
  readonly objects: readonly StoredEntry[];
  readonly tombstones: readonly StoredTombstone[];
  /** Of all groups in it. */
  readonly records: readonly CodeRecord[];
  /** Hashes of what is published, by whatever name the archive has it. */
  readonly live: readonly string[];
  readonly youngerSeconds: number;
  readonly graceSeconds: number;
  readonly now: Date;
}

export interface BundlePlan {
  /** They give way to tombstones. */
  readonly condemned: readonly (StoredEntry & { readonly hash: string })[];
  /** Needed again. */
  readonly restored: readonly StoredTombstone[];
  /** Past their grace; or void, beside a bundle. */
  readonly swept: readonly StoredTombstone[];
  readonly waiting: readonly StoredTombstone[];
}

/** Archived bundles that no code record and no published function names, and that are old enough. */
export function planBundles(facts: BundleFacts): BundlePlan {
  const { objects, tombstones, youngerSeconds, graceSeconds, now } = facts;
  const named = listNamed(facts);
  const bundles = objects.flatMap((entry) => {
    const hash = /^edge\/([^/]+)\.js$/.exec(entry.key)?.[1];
    return hash === undefined ? [] : { ...entry, hash };
  });
  const present = new Set(bundles.map(({ hash }) => hash));
  const ageOf = (moment: Date): number => (now.getTime() - moment.getTime()) / 1000;
  const gone = tombstones.filter(({ tombstone: { hash } }) => !present.has(hash));
  const isOver = ({ tombstone }: StoredTombstone) => ageOf(new Date(tombstone.at)) >= graceSeconds;
  const unneeded = gone.filter(({ tombstone: { hash } }) => !named.has(hash));
  return {
    condemned: bundles.filter(
      ({ hash, modified }) => !named.has(hash) && ageOf(modified) >= youngerSeconds,
    ),
    restored: gone.filter(({ tombstone: { hash } }) => named.has(hash)),
    swept: [
      ...tombstones.filter(({ tombstone: { hash } }) => present.has(hash)),
      ...unneeded.filter(isOver),
    ],
    waiting: unneeded.filter((one) => !isOver(one)),
  };
}

function listNamed({ records, live }: BundleFacts): ReadonlySet<string> {
  const named = new Set(live);
  for (const { releases, barred } of records) {
    for (const { hash, request, response } of releases) {
      for (const one of [hash, request, response]) if (one !== undefined) named.add(one);
    }
    if (barred !== undefined) named.add(barred.hash);
  }
  return named;
}

/** The groups whose code records lie there, by their keys. */
export function listGroups(objects: readonly StoredEntry[]): readonly string[] {
  return objects.flatMap(({ key }) => {
    const name = /^edge\/([^/]+)\.json$/.exec(key)?.[1];
    return name !== undefined && keys.codeRecord(name) === key ? [name] : [];
  });
}
