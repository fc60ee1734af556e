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
  const hours = new Map<string, Hour>();
  for (const document of disk.list('cloudwatch/metrics')) {
    hours.set(document, disk.read<Hour>(document) ?? {});
  }
  const dropOld = (metric: Metric) => {
    const oldest = Math.floor(clock.now().getTime() / HOUR) - KEPT_HOURS;
    for (const document of hours.keys()) {
      const [, hour = ''] = document.split(`${folderOf(metric)}/`);
      if (hour === '' || Number(hour) >= oldest) continue;
      hours.delete(document);
      disk.remove(document);
    }
  };
  return {
    record(metric, time, stats) {
      const document = documentOf(metric, Math.floor(time / HOUR));
      if (!hours.has(document)) dropOld(metric);
      const hour = hours.get(document) ?? {};
      const slot = String(Math.floor((time % HOUR) / resolution));
      hour[slot] = merge(hour[slot], stats);
      hours.set(document, hour);
      disk.write(document, hour);
    },
    read(metric, start, end) {
      let found: Stats | undefined;
      for (let hour = Math.floor(start / HOUR); hour <= Math.floor(end / HOUR); hour += 1) {
        for (const [slot, stats] of Object.entries(hours.get(documentOf(metric, hour)) ?? {})) {
          const time = hour * HOUR + Number(slot) * resolution;
          if (time >= start && time < end) found = merge(found, stats);
        }
      }
      return found;
    },
  };
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
