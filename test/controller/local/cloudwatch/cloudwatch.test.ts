import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type MetricAlarm,
  type MetricDataQuery,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { PATIENCE } from '../../../patience.ts';

/** A period of 10 s takes 50 ms. */
const speed = 200;
let cloud: TestCloud;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  cloud = await startTestCloud({ speed });
  cloudWatch = new CloudWatchClient(cloud.config());
});

afterAll(async () => {
  cloudWatch.destroy();
  await cloud.close();
});

const putAlarm = (AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}) =>
  cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'shop',
      MetricName: 'errors',
      Dimensions: [{ Name: 'alarm', Value: AlarmName }],
      Statistic: 'Sum',
      Period: 10,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ...more,
    }),
  );

const putErrors = (AlarmName: string, ...values: number[]) =>
  cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: 'shop',
      MetricData: values.map((Value) => ({
        MetricName: 'errors',
        Value,
        Dimensions: [{ Name: 'alarm', Value: AlarmName }],
      })),
    }),
  );

async function readAlarm(AlarmName: string): Promise<MetricAlarm> {
  const { MetricAlarms = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }),
  );
  const [alarm] = MetricAlarms;
  if (alarm === undefined) throw new Error(`${AlarmName} is gone`);
  return alarm;
}

const waitFor = (name: string, state: string) =>
  vi.waitFor(async () => expect((await readAlarm(name)).StateValue).toBe(state), PATIENCE);

const history = (AlarmName: string, more: object = {}) =>
  cloudWatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'StateUpdate', ...more }),
  );

test('metrics that were put fire the alarm and, when they stop, calm it; history tells it all', async () => {
  const before = new Date(Date.now() - 1000);
  await putAlarm('fires', { TreatMissingData: 'notBreaching' });
  await waitFor('fires', 'OK');
  await putErrors('fires', 2, 4);
  // Looked for in the history: the alarm is over again within a period, sooner than a busy machine looks.
  const changes = async () => (await history('fires')).AlarmHistoryItems;
  await vi.waitFor(async () => expect(await changes()).toHaveLength(3), PATIENCE);
  expect(await readAlarm('fires')).toMatchObject({ Period: 10, StateValue: 'OK' });
  const { AlarmHistoryItems = [] } = await history('fires', {
    StartDate: before,
    EndDate: new Date(Date.now() + 1000),
    ScanBy: 'TimestampAscending',
  });
  const states = AlarmHistoryItems.map(
    ({ HistoryData = '' }) =>
      (JSON.parse(HistoryData) as { newState: { stateValue: string; stateReason: string } })
        .newState,
  );
  expect(states.map(({ stateValue }) => stateValue)).toEqual(['OK', 'ALARM', 'OK']);
  expect(states[1]?.stateReason).toContain('[6]');
  const later = await history('fires', { StartDate: new Date(Date.now() + 60_000) });
  expect(later.AlarmHistoryItems).toEqual([]);
});

test('other dimensions, other regions and too few errors leave the alarm alone', async () => {
  await putAlarm('calm', { TreatMissingData: 'notBreaching' });
  await putErrors('calm', 4);
  await putErrors('someone-else', 100);
  const ireland = new CloudWatchClient(cloud.config('eu-west-1'));
  await ireland.send(
    new PutMetricDataCommand({
      Namespace: 'shop',
      MetricData: [
        { MetricName: 'errors', Value: 100, Dimensions: [{ Name: 'alarm', Value: 'calm' }] },
      ],
    }),
  );
  await expect(ireland.send(new DescribeAlarmsCommand({}))).resolves.toMatchObject({
    MetricAlarms: [],
  });
  await waitFor('calm', 'OK');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await history('calm')).AlarmHistoryItems?.map((item) => item.HistorySummary)).toEqual([
    'Alarm updated from INSUFFICIENT_DATA to OK',
  ]);
  ireland.destroy();
});

test.each([
  ['Sum', 12],
  ['SampleCount', 3],
  ['Average', 4],
  ['Minimum', 1],
  ['Maximum', 6],
] as const)('%s of 5, 1 and 6 is %d', async (Statistic, value) => {
  const name = `statistic-${Statistic}`;
  await putAlarm(name, { Statistic, Threshold: 0, TreatMissingData: 'ignore' });
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: 'shop',
      MetricData: [
        {
          MetricName: 'errors',
          Values: [5, 1, 6],
          Dimensions: [{ Name: 'alarm', Value: name }],
        },
      ],
    }),
  );
  await waitFor(name, 'ALARM');
  expect((await readAlarm(name)).StateReason).toContain(`[${value}]`);
});

test('SetAlarmState holds until an evaluation says otherwise', async () => {
  await putAlarm('set', { TreatMissingData: 'ignore' });
  await putAlarm('reset', { TreatMissingData: 'notBreaching', Period: 60 });
  const set = (AlarmName: string) =>
    cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a drill' }),
    );
  await set('set');
  await set('reset');
  await waitFor('reset', 'OK');
  const { AlarmHistoryItems: [back, drill] = [] } = await history('reset');
  expect(drill?.HistoryData).toContain('"newState":{"stateValue":"ALARM","stateReason":"a drill"}');
  const held = Number(back?.Timestamp) - Number(drill?.Timestamp);
  expect(held).toBeGreaterThanOrEqual((60 * 1000) / speed);
  expect(await readAlarm('set')).toMatchObject({ StateValue: 'ALARM', StateReason: 'a drill' });
  await expect(set('unknown')).rejects.toMatchObject({ name: 'ResourceNotFound' });
});

