import { BUILD_PATTERN, isUntrusted } from '../state/build.ts';
import { keys } from '../state/keys.ts';
import type { StoredEntry } from './facts.ts';
import type { Tombstone } from './tombstone.ts';

/** An app's objects, by what they belong to. What is neither is nobody's garbage. */
export interface Stored {
  /** By build, manifests among them. */
  readonly builds: ReadonlyMap<string, readonly StoredEntry[]>;
  /** By key, of both pools. */
  readonly pool: ReadonlyMap<string, StoredEntry>;
}

export function splitStored(app: string, objects: readonly StoredEntry[]): Stored {
  const builds = new Map<string, StoredEntry[]>();
  const pool = new Map<string, StoredEntry>();
  for (const entry of objects) {
    const build = buildOf(app, entry.key);
    if (build !== undefined) {
      const entries = builds.get(build);
      if (entries === undefined) builds.set(build, [entry]);
      else entries.push(entry);
    } else if (isPooledKey(app, entry.key)) pool.set(entry.key, entry);
  }
  return { builds, pool };
}

/** How many files lie below a build's own prefix; its manifest doesn't count. */
export function countOwn({ builds }: Stored, app: string, build: string): number {
  const manifest = keys.manifest({ app }, build);
  return (builds.get(build) ?? []).filter(({ key }) => key !== manifest).length;
}

/** Nothing of it has been swept: its manifest may come back. */
export function isWhole(stored: Stored, app: string, tombstone: Tombstone): boolean {
  const { build, pooled, own, manifest } = tombstone;
  if (manifest === undefined || countOwn(stored, app, build) < own) return false;
  return pooled.every((key) => stored.pool.has(key));
}

/** The build below whose prefix a key lies; undefined: below none, or one that nobody could have published. */
export function buildOf(app: string, key: string): string | undefined {
  for (const parent of [keys.builds({ app }), keys.untrustedBuilds(app)]) {
    if (!key.startsWith(parent)) continue;
    const build = key.slice(parent.length).split('/', 1)[0] ?? '';
    const isOfThis = isUntrusted(build) === (parent !== keys.builds({ app }));
    if (BUILD_PATTERN.test(build) && isOfThis && key.length > parent.length + build.length + 1) {
      return build;
    }
  }
  return undefined;
}

/** Not the folder itself, which some tools store as an object. */
function isPooledKey(app: string, key: string): boolean {
  const pools = [keys.pool(app), keys.untrustedPool(app)];
  return pools.some((pool) => key.startsWith(pool) && key !== pool);
}
