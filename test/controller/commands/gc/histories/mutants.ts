import type { CollectionRequest } from '../../../../../controller/commands/gc/collect.ts';
import { keyOf } from '../../../../../controller/core/publish/layout.ts';
import { keys } from '../../../../../controller/core/state/keys.ts';
import type { CollectionStore, Listed } from '../../../../../controller/ports/collection-store.ts';
import type { Planted } from './actors.ts';
import { APP } from './world.ts';

/** A bug that lets a collection delete what somebody needs, and the events that show it. */
export interface Mutant {
  readonly bug: string;
  readonly planted: Planted;
  readonly events: readonly unknown[];
  /** Nothing mends what the events left: no later collection. */
  readonly isLast?: true;
}

const collect = { do: 'collect', times: 1 };
const later = { do: 'pass', seconds: 4000 };
/** Retired by the first collection: builds 1 and 3. Of what 3 has, nobody else has files 4 and 5. */
const publishSixth = { do: 'publish', build: '6', files: 0b010000 };
const sweepFourth = { do: 'collect', until: 'remove .*/pool/assets/4.js' };
const MANIFEST = 'write .*/6/.headgate/manifest.json';
const release = { do: 'release', build: '3', environment: 'staging' };

export const mutants: readonly Mutant[] = [
  {
    bug: 'does not read again what is needed',
    planted: { request: readOnce },
    // Somebody releases a build between the only look and the deletion.
    events: [
      { ...collect, times: 0, until: 'write .*/gc/3.json' },
      { ...release, times: 1 },
    ],
    isLast: true,
  },
  {
    bug: 'knows no grace',
    planted: { request: (one) => ({ ...one, rules: { ...one.rules, graceSeconds: 0 } }) },
    // A run has read the manifest, and is about to name the build.
    events: [{ ...release, until: 'write' }, collect, collect],
  },
  {
    bug: 'ignores leases of publishes',
    planted: { request: (one) => withStore(one, ignore(one.store, '/leases/publish/')) },
    // It found file 4, which is past its grace, and is about to name it.
    events: [collect, later, { ...publishSixth, until: MANIFEST }, collect],
  },
  {
    bug: 'ignores leases of previews',
    planted: { request: (one) => withStore(one, ignore(one.store, '/leases/preview/')) },
    events: [{ do: 'preview', build: '3', times: 1 }, collect, later, collect],
  },
  {
    bug: 'sweeps the pool with the manifest',
    planted: { request: (one) => withStore(one, sweepAtOnce(one)) },
    events: [collect],
  },
  {
    bug: 'forgets what tombstones say',
    planted: { request: (one) => withStore(one, loseTombstones(one.store)) },
    events: [{ ...release, until: 'write' }, collect],
  },
  {
    bug: 'is not seen by publishes',
    planted: { publishesBlindly: true },
    // The sweep has had its last look when the publish begins.
    events: [
      collect,
      later,
      sweepFourth,
      // One that looks waits.
      { ...publishSixth, until: `${MANIFEST}|sleep` },
      { do: 'resume', who: 'collect' },
    ],
  },
  {
    bug: 'takes what a publish has created, as its deletion is sent twice',
    planted: { trustsItself: true },
    events: [
      collect,
      later,
      { ...sweepFourth, fault: { nth: 2, kind: 'repeated' } },
      { do: 'go', steps: 1 },
      { ...publishSixth, until: 'sleep' },
      { do: 'resume', who: 'collect' },
      { do: 'resume', who: 'publish' },
    ],
  },
];

function withStore(request: CollectionRequest, store: CollectionStore): CollectionRequest {
  return { ...request, store };
}

function readOnce(request: CollectionRequest): CollectionRequest {
  const known = new Map<string, Promise<unknown>>();
  const once = <Value>(key: string, read: () => Promise<Value>): Promise<Value> => {
    const value = (known.get(key) ?? read()) as Promise<Value>;
    known.set(key, value);
    return value;
  };
  const { store, records, builds } = request;
  return {
    ...request,
    records: { read: (app, name) => once(`record ${name}`, () => records.read(app, name)) },
    builds: {
      readManifest: (app, name) => once(`manifest ${name}`, () => builds.readManifest(app, name)),
    },
    store: {
      ...store,
      list: (prefix) => once(`list ${prefix}`, () => store.list(prefix)),
      folders: (prefix) => once(`folders ${prefix}`, () => store.folders(prefix)),
    },
  };
}

function ignore(store: CollectionStore, what: string): CollectionStore {
  return {
    ...store,
    list: async (prefix) =>
      prefix.includes(what) ? { found: [], isWhole: true } : store.list(prefix),
  };
}

function loseTombstones(store: CollectionStore): CollectionStore {
  const none: Listed<never> = { found: [], isWhole: true };
  return {
    ...store,
    list: async (prefix) => (prefix === keys.tombstones(APP) ? none : store.list(prefix)),
  };
}

function sweepAtOnce({ store, builds }: CollectionRequest): CollectionStore {
  return {
    ...store,
    async remove(removed, isFresh) {
      const names = removed.flatMap((key) => /builds\/([^/]+)\/\.headgate/.exec(key)?.[1] ?? []);
      const found = await Promise.all(names.map((name) => builds.readManifest(APP, name)));
      const pooled = found.flatMap((one) =>
        (one?.manifest.files ?? []).flatMap((file) =>
          one !== undefined && file.location === 'pool' ? keyOf(one.manifest, file) : [],
        ),
      );
      await store.remove([...removed, ...pooled], isFresh);
    },
  };
}
