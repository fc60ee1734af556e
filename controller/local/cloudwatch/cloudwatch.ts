import type { z } from 'zod';
import { createJsonService, defineOperation, type JsonOperation } from '../http/aws-json.ts';
import { cutPage } from '../http/page.ts';
import {
  ServiceError,
  type CloudClock,
  type Disk,
  type Service,
  type ServiceRequest,
} from '../service.ts';
import { AlarmBook } from './alarm-book.ts';
import { getMetricData } from './get-metric-data.ts';
import { nameMetric, openMetricStore } from './metric-store.ts';
import { putMetricData } from './put-metric-data.ts';
import { renderAlarm, renderHistoryItem } from './render-alarm.ts';
import * as shapes from './shapes.ts';

export interface CloudWatch extends Service {
  /** Puts a value into a metric of AWS' own, as a service does when something happens. */
  report(metric: OwnMetric, value: number): void;
  /** Stops evaluating. */
  close(): void;
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
const INVALID = 'ValidationError';

/** CloudWatch metrics and alarms. Alarms are evaluated on a timer, and before they are read. */
export function createCloudWatch({ disk, clock }: { disk: Disk; clock: CloudClock }): CloudWatch {
  const metrics = openMetricStore(disk, clock);
  const book = new AlarmBook({ disk, clock, metrics });
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
    report({ region, namespace, ...named }, value) {
      const one = { count: 1, sum: value, minimum: value, maximum: value };
      const minute = 60_000 / clock.speed;
      const time = Math.floor(clock.now().getTime() / minute) * minute;
      metrics.recordSoon(nameMetric(region, namespace, named), time, one);
    },
    close() {
      clearInterval(timer);
      clearInterval(flushing);
      metrics.flush();
    },
  };
}

function alarmOperations(book: AlarmBook): Record<string, JsonOperation> {
  return {
    PutMetricAlarm: operation(shapes.alarmShape, (input, { region }) =>
      putAlarm(book, region, input),
    ),
    DescribeAlarms: operation(shapes.describeShape, (input, { region }) =>
      describeAlarms(book, region, input),
    ),
    DescribeAlarmHistory: operation(shapes.historyShape, (input, { region }) =>
      describeHistory(book, region, input),
    ),
    SetAlarmState: operation(shapes.setStateShape, (input, { region }) =>
      setState(book, region, input),
    ),
    DeleteAlarms: operation(shapes.deleteShape, (input, { region }) =>
      deleteAlarms(book, region, input.AlarmNames),
    ),
  };
}

/** CloudWatch has its own name for invalid input. */
function operation<Shape extends z.ZodType>(
  shape: Shape,
  run: (input: z.output<Shape>, request: ServiceRequest) => unknown,
): JsonOperation {
  return defineOperation(shape, run, INVALID);
}

function putAlarm(book: AlarmBook, region: string, input: z.output<typeof shapes.alarmShape>) {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, Period } = input;
  if (DatapointsToAlarm > EvaluationPeriods) {
    throw new ServiceError(400, INVALID, 'DatapointsToAlarm must not exceed EvaluationPeriods.');
  }
  if (EvaluationPeriods * Period > 86_400) {
    throw new ServiceError(400, INVALID, 'Metrics cannot be checked across more than a day.');
  }
  book.put(region, input);
}

function describeAlarms(
  book: AlarmBook,
  region: string,
  input: z.output<typeof shapes.describeShape>,
) {
  book.evaluateDue();
  const { AlarmNames: names, AlarmNamePrefix: prefix, AlarmTypes: types, StateValue } = input;
  const metricAlarms = types === undefined || types.includes('MetricAlarm');
  const alarms = book
    .all(region)
    .filter(() => metricAlarms)
    .filter(({ definition: { AlarmName } }) => names === undefined || names.includes(AlarmName))
    .filter(({ definition: { AlarmName } }) => AlarmName.startsWith(prefix ?? ''))
    .filter(({ state }) => StateValue === undefined || state.value === StateValue);
  const page = cutPage(alarms, ({ definition }) => definition.AlarmName, {
    MaxResults: input.MaxRecords,
    NextToken: input.NextToken,
  });
  return { MetricAlarms: page.items.map(renderAlarm), CompositeAlarms: [], NextToken: page.next };
}

function describeHistory(
  book: AlarmBook,
  region: string,
  input: z.output<typeof shapes.historyShape>,
) {
  book.evaluateDue();
  const start = (input.StartDate ?? 0) * 1000;
  const end = (input.EndDate ?? Infinity) * 1000;
  const metricAlarms = input.AlarmTypes === undefined || input.AlarmTypes.includes('MetricAlarm');
  const numbered = book
    .history(region)
    .filter(() => metricAlarms)
    .filter(({ name }) => input.AlarmName === undefined || name === input.AlarmName)
    .filter(({ type }) => input.HistoryItemType === undefined || type === input.HistoryItemType)
    .map((item, position) => ({ item, position }))
    .filter(({ item }) => item.time >= start && item.time <= end);
  const items = input.ScanBy === 'TimestampAscending' ? numbered : numbered.toReversed();
  const page = cutPage(items, ({ position }) => String(position), {
    MaxResults: input.MaxRecords,
    NextToken: input.NextToken,
  });
  const rendered = page.items.map(({ item }) => renderHistoryItem(item));
  return { AlarmHistoryItems: rendered, NextToken: page.next };
}

function setState(book: AlarmBook, region: string, input: z.output<typeof shapes.setStateShape>) {
  const reasonData = input.StateReasonData;
  if (reasonData !== undefined && !isJson(reasonData)) {
    throw new ServiceError(400, 'InvalidFormat', 'StateReasonData is not valid JSON.');
  }
  const state = { value: input.StateValue, reason: input.StateReason, reasonData };
  book.setState(findAlarm(book, region, input.AlarmName), state);
}

/** All or nothing: one unknown name and none is deleted. */
function deleteAlarms(book: AlarmBook, region: string, names: readonly string[]) {
  const alarms = names.map((name) => findAlarm(book, region, name));
  for (const alarm of alarms) book.remove(alarm);
}

function findAlarm(book: AlarmBook, region: string, name: string) {
  const alarm = book.get(region, name);
  if (alarm !== undefined) return alarm;
  throw new ServiceError(404, 'ResourceNotFound', `Alarm ${name} does not exist in ${region}.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}
