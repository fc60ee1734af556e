import { createHash } from 'node:crypto';
import type { CloudClock, Disk } from '../service.ts';

/** What names a metric: everything here must be equal. */
export interface Metric {
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  /** `Name=Value`, sorted. */
  readonly dimensions: readonly string[];
}

/** A statistic set: any number of values, summed up. */
export interface Stats {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The metric that a datum is put into and an alarm looks at. */
export function nameMetric(
  region: string,
  namespace: string,
  named: { MetricName: string; Dimensions: readonly { Name: string; Value: string }[] },
): Metric {
  const dimensions = named.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).toSorted();
  return { region, namespace, name: named.MetricName, dimensions };
}

export interface MetricStore {
  /** `time` in milliseconds since 1970. */
  record(metric: Metric, time: number, stats: Stats): void;
  /** The same, but it is on disk only after the next flush: for what every request adds to. */
  recordSoon(metric: Metric, time: number, stats: Stats): void;
  flush(): void;
  /** What was put from `start` (inclusive) to `end` (exclusive); undefined: nothing. */
  read(metric: Metric, start: number, end: number): Stats | undefined;
}

const HOUR = 3_600_000;
const KEPT_HOURS = 24;

/** Second of the hour (shorter by `speed`) to what was put in it. */
type Hour = Record<string, Stats>;

/**
 * Metrics at a resolution of one second. An hour of a metric is one document, so that a put rewrites
 * little; hours older than the longest window of an alarm are dropped.
 */
export function openMetricStore(disk: Disk, clock: CloudClock): MetricStore {
  const resolution = 1000 / clock.speed;
  const hours = readHours(disk);
  const unwritten = new Set<string>();
  const add = (metric: Metric, time: number, stats: Stats) => {
    const document = documentOf(metric, Math.floor(time / HOUR));
    if (!hours.has(document)) {
      for (const old of findOld(hours, metric, clock.now())) {
        hours.delete(old);
        disk.remove(old);
      }
    }
    const hour = hours.get(document) ?? {};
    const slot = String(Math.floor((time % HOUR) / resolution));
    hour[slot] = merge(hour[slot], stats);
    hours.set(document, hour);
    return document;
  };
  return {
    record(metric, time, stats) {
      const document = add(metric, time, stats);
      disk.write(document, hours.get(document));
    },
    recordSoon: (metric, time, stats) => void unwritten.add(add(metric, time, stats)),
    flush() {
      for (const document of unwritten) {
        const hour = hours.get(document);
        if (hour !== undefined) disk.write(document, hour);
      }
      unwritten.clear();
    },
    read: (metric, start, end) => readStats(hours, metric, { start, end, resolution }),
  };
}

type Hours = ReadonlyMap<string, Hour>;

/** The documents of a metric that nobody asks for any more. */
function findOld(hours: Hours, metric: Metric, now: Date): readonly string[] {
  const oldest = Math.floor(now.getTime() / HOUR) - KEPT_HOURS;
  const folder = `${folderOf(metric)}/`;
  return [...hours.keys()].filter(
    (document) => document.startsWith(folder) && Number(document.slice(folder.length)) < oldest,
  );
}

function readStats(
  hours: Hours,
  metric: Metric,
  range: { readonly start: number; readonly end: number; readonly resolution: number },
): Stats | undefined {
  const { start, end, resolution } = range;
  if (hours.size === 0) return undefined;
  const folder = folderOf(metric);
  let found: Stats | undefined;
  for (let hour = Math.floor(start / HOUR); hour <= Math.floor(end / HOUR); hour += 1) {
    for (const [slot, stats] of Object.entries(hours.get(`${folder}/${hour}`) ?? {})) {
      const time = hour * HOUR + Number(slot) * resolution;
      if (time >= start && time < end) found = merge(found, stats);
    }
  }
  return found;
}

function readHours(disk: Disk): Map<string, Hour> {
  const documents = disk.list('cloudwatch/metrics');
  return new Map(documents.map((document) => [document, disk.read<Hour>(document) ?? {}]));
}

function documentOf(metric: Metric, hour: number): string {
  return `${folderOf(metric)}/${hour}`;
}

function folderOf({ region, namespace, name, dimensions }: Metric): string {
  const digest = createHash('sha256').update(JSON.stringify([namespace, name, dimensions]));
  return `cloudwatch/metrics/${region}/${digest.digest('hex').slice(0, 32)}`;
}

function merge(known: Stats | undefined, more: Stats): Stats {
  if (known === undefined) return more;
  return {
    count: known.count + more.count,
    sum: known.sum + more.sum,
    minimum: Math.min(known.minimum, more.minimum),
    maximum: Math.max(known.maximum, more.maximum),
  };
}
