import { createHash } from 'node:crypto';
import type { CloudClock, Disk } from '../service.ts';
import type { MetricFilter } from './metric-filter.ts';

/** Times are milliseconds since 1970. */
export interface LogEvent {
  /** Counts the events of the group. */
  readonly number: number;
  readonly stream: string;
  readonly time: number;
  readonly ingested: number;
  readonly message: string;
}

export interface LogGroup {
  readonly region: string;
  readonly name: string;
  readonly created: number;
  /** By name: when it was created. */
  readonly streams: Readonly<Record<string, number>>;
  readonly metricFilters: readonly MetricFilter[];
  /** undefined: for ever. */
  readonly retentionDays?: number | undefined;
}

export interface LogStoreOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** Gets every event when it can first be read. */
  readonly ingested: (group: LogGroup, event: LogEvent) => void;
}

/** From being written until it can be read, before `speed`. */
const INGESTION_SECONDS = 2;
const CHUNK = 1000;
const KEPT_MILLIS = 24 * 3_600_000;

interface Held {
  group: LogGroup;
  /** What can be read, by time. */
  readonly events: LogEvent[];
  /** Written, and not to be read yet. */
  pending: LogEvent[];
  nextNumber: number;
  /** The same events by the document that keeps them. */
  readonly chunks: Map<number, LogEvent[]>;
  /** Which of them are not on disk as they are in memory. */
  readonly changed: Set<number>;
}

/** Log groups of all regions with what the last day wrote into them. */
export class LogStore {
  readonly #options: LogStoreOptions;
  readonly #groups = new Map<string, Held>();

  constructor(options: LogStoreOptions) {
    this.#options = options;
    for (const document of options.disk.list('logs/groups')) {
      const group = options.disk.read<LogGroup>(document);
      if (group !== undefined) this.#groups.set(keyOf(group), this.#load(group));
    }
  }

  get(region: string, name: string): LogGroup | undefined {
    return this.#groups.get(keyOf({ region, name }))?.group;
  }

  /** Sorted by name. */
  all(region: string): readonly LogGroup[] {
    return [...this.#groups.values()]
      .map(({ group }) => group)
      .filter((group) => group.region === region)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** By time; what was written too short a time ago is not among them. */
  events(group: LogGroup): readonly LogEvent[] {
    this.ingestDue();
    return this.#groups.get(keyOf(group))?.events ?? [];
  }

  save(group: LogGroup): void {
    const held = this.#groups.get(keyOf(group));
    this.#options.disk.write(documentOf(group), group);
    if (held === undefined) this.#groups.set(keyOf(group), this.#load(group));
    else held.group = group;
  }

  remove(group: LogGroup): void {
    const { disk } = this.#options;
    this.#groups.delete(keyOf(group));
    for (const document of disk.list(folderOf(group))) disk.remove(document);
    disk.remove(documentOf(group));
  }

  /** Writes into a stream; what isn't there of group and stream is made. */
  append(
    to: { readonly region: string; readonly group: string; readonly stream: string },
    entries: readonly { readonly time: number; readonly message: string }[],
  ): void {
    const now = this.#options.clock.now().getTime();
    const { region, group: name, stream } = to;
    const known = this.get(region, name);
    const group = known ?? { region, name, created: now, streams: {}, metricFilters: [] };
    if (group.streams[stream] === undefined) {
      this.save({ ...group, streams: { ...group.streams, [stream]: now } });
    }
    const held = this.#groups.get(keyOf(group));
    if (held === undefined) return;
    const ingested = now + (INGESTION_SECONDS * 1000) / this.#options.clock.speed;
    for (const { time, message } of entries) {
      held.pending.push({ number: held.nextNumber, stream, time, ingested, message });
      held.nextNumber += 1;
    }
  }

  /** Lets everything be read whose time has come; `until`: as if it were that late already. */
  ingestDue(until = this.#options.clock.now().getTime()): void {
    for (const held of this.#groups.values()) {
      const due = held.pending.filter(({ ingested }) => ingested <= until);
      if (due.length === 0) continue;
      held.pending = held.pending.filter(({ ingested }) => ingested > until);
      for (const event of due) {
        keep(held, event);
        held.changed.add(chunkOf(event));
        this.#options.ingested(held.group, event);
      }
    }
  }

  /** Writes what changed since the last time, and forgets what is older than a day. */
  flush(): void {
    const oldest = this.#options.clock.now().getTime() - KEPT_MILLIS;
    for (const { group, events, chunks, changed } of this.#groups.values()) {
      const kept = events.findIndex(({ time }) => time >= oldest);
      const dropped = new Set(events.splice(0, kept < 0 ? events.length : kept));
      for (const event of dropped) changed.add(chunkOf(event));
      for (const chunk of changed) {
        const left = (chunks.get(chunk) ?? []).filter((event) => !dropped.has(event));
        const document = `${folderOf(group)}/${chunk}`;
        if (left.length === 0) {
          chunks.delete(chunk);
          this.#options.disk.remove(document);
        } else {
          chunks.set(chunk, left);
          this.#options.disk.write(document, left);
        }
      }
      changed.clear();
    }
  }

  #load(group: LogGroup): Held {
    const { disk } = this.#options;
    const held: Held = {
      group,
      events: [],
      pending: [],
      nextNumber: 0,
      chunks: new Map(),
      changed: new Set(),
    };
    const events = disk
      .list(folderOf(group))
      .flatMap((document) => disk.read<readonly LogEvent[]>(document) ?? [])
      .toSorted(compare);
    for (const event of events) keep(held, event);
    return held;
  }
}

function keep(held: Held, event: LogEvent): void {
  insert(held.events, event);
  const chunk = held.chunks.get(chunkOf(event));
  if (chunk === undefined) held.chunks.set(chunkOf(event), [event]);
  else chunk.push(event);
  held.nextNumber = Math.max(held.nextNumber, event.number + 1);
}

function chunkOf({ number }: LogEvent): number {
  return Math.floor(number / CHUNK);
}

/** By time, and in the order they were written in. */
function compare(a: Position, b: Position): number {
  return a.time - b.time || a.number - b.number;
}

export type Position = Pick<LogEvent, 'time' | 'number'>;

/** Nearly always at the end. */
function insert(events: LogEvent[], event: LogEvent): void {
  const before = events.findLastIndex((other) => compare(other, event) < 0);
  events.splice(before + 1, 0, event);
}

/** Where the first event after a position is. */
export function findAfter(events: readonly LogEvent[], position: Position): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const event = events[middle];
    if (event !== undefined && compare(event, position) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyOf({ region, name }: Pick<LogGroup, 'region' | 'name'>): string {
  return `${region} ${name}`;
}

/** Names of groups may be longer than those of files. */
function digestOf({ region, name }: LogGroup): string {
  return `${region}/${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

function documentOf(group: LogGroup): string {
  return `logs/groups/${digestOf(group)}`;
}

function folderOf(group: LogGroup): string {
  return `logs/events/${digestOf(group)}`;
}
