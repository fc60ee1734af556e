import { CloudWatchClient, GetMetricDataCommand, type Dimension } from '@aws-sdk/client-cloudwatch';
import {
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
  TestMetricFilterCommand,
  type MetricTransformation,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLogWriter, type LogWriter } from './log-writer.ts';

let writer: LogWriter;
let { logs, start, createGroup, put, waitFor } = {} as LogWriter;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  writer = await startLogWriter();
  ({ logs, start, createGroup, put, waitFor } = writer);
  cloudWatch = new CloudWatchClient(writer.cloud.config());
});
afterAll(async () => {
  cloudWatch.destroy();
  await writer.close();
});

const refusedAs = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });

const filter = (
  logGroupName: string,
  filterName: string,
  made: Partial<MetricTransformation>,
  filterPattern = '[id, tag=headgate, arm, kind=e, millis]',
) =>
  logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName,
      filterPattern,
      metricTransformations: [
        { metricName: filterName, metricNamespace: logGroupName, metricValue: '1', ...made },
      ],
    }),
  );

async function sum(Namespace: string, MetricName: string, ...Dimensions: Dimension[]) {
  const { MetricDataResults: [result] = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(start - 60_000),
      EndTime: new Date(Date.now() + 60_000),
      MetricDataQueries: [
        {
          Id: 'a',
          MetricStat: {
            Metric: { Namespace, MetricName, Dimensions },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    }),
  );
  const { Values = [] } = result ?? {};
  return Values.length === 0 ? undefined : Values.reduce((total, value) => total + value, 0);
}

it('make metrics with dimensions, values and defaults of what comes after them', async () => {
  const name = 'counted';
  await createGroup(name, 's');
  await put(name, ['id headgate canary e 9']);
  await waitFor(name, 1);
  await filter(name, 'errors', { dimensions: { arm: '$arm' } });
  await filter(name, 'millis', { metricValue: '$millis', defaultValue: 0 });
  await filter(name, 'plain', {});
  await put(name, [
    'id headgate canary e 5',
    'id headgate canary e 6',
    'id headgate stable e x',
    'id headgate canary n 100',
  ]);
  await waitFor(name, 5);
  expect(await sum(name, 'errors', { Name: 'arm', Value: 'canary' })).toBe(2);
  expect(await sum(name, 'errors', { Name: 'arm', Value: 'stable' })).toBe(1);
  expect(await sum(name, 'errors')).toBeUndefined();
  expect(await sum(name, 'millis')).toBe(11);
  expect(await sum(name, 'plain')).toBe(3);
  await put(name, ['id headgate canary n 1'], { at: start + 10 });
  await waitFor(name, 6);
  expect(await sum(name, 'plain')).toBe(3);
});

it('report the default when nothing matches, and nothing without one', async () => {
  const name = 'silent';
  await createGroup(name, 's');
  await filter(name, 'with', { defaultValue: 0 });
  await filter(name, 'without', {});
  await put(name, ['something else']);
  await waitFor(name, 1);
  expect(await sum(name, 'with')).toBe(0);
  expect(await sum(name, 'without')).toBeUndefined();
});

it('are listed, replaced and deleted, and are 100 at most', async () => {
  await createGroup('full');
  const names = Array.from({ length: 100 }, (_, count) => `f${String(count).padStart(2, '0')}`);
  await Promise.all(names.map((name) => filter('full', name, {})));
  await filter('full', 'f00', { metricValue: '2' });
  await expect(filter('full', 'one-more', {})).rejects.toMatchObject(
    refusedAs('LimitExceededException'),
  );
  const first = await logs.send(
    new DescribeMetricFiltersCommand({ logGroupName: 'full', filterNamePrefix: 'f' }),
  );
  expect(first.metricFilters).toHaveLength(50);
  expect(first.metricFilters?.[0]).toMatchObject({
    filterName: 'f00',
    logGroupName: 'full',
    metricTransformations: [{ metricValue: '2', metricNamespace: 'full' }],
  });
  const { nextToken } = first;
  const second = await logs.send(
    new DescribeMetricFiltersCommand({ logGroupName: 'full', nextToken }),
  );
  expect(second).toMatchObject({ metricFilters: { length: 50 } });
  const gone = { logGroupName: 'full', filterName: 'f00' };
  await logs.send(new DeleteMetricFilterCommand(gone));
  await expect(logs.send(new DeleteMetricFilterCommand(gone))).rejects.toMatchObject(
    refusedAs('ResourceNotFoundException'),
  );
  const { metricFilters } = await logs.send(
    new DescribeMetricFiltersCommand({ metricName: 'f01', metricNamespace: 'full' }),
  );
  expect(metricFilters).toMatchObject([{ filterName: 'f01' }]);
});

it.each<[string, Partial<MetricTransformation>, string?]>([
  ['dimensions beside a default', { dimensions: { arm: '$arm' }, defaultValue: 0 }],
  ['four dimensions', { dimensions: { a: '$arm', b: '$id', c: '$tag', d: '$kind' } }],
  ['a dimension of no field', { dimensions: { arm: '$other' } }],
  ['a dimension of terms', { dimensions: { arm: '$arm' } }, 'ERROR'],
  ['a fixed dimension', { dimensions: { arm: 'canary' } }],
  ['a value that is no number', { metricValue: 'one' }],
  ['a pattern of JSON', {}, '{ $.a = 1 }'],
])('with %s are refused', async (_, made, pattern) => {
  await createGroup('refusing').catch(() => {});
  await expect(filter('refusing', 'f', made, pattern)).rejects.toMatchObject(
    refusedAs('InvalidParameterException'),
  );
});

it('can be tried on messages', async () => {
  const { matches } = await logs.send(
    new TestMetricFilterCommand({
      filterPattern: '[id, kind=e, slot]',
      logEventMessages: ['a n 1', 'b e 2'],
    }),
  );
  expect(matches).toEqual([
    {
      eventNumber: 2,
      eventMessage: 'b e 2',
      extractedValues: { $id: 'b', $kind: 'e', $slot: '2' },
    },
  ]);
});
