import type { z } from 'zod';
import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import { createJsonService, defineOperation, type JsonOperation } from '../http/aws-json.ts';
import type { CloudClock, Disk, Service } from '../service.ts';
import * as groups from './group-operations.ts';
import { missing, type In } from './group.ts';
import { LogStore } from './log-store.ts';
import { composeDatum } from './metric-filter.ts';
import * as filters from './metric-filter-operations.ts';
import { filterEvents, getEvents } from './read-events.ts';
import * as shapes from './shapes.ts';

export interface Logs extends Service {
  /** What a service of AWS writes for somebody; each entry is an event of this moment. */
  write(
    to: { readonly region: string; readonly group: string; readonly stream: string },
    entries: readonly string[],
  ): void;
  /** Writes what is still in memory. */
  close(): void;
}

export interface LogsOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** Gets the data that metric filters make. */
  readonly report: CloudWatch['report'];
}

const TICK_MILLIS = 500;
const FLUSH_MILLIS = 1000;

/** CloudWatch Logs: groups, streams, events with a delay, metric filters. */
export function createLogs({ disk, clock, report }: LogsOptions): Logs {
  const store = new LogStore({
    disk,
    clock,
    ingested: ({ region, metricFilters }, event) => {
      for (const filter of metricFilters) {
        const datum = composeDatum(filter, region, event);
        if (datum !== undefined) report(datum.metric, datum.value, new Date(event.time));
      }
    },
  });
  const tick = Math.max(10, TICK_MILLIS / clock.speed);
  const ingesting = setInterval(() => store.ingestDue(), tick).unref();
  const flushing = setInterval(() => store.flush(), FLUSH_MILLIS).unref();
  const service = createJsonService({
    signingName: 'logs',
    target: 'Logs_20140328',
    version: '1.1',
    operations: { ...listOperations(store, clock), ...groupOperations(store, clock) },
  });
  return {
    ...service,
    write(to, entries) {
      const time = clock.now().getTime();
      store.append(
        to,
        entries.map((message) => ({ time, message })),
      );
    },
    close() {
      clearInterval(ingesting);
      clearInterval(flushing);
      // What was written is not lost because nobody could read it yet.
      store.ingestDue(Infinity);
      store.flush();
    },
  };
}

const INVALID = 'InvalidParameterException';

/** Operations that may name any group, or none. */
function listOperations(store: LogStore, clock: CloudClock): Record<string, JsonOperation> {
  const on = <Shape extends z.ZodType>(
    shape: Shape,
    run: (input: z.output<Shape>, among: groups.Among) => unknown,
  ) =>
    defineOperation(
      shape,
      (input, { region }) => run(input, { store, region, now: clock.now().getTime() }),
      INVALID,
    );
  return {
    CreateLogGroup: on(shapes.createGroupShape, groups.createGroup),
    DescribeLogGroups: on(shapes.describeGroupsShape, groups.describeGroups),
    DescribeMetricFilters: on(shapes.describeMetricFiltersShape, filters.describeMetricFilters),
    TestMetricFilter: on(shapes.testMetricFilterShape, filters.testMetricFilter),
  };
}

/** Operations on a group that has to be there. */
function groupOperations(store: LogStore, clock: CloudClock): Record<string, JsonOperation> {
  const on = <Shape extends z.ZodType<{ readonly logGroupName: string }>>(
    shape: Shape,
    run: (input: z.output<Shape>, at: In) => unknown,
  ) =>
    defineOperation(
      shape,
      (input, { region }) => {
        const group = store.get(region, input.logGroupName);
        if (group === undefined) throw missing('log group');
        return run(input, { store, group, now: clock.now().getTime() });
      },
      INVALID,
    );
  return {
    DeleteLogGroup: on(shapes.groupShape, (_, { group }) => store.remove(group)),
    PutRetentionPolicy: on(shapes.retentionShape, groups.putRetention),
    DeleteRetentionPolicy: on(shapes.groupShape, groups.deleteRetention),
    CreateLogStream: on(shapes.streamShape, groups.createStream),
    DescribeLogStreams: on(shapes.describeStreamsShape, groups.describeStreams),
    PutLogEvents: on(shapes.putEventsShape, groups.putEvents),
    GetLogEvents: on(shapes.getEventsShape, getEvents),
    FilterLogEvents: on(shapes.filterEventsShape, filterEvents),
    PutMetricFilter: on(shapes.putMetricFilterShape, filters.putMetricFilter),
    DeleteMetricFilter: on(shapes.deleteMetricFilterShape, filters.deleteMetricFilter),
  };
}
