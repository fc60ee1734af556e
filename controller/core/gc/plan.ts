import { isUntrusted } from '../state/build.ts';
import { keys } from '../state/keys.ts';
import type { CollectionFacts, PresentBuild, StoredEntry, StoredLease } from './facts.ts';
import { findDoubts } from './doubts.ts';
import { isLive } from './lease.ts';
import { findExempt, findMarks, type Mark } from './marks.ts';
import { countOwn, isWhole, splitStored, type Stored } from './stored.ts';
import { POOL, type Tombstone } from './tombstone.ts';

/** A build whose manifest goes; its files stay for the grace period, and with them the way back. */
export interface Condemned {
  /** Or `POOL`. */
  readonly build: string;
  readonly why: string;
  /** Without one it is an upload that was given up. */
  readonly hasManifest: boolean;
  /** Of its pooled files those that are there. */
  readonly pooled: readonly string[];
  /** How many files are below its own prefix. */
  readonly own: number;
  /** Of what will go with it. */
  readonly objects: number;
  readonly bytes: number;
}

export interface Swept {
  readonly key: string;
  readonly size: number;
  readonly why: string;
}

/** What one collection does. Nothing that isn't here is deleted. */
export interface Collection {
  /** With any of these nothing is done. */
  readonly doubts: readonly string[];
  /** Tombstones of builds that are needed again: their manifests come back. */
  readonly restored: readonly Tombstone[];
  /** Tombstones with nothing left to tell. */
  readonly forgotten: readonly Tombstone[];
  /** Leases that ended long ago. */
  readonly expired: readonly StoredLease[];
  readonly condemned: readonly Condemned[];
  readonly swept: readonly Swept[];
  /** Not needed, and not past its grace. */
  readonly waiting: { readonly objects: number; readonly bytes: number };
  readonly kept: readonly { readonly build: string; readonly why: string }[];
  /** Builds whose publishes are under way. */
  readonly publishing: readonly string[];
}

/** Everything that a collection decides, of one moment. Pure: asked again before each batch. */
export function planCollection(facts: CollectionFacts): Collection {
  const { references, now, rules } = facts;
  const marks = findMarks(references, rules, now);
  const exempt = findExempt(references.builds, rules, now);
  const stored = splitStored(facts.app, facts.objects);
  const kept = references.builds.filter(({ build }) => marks.has(build) || exempt.has(build));
  const present = new Set(references.builds.map(({ build }) => build));
  const needed = findNeeded(facts, marks);
  const underWay = references.publishing.filter((lease) => isLive(lease, now));
  const publishing = underWay.map(({ build }) => build);
  const scene: Scene = { facts, marks, stored, present, kept, needed, publishing };
  return {
    doubts: findDoubts(facts, { marks, stored }),
    restored: references.tombstones.filter((one) => isRestored(scene, one)),
    forgotten: references.tombstones.filter((one) => isForgotten(scene, one)),
    expired: references.leases.filter(({ expires }) => isPast(scene, new Date(expires))),
    condemned: [...listCondemned(scene), ...listGivenUp(scene), ...listStrays(scene)],
    ...sweep(scene),
    kept: kept.map(({ build }) => ({
      build,
      why: marks.get(build)?.why ?? exempt.get(build) ?? '',
    })),
    publishing,
  };
}

interface Scene {
  readonly facts: CollectionFacts;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly stored: Stored;
  readonly present: ReadonlySet<string>;
  readonly kept: readonly PresentBuild[];
  /** Pooled keys that a present manifest, or the tombstone of a build that is needed again, names. */
  readonly needed: ReadonlySet<string>;
  readonly publishing: Collection['publishing'];
}

function findNeeded({ references }: CollectionFacts, marks: Scene['marks']): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const { pooled } of references.builds) for (const key of pooled) needed.add(key);
  for (const { build, pooled } of references.tombstones) {
    if (marks.has(build)) for (const key of pooled) needed.add(key);
  }
  return needed;
}

function isRestored({ facts, marks, stored, present }: Scene, tombstone: Tombstone): boolean {
  const { build } = tombstone;
  if (marks.get(build)?.restores !== true || present.has(build)) return false;
  return isWhole(stored, facts.app, tombstone);
}

/** Beside a manifest it is void: its time would let files go that were needed since. */
function isForgotten(scene: Scene, tombstone: Tombstone): boolean {
  const { build, pooled } = tombstone;
  if (scene.present.has(build)) return true;
  if (isRestored(scene, tombstone) || !isPast(scene, new Date(tombstone.at))) return false;
  const own = scene.stored.builds.get(build) ?? [];
  const isLeft = (key: string): boolean => scene.stored.pool.has(key) && !scene.needed.has(key);
  return own.length === 0 && !pooled.some(isLeft);
}

