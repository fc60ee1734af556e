import type { CloudClock } from '../service.ts';
import type { AlarmDefinition, MetricAlarm } from './alarm.ts';
import { evaluationRange, type Datapoint } from './evaluation.ts';
import { nameMetric, type MetricStore, type Stats } from './metric-store.ts';

/** What an evaluation looks at. */
export interface Evidence {
  /** Newest first. */
  readonly datapoints: readonly Datapoint[];
  readonly start: Date;
  readonly now: Date;
}

/** The complete periods of the alarm's evaluation range before `time`; `speed` makes a period shorter. */
export function readDatapoints(
  { region, definition }: MetricAlarm,
  time: number,
  { metrics, clock }: { readonly metrics: MetricStore; readonly clock: CloudClock },
): Evidence {
  const period = (definition.Period * 1000) / clock.speed;
  const end = Math.floor(time / period) * period;
  const count = evaluationRange(definition);
  const metric = nameMetric(region, definition.Namespace, definition);
  const datapoints = Array.from({ length: count }, (_, age) => {
    const stats = metrics.read(metric, end - (age + 1) * period, end - age * period);
    return stats && pick(stats, definition.Statistic);
  });
  return { datapoints, start: new Date(end - count * period), now: new Date(time) };
}

export function pick(stats: Stats, statistic: AlarmDefinition['Statistic']): number {
  switch (statistic) {
    case 'SampleCount':
      return stats.count;
    case 'Sum':
      return stats.sum;
    case 'Average':
      return stats.sum / stats.count;
    case 'Minimum':
      return stats.minimum;
    case 'Maximum':
      return stats.maximum;
  }
}