test('alarms and history survive a restart, history a deletion', async () => {
  await putAlarm('lasting', { TreatMissingData: 'ignore' });
  await cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName: 'lasting', StateValue: 'ALARM', StateReason: 'drill' }),
  );
  const again = await startTestCloud({ directory: cloud.directory, speed });
  const reopened = new CloudWatchClient(again.config());
  const { MetricAlarms = [] } = await reopened.send(
    new DescribeAlarmsCommand({ AlarmNamePrefix: 'lasting' }),
  );
  expect(MetricAlarms).toMatchObject([{ AlarmName: 'lasting', StateValue: 'ALARM' }]);
  await reopened.send(new DeleteAlarmsCommand({ AlarmNames: ['lasting'] }));
  const kept = await reopened.send(new DescribeAlarmHistoryCommand({ AlarmName: 'lasting' }));
  expect(kept.AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
    'Alarm "lasting" deleted',
    'Alarm updated from INSUFFICIENT_DATA to ALARM',
    'Alarm "lasting" created',
  ]);
  reopened.destroy();
  await again.close();
});

test('lists come in pages', async () => {
  for (const name of ['page-1', 'page-2', 'page-3']) await putAlarm(name);
  const list = (NextToken?: string) =>
    cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNamePrefix: 'page-',
        MaxRecords: 2,
        ...(NextToken && { NextToken }),
      }),
    );
  const first = await list();
  const second = await list(first.NextToken);
  expect([first, second].map(({ MetricAlarms }) => MetricAlarms?.length)).toEqual([2, 1]);
  expect(second.NextToken).toBeUndefined();
  await expect(list('bogus')).rejects.toMatchObject({ name: 'InvalidNextToken' });
});

test('GetMetricData sums what was put by period, newest first, and nothing for what is unknown', async () => {
  const start = new Date(Date.now() - 1000);
  const query = (Id: string, MetricName: string, more: object = {}): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'shop', MetricName, Dimensions: [{ Name: 'alarm', Value: 'data' }] },
      // A minute takes 300 ms.
      Period: 60,
      Stat: 'Sum',
      ...more,
    },
  });
  const get = (queries: MetricDataQuery[], more: object = {}) =>
    cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: start,
        EndTime: new Date(Date.now() + 1000),
        MetricDataQueries: queries,
        ...more,
      }),
    );
  await putErrors('data', 2, 3);
  await new Promise((resolve) => setTimeout(resolve, 310));
  await putErrors('data', 7);
  const { MetricDataResults = [] } = await get([query('a', 'errors'), query('b', 'absent')]);
  expect(MetricDataResults).toMatchObject([
    { Id: 'a', Label: 'errors', Values: [7, 5], StatusCode: 'Complete' },
    { Id: 'b', Values: [], Timestamps: [] },
  ]);
  const [times = []] = MetricDataResults.map(({ Timestamps }) => Timestamps);
  expect(times.toSorted((x, y) => Number(y) - Number(x))).toEqual(times);
  const ascending = await get([query('a', 'errors')], { ScanBy: 'TimestampAscending' });
  expect(ascending.MetricDataResults?.[0]?.Values).toEqual([5, 7]);
  const before = await get([query('a', 'errors')], {
    EndTime: start,
    StartTime: new Date(start.getTime() - 5000),
  });
  expect(before.MetricDataResults?.[0]?.Values).toEqual([]);
  for (const wrong of [
    () => get([query('a', 'errors'), query('a', 'errors')]),
    () => get([query('A', 'errors')]),
    () => get([query('a', 'errors', { Period: 15 })]),
    () => get([query('a', 'errors')], { EndTime: start }),
  ]) {
    await expect(wrong()).rejects.toMatchObject({ name: 'ValidationException' });
  }
});

test('what CloudWatch would refuse is refused', async () => {
  for (const wrong of [
    { Period: 15 },
    { DatapointsToAlarm: 2 },
    { EvaluationPeriods: 1441, Period: 60 },
    { ExtendedStatistic: 'p99' },
    { TreatMissingData: 'sometimes' },
  ]) {
    await expect(putAlarm('wrong', wrong)).rejects.toMatchObject({ name: 'ValidationException' });
  }
  const put = (datum: object) =>
    cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'shop',
        MetricData: [{ MetricName: 'errors', ...datum }],
      }),
    );
  for (const wrong of [
    {},
    { Value: 1, Values: [1] },
    { Values: [1, 2], Counts: [1] },
    { Value: 1, Timestamp: new Date(Date.now() - 15 * 24 * 3_600_000) },
  ]) {
    await expect(put(wrong)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  }
  await expect(
    cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['absent'] })),
  ).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
