import { createHash } from 'node:crypto';
import { openCollection, type Collection } from '../keyvaluestore/collection.ts';
import type { CloudClock, Disk } from '../service.ts';
import type { Item } from './attribute.ts';
import { keyOf } from './key.ts';
import type { TableRecord } from './table-store.ts';

/** The items of all tables, as each region sees them. */
export interface Items {
  /** Undefined: there is none, or none yet in this region. */
  get(at: Place, key: Item): Item | undefined;
  /** Without an item: deletes. */
  put(at: Place, key: Item, item: Item | undefined): void;
  /** Every item of the table that this region sees, in no order. */
  all(at: Place): readonly Item[];
  removeAll(table: TableRecord): void;
}

export interface Place {
  readonly table: TableRecord;
  readonly region: string;
}

/** What happened to one key, oldest first; without an item: it was deleted. */
interface ItemHistory {
  readonly writes: readonly Write[];
}

interface Write {
  readonly at: number;
  readonly region: string;
  readonly item?: Item | undefined;
}

/** From a write until the other regions see it, before `speed`. */
const REPLICATION_SECONDS = 1;
/** How long an expired item can still be read, before `speed` (days, on AWS). */
const EXPIRY_SECONDS = 60;
/** What expired longer ago than this is taken for a mistake and stays. */
const EXPIRY_LIMIT_SECONDS = 5 * 365 * 86_400;

/**
 * A region sees its own writes at once and those of others after the delay; the last writer wins.
 */
export function openItems(disk: Disk, clock: CloudClock): Items {
  const tables = new Map<string, Collection<ItemHistory>>();
  const open = ({ id }: TableRecord) => {
    const known = tables.get(id) ?? openCollection<ItemHistory>(disk, `dynamodb/items/${id}`);
    tables.set(id, known);
    return known;
  };
  const now = () => clock.now().getTime();
  const horizon = () => now() - (REPLICATION_SECONDS * 1000) / clock.speed;
  const isSeen = (write: Write, region: string) => write.region === region || write.at <= horizon();
  const read = ({ table, region }: Place, history: ItemHistory | undefined) => {
    const item = history?.writes.findLast((write) => isSeen(write, region))?.item;
    const isGone = item !== undefined && isExpired(item, table, clock);
    return isGone ? undefined : item;
  };
  return {
    get: (at, key) => read(at, open(at.table).get(documentOf(at.table, key))),
    put({ table, region }, key, item) {
      const document = documentOf(table, key);
      const former = open(table).get(document)?.writes ?? [];
      // Only what some region may still be seeing is kept.
      const kept = former.slice(
        Math.max(
          0,
          former.findLastIndex(({ at }) => at <= horizon()),
        ),
      );
      if (item === undefined && table.replicas.length === 1) open(table).remove(document);
      else open(table).set(document, { writes: [...kept, { at: now(), region, item }] });
    },
    all: (at) =>
      open(at.table)
        .values()
        .map((history) => read(at, history))
        .filter((item) => item !== undefined),
    removeAll(table) {
      for (const name of disk.list(`dynamodb/items/${table.id}`)) disk.remove(name);
      tables.delete(table.id);
    },
  };
}

function isExpired(item: Item, { timeToLive }: TableRecord, clock: CloudClock): boolean {
  if (timeToLive?.enabled !== true) return false;
  const seconds = Number(item[timeToLive.attribute]?.['N'] ?? Number.NaN);
  const age = clock.now().getTime() / 1000 - seconds;
  return age > EXPIRY_SECONDS / clock.speed && age < EXPIRY_LIMIT_SECONDS;
}

function documentOf(table: TableRecord, key: Item): string {
  return createHash('sha256')
    .update(JSON.stringify(keyOf(table, key)))
    .digest('hex');
}
