import type { Happening } from '../events/event.ts';
import { createJsonService } from '../http/aws-json.ts';
import type { CloudClock, Disk, Service } from '../service.ts';
import { AlarmBook } from './alarm-book.ts';
import { alarmOperations } from './alarm-operations.ts';
import { getMetricData } from './get-metric-data.ts';
import { nameMetric, openMetricStore, type Stats } from './metric-store.ts';
import { operation } from './operation.ts';
import { putMetricData } from './put-metric-data.ts';
import * as shapes from './shapes.ts';

export interface CloudWatch extends Service {
  /** Puts a value into a metric of AWS' own, as a service does when something happens. */
  report(metric: OwnMetric, value: number, time?: Date): void;
  /** Stops evaluating. */
  close(): void;
}

export interface CloudWatchOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** Gets what happens to alarms, for EventBridge. */
  readonly emit?: (happening: Happening) => void;
}

export interface OwnMetric {
  readonly region: string;
  readonly namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** Half the period of the quickest alarm. */
const TICK_SECONDS = 5;
/** Metrics of AWS' own come with every request; whatever the speed, they are written this often. */
const FLUSH_MILLIS = 1000;

/** CloudWatch metrics and alarms. Alarms are evaluated on a timer, and before they are read. */
export function createCloudWatch({ disk, clock, emit = () => {} }: CloudWatchOptions): CloudWatch {
  const metrics = openMetricStore(disk, clock);
  const book = new AlarmBook({ disk, clock, metrics, emit });
  const timer = setInterval(() => book.evaluateDue(), (TICK_SECONDS * 1000) / clock.speed).unref();
  const flushing = setInterval(() => metrics.flush(), FLUSH_MILLIS).unref();
  const service = createJsonService({
    signingName: 'monitoring',
    target: 'GraniteServiceVersion20100801',
    version: '1.0',
    operations: {
      PutMetricData: operation(shapes.metricDataShape, (input, { region }) =>
        putMetricData(input, { region, metrics, now: clock.now() }),
      ),
      GetMetricData: operation(shapes.getMetricDataShape, (input, { region }) =>
        getMetricData(input, { region, metrics, clock }),
      ),
      ...alarmOperations(book),
    },
  });
  return {
    ...service,
    report({ region, namespace, ...named }, value, time = clock.now()) {
      const one: Stats = { count: 1, sum: value, minimum: value, maximum: value };
      const length = 60_000 / clock.speed;
      const minute = Math.floor(time.getTime() / length) * length;
      metrics.recordSoon(nameMetric(region, namespace, named), minute, one);
    },
    close() {
      clearInterval(timer);
      clearInterval(flushing);
      metrics.flush();
    },
  };
}
