import { randomUUID } from 'node:crypto';
import { openCollection } from '../keyvaluestore/collection.ts';
import { ServiceError, type CloudClock, type Disk } from '../service.ts';

/** An attribute of the primary key. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

/** A table, together with its replicas in other regions. */
export interface TableRecord {
  readonly id: string;
  readonly name: string;
  /** The partition key, then, if there is one, the sort key. */
  readonly keys: readonly KeyAttribute[];
  readonly billing: Billing;
  /** Streams carry the changes to other regions. */
  readonly hasStream: boolean;
  /** Where it can be used, its first region first. Times are milliseconds since the epoch. */
  readonly replicas: readonly Replica[];
  readonly timeToLive: TimeToLive | undefined;
}

export type Billing =
  | { readonly mode: 'PAY_PER_REQUEST' }
  | { readonly mode: 'PROVISIONED'; readonly read: number; readonly write: number };

export interface Replica {
  readonly region: string;
  readonly since: number;
}

export interface TimeToLive {
  readonly attribute: string;
  readonly enabled: boolean;
  readonly since: number;
}

export type TableStatus = 'CREATING' | 'UPDATING' | 'ACTIVE';

export interface Tables {
  /** Throws ResourceNotFoundException where no region of the table is. */
  find(name: string, region: string): TableRecord;
  /** The same for a request that reads or writes items: a table that is still CREATING isn't there. */
  open(name: string, region: string): TableRecord;
  exists(name: string, region: string): boolean;
  names(region: string): readonly string[];
  create(draft: Omit<TableRecord, 'id'>): TableRecord;
  save(record: TableRecord): TableRecord;
  remove(record: TableRecord): void;
  status(record: TableRecord, region: string): TableStatus;
  /** Whether what began at this moment (creating a replica, switching the expiry on) is done. */
  isSettled(since: number): boolean;
}

/** From CreateTable, or creating a replica, until ACTIVE, before `speed`. */
const SETTLE_SECONDS = 2;

export function openTables(disk: Disk, clock: CloudClock): Tables {
  const records = openCollection<TableRecord>(disk, 'dynamodb/tables');
  const search = (name: string, region: string) =>
    records.values().find((table) => table.name === name && isIn(table, region));
  const isSettled = (since: number) =>
    since <= clock.now().getTime() - (SETTLE_SECONDS * 1000) / clock.speed;
  const status = ({ replicas }: TableRecord, region: string) => {
    const unsettled = replicas.filter(({ since }) => !isSettled(since));
    if (unsettled.length === 0) return 'ACTIVE';
    return unsettled.some((at) => at.region === region) ? 'CREATING' : 'UPDATING';
  };
  const find = (name: string, region: string) => {
    const record = search(name, region);
    if (record === undefined) throw notFound(`: Table: ${name} not found`);
    return record;
  };
  const save = (record: TableRecord) => {
    records.set(record.id, record);
    return record;
  };
  return {
    find,
    open(name, region) {
      const record = find(name, region);
      if (status(record, region) === 'CREATING') throw notFound('');
      return record;
    },
    names: (region) =>
      records.values().flatMap((table) => (isIn(table, region) ? [table.name] : [])),
    exists: (name, region) => search(name, region) !== undefined,
    create: (draft) => save({ id: randomUUID(), ...draft }),
    save,
    remove: ({ id }) => records.remove(id),
    status,
    isSettled,
  };
}

function isIn({ replicas }: TableRecord, region: string): boolean {
  return replicas.some((at) => at.region === region);
}

function notFound(what: string): ServiceError {
  const message = `Requested resource not found${what}`;
  return new ServiceError(400, 'ResourceNotFoundException', message);
}
