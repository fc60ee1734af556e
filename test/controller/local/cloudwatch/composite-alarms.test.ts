import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';

let cloud: TestCloud;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  cloudWatch = new CloudWatchClient(cloud.config());
  for (const name of ['a', 'b', 'with space']) {
    await putMetric(name);
    await set(name, 'OK');
  }
});
afterAll(async () => {
  cloudWatch.destroy();
  await cloud.close();
});

const putMetric = (AlarmName: string) =>
  cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'shop',
      MetricName: AlarmName,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    }),
  );
const put = (AlarmName: string, AlarmRule: string) =>
  cloudWatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }));
const set = (AlarmName: string, StateValue: StateValue) =>
  cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: `set to ${StateValue}` }),
  );
const remove = (...AlarmNames: string[]) =>
  cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames }));

async function read(name: string) {
  const { CompositeAlarms: [alarm] = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['CompositeAlarm'] }),
  );
  return alarm;
}

const refused = (message: string) => ({
  name: 'ValidationException',
  message: expect.stringContaining(message) as string,
});

it('follows the alarms in its rule, and remembers which one changed', async () => {
  await put('both', 'ALARM("a") AND ALARM(b)');
  const ARN = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:both';
  expect(await read('both')).toMatchObject({ StateValue: 'OK', AlarmArn: ARN });
  await put('above', `ALARM("${ARN}") OR INSUFFICIENT_DATA(a)`);
  await set('a', 'ALARM');
  expect(await read('both')).toMatchObject({ StateValue: 'OK' });
  await set('b', 'ALARM');
  const alarm = await read('both');
  expect(alarm?.StateReason).toMatch(
    /^arn:aws:cloudwatch:us-east-1:000000000000:alarm:b transitioned to ALARM at \w+ \d\d \w+, \d{4} [\d:]{8} UTC$/,
  );
  expect(JSON.parse(alarm?.StateReasonData ?? '')).toMatchObject({
    triggeringAlarms: [{ arn: expect.stringMatching(/:b$/), state: { value: 'ALARM' } }],
  });
  expect(await read('above')).toMatchObject({ StateValue: 'ALARM' });
  await set('a', 'OK');
  expect(await read('above')).toMatchObject({ StateValue: 'OK' });
  const history = await cloudWatch.send(
    new DescribeAlarmHistoryCommand({
      AlarmName: 'both',
      AlarmTypes: ['CompositeAlarm'],
      HistoryItemType: 'StateUpdate',
      ScanBy: 'TimestampAscending',
    }),
  );
  expect(history.AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
    'Alarm updated from INSUFFICIENT_DATA to OK',
    'Alarm updated from OK to ALARM',
    'Alarm updated from ALARM to OK',
  ]);
  expect(history.AlarmHistoryItems?.[0]?.AlarmType).toBe('CompositeAlarm');
});

it('is shown to those who ask for its kind only', async () => {
  await put('hidden', 'ALARM(a)');
  const describe = (more: object) =>
    cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['hidden', 'a'], ...more }));
  expect(await describe({})).toMatchObject({ MetricAlarms: { length: 1 }, CompositeAlarms: [] });
  expect(await describe({ AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] })).toMatchObject({
    MetricAlarms: [{ AlarmName: 'a' }],
    CompositeAlarms: [{ AlarmName: 'hidden', AlarmRule: 'ALARM(a)' }],
  });
  const plain = await cloudWatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'hidden' }));
  expect(plain.AlarmHistoryItems).toEqual([]);
});

it.each([
  ['NOT ALARM(a)', 'ALARM'],
  ['OK(a) AND NOT (ALARM(b) OR OK("with space"))', 'OK'],
  // AND binds closer than OR, NOT closest.
  ['OK(a) OR OK(b) AND FALSE', 'ALARM'],
  ['(OK(a) OR OK(b)) AND FALSE', 'OK'],
  ['NOT FALSE AND TRUE', 'ALARM'],
])('%s is %s', async (rule, state) => {
  await set('a', 'OK');
  await set('b', 'OK');
  await put('logic', rule);
  expect(await read('logic')).toMatchObject({ StateValue: state });
});

it('keeps a state that was set until an alarm in its rule changes', async () => {
  await set('a', 'OK');
  await put('set', 'ALARM(a)');
  await set('set', 'ALARM');
  await set('a', 'OK');
  expect(await read('set')).toMatchObject({ StateValue: 'ALARM', StateReason: 'set to ALARM' });
  await set('a', 'INSUFFICIENT_DATA');
  expect(await read('set')).toMatchObject({ StateValue: 'OK' });
});

it('is refused where CloudWatch would refuse it', async () => {
  await put('parent', 'ALARM("with space")');
  for (const rule of ['ALARM(a', 'ALARM(a) ALARM(b)', '()', 'a', 'ALARM()', 'TRUE OR', 'true']) {
    await expect(put('wrong', rule)).rejects.toMatchObject(refused('Error in AlarmRule'));
  }
  await expect(put('wrong', 'ALARM(nobody)')).rejects.toMatchObject(
    refused('alarms [nobody] in the alarm rule do not exist'),
  );
  await expect(put('a', 'ALARM(b)')).rejects.toMatchObject(refused('MetricAlarm of the name a'));
  await expect(putMetric('parent')).rejects.toMatchObject(refused('CompositeAlarm of the name'));
  await expect(put('parent', 'NOT ALARM(parent)')).rejects.toMatchObject(refused('own alarm'));
  await expect(remove('with space')).rejects.toMatchObject(
    refused('composite alarm(s) depending on it'),
  );
  await put('parent-2', 'ALARM(a)');
  await expect(remove('parent', 'parent-2')).rejects.toMatchObject(refused('At most one'));
  await remove('parent');
  await remove('with space');
});
