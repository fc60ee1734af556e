import type { z } from 'zod';
import { ServiceError } from '../service.ts';
import { nameMetric, type MetricStore, type Stats } from './metric-store.ts';
import type { Datum, metricDataShape } from './shapes.ts';

const TWO_WEEKS = 14 * 24 * 3_600_000;
const TWO_HOURS = 2 * 3_600_000;

interface Target {
  readonly region: string;
  readonly metrics: MetricStore;
  readonly now: Date;
}

/** PutMetricData: all data of the call are checked before the first is kept. */
export function putMetricData(input: z.output<typeof metricDataShape>, target: Target): void {
  const now = target.now.getTime();
  const checked = input.MetricData.map((datum) => ({
    datum,
    time: checkTime(datum.Timestamp === undefined ? now : datum.Timestamp * 1000, now),
    stats: readStats(datum),
  }));
  for (const { datum, time, stats } of checked) {
    const metric = nameMetric(target.region, input.Namespace, datum);
    target.metrics.record(metric, time, stats);
  }
}

function checkTime(time: number, now: number): number {
  if (time >= now - TWO_WEEKS && time <= now + TWO_HOURS) return time;
  throw invalid(
    'The parameter Timestamp must be within the last two weeks and at most two hours ahead.',
  );
}

function readStats({ Value, Values, Counts, StatisticValues }: Datum): Stats {
  const given = [Value, Values, StatisticValues].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw invalid('Exactly one of Value, Values and StatisticValues must be given.');
  }
  if (StatisticValues !== undefined) {
    const { SampleCount, Sum, Minimum, Maximum } = StatisticValues;
    return { count: SampleCount, sum: Sum, minimum: Minimum, maximum: Maximum };
  }
  const values = Values ?? [Value ?? 0];
  const counts = Counts ?? values.map(() => 1);
  if (values.length === 0 || counts.length !== values.length) {
    throw invalid('Values and Counts must be of the same length, at least 1.');
  }
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: values.reduce((sum, value, position) => sum + value * (counts[position] ?? 0), 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'InvalidParameterValue', message);
}
