import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, ServiceError, type CloudClock, type Disk } from '../service.ts';
import type { StoreView } from '../function-runtime/realm.ts';
import { openCollection, type Collection } from './collection.ts';
import { addVersion, visibleVersion, type Version } from './propagation.ts';
import { newTag } from './tag.ts';

/** A KeyValueStore as it lies on disk. Times are milliseconds since the epoch. */
export interface StoreRecord {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly comment: string;
  readonly created: number;
  readonly modified: number;
  /** ETag of the control plane; data writes leave it alone. */
  readonly tag: string;
  /** ETag of the data plane: one for the whole store. */
  readonly dataTag: string;
  readonly dataModified: number;
  /** null: the key was deleted at that time. */
  readonly keys: Readonly<Record<string, readonly Version<string | null>[]>>;
}

export interface StoreChange {
  readonly puts: readonly (readonly [key: string, value: string])[];
  readonly deletes: readonly string[];
}

export interface KeyValueStores {
  readonly records: Collection<StoreRecord>;
  create(name: string, comment: string): StoreRecord;
  findByArn(arn: string): StoreRecord | undefined;
  isReady(record: StoreRecord): boolean;
  /** The newest entries, sorted by key. */
  entries(record: StoreRecord): readonly (readonly [key: string, value: string])[];
  /** Replaces the store's newest entries all at once and gives it a new data ETag. */
  change(record: StoreRecord, change: StoreChange): StoreRecord;
  /** What functions at the edge see at this moment. */
  view(arn: string): StoreView | undefined;
}

export interface StoreOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** From a write until the edge sees it, before `speed`. */
  readonly propagationSeconds: number;
}

/** From creation until a store is READY, before `speed` (assumed). */
const PROVISIONING_SECONDS = 3;

export function openKeyValueStores(options: StoreOptions): KeyValueStores {
  const { clock } = options;
  const records = openCollection<StoreRecord>(options.disk, 'key-value-stores');
  const horizon = () => horizonOf(options);
  const findByArn = (arn: string) => records.values().find((record) => record.arn === arn);
  return {
    records,
    findByArn,
    create(name, comment) {
      const record = newStore(name, comment, clock.now().getTime());
      records.set(name, record);
      return record;
    },
    isReady: ({ created }) =>
      clock.now().getTime() >= created + (PROVISIONING_SECONDS * 1000) / clock.speed,
    entries: (record) => listEntries(record, Number.POSITIVE_INFINITY),
    change(record, change) {
      const at = clock.now().getTime();
      const keys = { ...record.keys };
      const write = (key: string, value: string | null) => {
        keys[key] = addVersion(historyOf(record, key), { at, value }, horizon());
      };
      for (const [key, value] of change.puts) write(key, value);
      for (const key of change.deletes) write(key, null);
      const changed = { ...record, keys, dataTag: newTag('KV'), dataModified: at };
      records.set(record.name, changed);
      return changed;
    },
    view(arn) {
      const record = findByArn(arn);
      return record === undefined ? undefined : viewStore(record, horizon());
    },
  };
}

/** The entity with this name, or the 404 of the control plane. */
export function requireStore(stores: KeyValueStores, name: string): StoreRecord {
  const record = stores.records.get(name);
  if (record !== undefined) return record;
  throw new ServiceError(404, 'EntityNotFound', `There is no key value store named ${name}.`);
}

function horizonOf({ clock, propagationSeconds }: StoreOptions): number {
  return clock.now().getTime() - (propagationSeconds * 1000) / clock.speed;
}

function newStore(name: string, comment: string, now: number): StoreRecord {
  const id = randomUUID();
  const arn = `arn:aws:cloudfront::${ACCOUNT_ID}:key-value-store/${id}`;
  const times = { created: now, modified: now, dataModified: now };
  return { id, name, arn, comment, ...times, tag: newTag('E'), dataTag: newTag('KV'), keys: {} };
}

/** A key may be named like something every object has. */
function historyOf({ keys }: StoreRecord, key: string): readonly Version<string | null>[] {
  return (Object.hasOwn(keys, key) ? keys[key] : undefined) ?? [];
}

function listEntries(record: StoreRecord, horizon: number): readonly (readonly [string, string])[] {
  return Object.entries(record.keys)
    .map(([key, history]) => [key, visibleVersion(history, horizon)?.value ?? null] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function viewStore(record: StoreRecord, horizon: number): StoreView {
  return {
    id: record.id,
    get: (key) => visibleVersion(historyOf(record, key), horizon)?.value ?? undefined,
    meta: () => ({
      creationDateTime: new Date(record.created).toISOString(),
      // Of the write itself, not of its arrival at the edge: as AWS describes it.
      lastUpdatedDateTime: new Date(record.dataModified).toISOString(),
      keyCount: listEntries(record, horizon).length,
    }),
  };
}