function listCondemned(scene: Scene): readonly Condemned[] {
  const { facts, stored, kept } = scene;
  const staying = new Set(kept);
  const held = new Set(kept.flatMap(({ pooled }) => pooled));
  return facts.references.builds
    .filter((build) => !staying.has(build))
    .map(({ build, pooled, publishedAt }) => {
      // Counted with the first of those that share it.
      const freed = pooled.filter((key) => !held.has(key)).map((key) => stored.pool.get(key));
      for (const key of pooled) held.add(key);
      const going = [
        ...(stored.builds.get(build) ?? []),
        ...freed.filter((one) => one !== undefined),
      ];
      const why = `published ${publishedAt?.toISOString() ?? 'just now'}, and nothing needs it`;
      return {
        build,
        why,
        hasManifest: true,
        pooled: pooled.filter((key) => stored.pool.has(key)),
        own: countOwn(stored, facts.app, build),
        ...sum(going),
      };
    });
}

/** Files below a build's prefix, and no manifest: an upload that nobody has gone on with. */
function listGivenUp(scene: Scene): readonly Condemned[] {
  const { facts, stored, marks } = scene;
  const buried = new Set(facts.references.tombstones.map(({ build }) => build));
  const found: Condemned[] = [];
  for (const [build, entries] of stored.builds) {
    if (scene.present.has(build) || buried.has(build) || marks.has(build)) continue;
    if (!entries.every(({ modified }) => isPast(scene, modified))) continue;
    const why = 'an upload that was given up';
    found.push({
      build,
      why,
      hasManifest: false,
      pooled: [],
      own: entries.length,
      ...sum(entries),
    });
  }
  return found;
}

/** Pooled files that nothing names, not even a tombstone: left by uploads that were given up. */
function listStrays(scene: Scene): readonly Condemned[] {
  const { tombstones } = scene.facts.references;
  // One list at a time: the next one is made when this one is swept.
  if (tombstones.some(({ build }) => build === POOL)) return [];
  const told = new Set(tombstones.flatMap(({ pooled }) => pooled));
  const strays = [...scene.stored.pool.values()].filter(
    ({ key, modified }) => !scene.needed.has(key) && !told.has(key) && isPast(scene, modified),
  );
  if (strays.length === 0) return [];
  const pooled = strays.map(({ key }) => key);
  const why = 'pooled files that no manifest names';
  return [{ build: POOL, why, hasManifest: false, pooled, own: 0, ...sum(strays) }];
}

function sweep(scene: Scene): Pick<Collection, 'swept' | 'waiting'> {
  const swept: Swept[] = [];
  const waiting: StoredEntry[] = [];
  const take = (entry: StoredEntry, tombstones: readonly Tombstone[], isBlocked: boolean): void => {
    const [first] = tombstones;
    if (first === undefined) return;
    const isOver = tombstones.every(({ at }) => isPast(scene, new Date(at)));
    if (isBlocked || !isOver || !isPast(scene, entry.modified)) waiting.push(entry);
    else swept.push({ key: entry.key, size: entry.size, why: explain(first) });
  };
  const { tombstones } = scene.facts.references;
  for (const tombstone of tombstones.filter(({ build }) => !scene.present.has(build))) {
    for (const entry of scene.stored.builds.get(tombstone.build) ?? []) {
      // A manifest that came meanwhile is no file of the dead build.
      if (entry.key === keys.manifest({ app: scene.facts.app }, tombstone.build)) continue;
      take(entry, [tombstone], scene.marks.has(tombstone.build));
    }
  }
  // A publish may have found any pooled file there, and be about to name it.
  const isBlocked = scene.publishing.length > 0;
  for (const [key, naming] of groupByKey(tombstones)) {
    const entry = scene.stored.pool.get(key);
    if (entry !== undefined && !scene.needed.has(key)) take(entry, naming, isBlocked);
  }
  return { swept, waiting: sum(waiting) };
}

function groupByKey(tombstones: readonly Tombstone[]): ReadonlyMap<string, readonly Tombstone[]> {
  const found = new Map<string, Tombstone[]>();
  for (const tombstone of tombstones) {
    for (const key of tombstone.pooled) {
      const naming = found.get(key);
      if (naming === undefined) found.set(key, [tombstone]);
      else naming.push(tombstone);
    }
  }
  return found;
}

function explain({ build, at, why }: Tombstone): string {
  if (build === POOL) return `${why}, seen ${at}`;
  return `${isUntrusted(build) ? 'untrusted build' : 'build'} ${build} is gone since ${at}: ${why}`;
}

function isPast({ facts: { now, rules } }: Scene, moment: Date): boolean {
  return now.getTime() - moment.getTime() >= rules.graceSeconds * 1000;
}

function sum(entries: readonly StoredEntry[]): { objects: number; bytes: number } {
  const bytes = entries.reduce((total, { size }) => total + size, 0);
  return { objects: entries.length, bytes };
}
