import { renderLatest } from '../../../../../controller/core/publish/latest.ts';
import { isLive } from '../../../../../controller/core/gc/lease.ts';
import {
  keyOf,
  digestBytes,
  layFile,
  sharedKeyOf,
} from '../../../../../controller/core/publish/layout.ts';
import { storedFilesOf } from '../../../../../controller/core/publish/tree.ts';
import { keys } from '../../../../../controller/core/state/keys.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
  type PublishSettings,
} from '../../../../../controller/core/state/manifest.ts';
import type { EnvironmentRecord } from '../../../../../controller/core/state/record.ts';
import type { MemoryBucket, MemoryObject } from '../../../../fakes/bucket/memory-bucket.ts';
import { parseRecord } from '../../../../fakes/bucket/records.ts';
import { decodeObject } from '../../../../fakes/bucket/uploads.ts';

export const APP = 'shop';
export const ENVIRONMENTS = ['prod', 'staging'];
/** Builds that are complete trees. */
const TREES = new Set(['2', '5', 'pr-2-1']);

export function settingsOf(build: string): PublishSettings {
  return TREES.has(build) ? { ...DEFAULT_SETTINGS, layout: 'tree' } : DEFAULT_SETTINGS;
}

export const RULES = { newest: 1, youngerSeconds: 600, graceSeconds: 3600 };

/** A broken promise of a collection. */
export class Broken extends Error {}

/** A file of a build, and every key where the edge looks for it. */
interface Place {
  readonly path: string;
  readonly keys: readonly string[];
}

/** What tests know of a bucket beside what is in it. */
export class World {
  readonly bucket: MemoryBucket;
  readonly openPullRequests: Set<number>;
  /** Of every build that ever had a manifest. */
  readonly committed: Map<string, readonly Place[]>;
  /** Of every build, its pooled files as bits. */
  readonly filesOf: Map<string, number>;
  /** Links that somebody was given, by build. */
  readonly links = new Map<string, { readonly expires: string }>();
  swept = 0;
  retired = 0;

  constructor(bucket: MemoryBucket, former?: World) {
    this.bucket = bucket;
    this.committed = new Map(former?.committed);
    this.filesOf = new Map(former?.filesOf);
    this.openPullRequests = new Set([1, 2]);
  }

  get now(): Date {
    return new Date(this.bucket.now);
  }

  hasManifest(build: string): boolean {
    return this.bucket.has(keys.manifest({ app: APP }, build));
  }

  /** Says of any build that it was the last: nothing may depend on it. */
  hint(build: string): void {
    const trust = build.startsWith('pr-') ? 'untrusted' : 'protected';
    const text = renderLatest({ build, at: this.now.toISOString() });
    this.bucket.put(keys.latest(APP, trust), Buffer.from(text), { condition: 'any' });
  }

  /** After every request that changed something. */
  look(name: string): void {
    this.#follow(name);
    const referenced = this.#referenced();
    for (const [build, places] of this.committed) {
      if (!this.hasManifest(build) && !referenced.has(build)) continue;
      const missing = places.filter((place) => !place.keys.some((key) => this.bucket.has(key)));
      if (missing.length === 0) continue;
      throw new Broken(`${name}: ${build} lacks ${missing.map(({ path }) => path).join()}`);
    }
  }

  /** With nobody at work, and after one more collection. */
  settled(): void {
    for (const build of this.#referenced()) {
      if (!this.hasManifest(build)) throw new Broken(`${build} is needed, and has no manifest`);
    }
  }

  /** Builds that nobody may lose. */
  #referenced(): ReadonlySet<string> {
    const named = new Set<string>();
    for (const environment of ENVIRONMENTS) {
      const object = this.bucket.get(keys.record(APP, environment));
      for (const build of object === undefined ? [] : namesOf(object)) named.add(build);
    }
    for (const [build, lease] of this.links) if (isLive(lease, this.now)) named.add(build);
    return named;
  }

  #follow(name: string): void {
    const [verb, ...named] = name.split(' ');
    for (const key of named) {
      const build = /builds\/([^/]+)\/\.headgate\/manifest\.json$/.exec(key)?.[1];
      if (verb === 'remove') {
        if (key.includes('/pool/')) this.swept++;
        if (build !== undefined) this.retired++;
        continue;
      }
      const object = build === undefined ? undefined : this.bucket.get(key);
      if (build !== undefined && object !== undefined) this.committed.set(build, placesOf(object));
    }
  }
}

const records = new WeakMap<MemoryObject, readonly string[]>();

function namesOf(object: MemoryObject): readonly string[] {
  const known = records.get(object);
  if (known !== undefined) return known;
  const record: EnvironmentRecord = parseRecord(object.body);
  const { stable, rollout, kept, hold, quarantine } = record;
  const builds = [stable, rollout?.canary, ...kept, hold?.build];
  const named = [...builds, ...quarantine.map(({ build }) => build)].flatMap(
    (one) => one?.build ?? [],
  );
  records.set(object, named);
  return named;
}

function placesOf(object: MemoryObject): readonly Place[] {
  const { manifest } = decodeObject(object);
  return storedFilesOf(manifest).map((file) => {
    const shared = sharedKeyOf(manifest, file);
    const own = keyOf(manifest, file);
    return { path: file.path, keys: shared === undefined ? [own] : [shared, own] };
  });
}

/** The text of a file: pooled ones are the same in all builds. */
export function textOf(build: string, path: string): Uint8Array {
  return Buffer.from(path === 'index.html' ? build : path);
}

/** `files`: bits, one for each pooled name. */
export function layBuild(build: string, files: number): Manifest {
  const pooled = [0, 1, 2, 3, 4, 5].filter((bit) => (files & (1 << bit)) !== 0);
  const paths = [...pooled.map((bit) => `assets/${bit}.js`), 'index.html'];
  return {
    version: MANIFEST_VERSION,
    app: APP,
    build,
    settings: DEFAULT_SETTINGS,
    made: {
      at: '2026-03-01T00:00:00Z',
      trust: build.startsWith('pr-') ? 'untrusted' : 'protected',
    },
    files: paths.map((path) => layFile(path, digestBytes(textOf(build, path)), DEFAULT_SETTINGS)),
  };
}
