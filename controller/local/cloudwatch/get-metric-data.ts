import type { z } from 'zod';
import { ServiceError, type CloudClock } from '../service.ts';
import { nameMetric, type MetricStore } from './metric-store.ts';
import { pick } from './datapoints.ts';
import type { getMetricDataShape } from './shapes.ts';

interface Source {
  readonly region: string;
  readonly metrics: MetricStore;
  readonly clock: CloudClock;
}

/** More datapoints than this CloudWatch spreads over pages, which is not imitated. */
const DATAPOINTS_LIMIT = 100_800;

/** GetMetricData: every period that something was put in, the newest first unless asked otherwise. */
export function getMetricData(input: z.output<typeof getMetricDataShape>, source: Source) {
  const { StartTime, EndTime, MetricDataQueries, ScanBy } = input;
  if (StartTime >= EndTime) throw invalid('StartTime must be before EndTime.');
  const ids = MetricDataQueries.map(({ Id }) => Id);
  if (new Set(ids).size < ids.length) throw invalid('The Ids of the queries must differ.');
  const results = MetricDataQueries.map(({ Id, Label, MetricStat }) => {
    const points = readPoints(MetricStat, { start: StartTime * 1000, end: EndTime * 1000 }, source);
    const sorted = ScanBy === 'TimestampAscending' ? points : points.toReversed();
    return {
      Id,
      Label: Label ?? MetricStat.Metric.MetricName,
      Timestamps: sorted.map(({ time }) => time / 1000),
      Values: sorted.map(({ value }) => value),
      StatusCode: 'Complete',
    };
  });
  return { MetricDataResults: results, Messages: [] };
}

type Query = z.output<typeof getMetricDataShape>['MetricDataQueries'][number]['MetricStat'];

/** Periods start at their multiples; one that `start` or `end` falls into counts as a whole. */
function readPoints(
  { Metric, Period, Stat }: Query,
  { start, end }: { readonly start: number; readonly end: number },
  { region, metrics, clock }: Source,
) {
  // Like an alarm's: `speed` makes a period shorter, and its sums stay right.
  const period = (Period * 1000) / clock.speed;
  const first = Math.floor(start / period) * period;
  const count = Math.ceil((Math.min(end, clock.now().getTime() + period) - first) / period);
  if (count > DATAPOINTS_LIMIT) throw invalid('Too many datapoints: ask for a longer Period.');
  const metric = nameMetric(region, Metric.Namespace, Metric);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => {
    const time = first + index * period;
    const stats = metrics.read(metric, time, time + period);
    return stats === undefined ? [] : [{ time, value: pick(stats, Stat) }];
  }).flat();
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationError', message);
}
