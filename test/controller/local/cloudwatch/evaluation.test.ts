import { expect, test } from 'vitest';
import { judge } from '../../../../controller/local/cloudwatch/evaluation.ts';
import type { AlarmDefinition } from '../../../../controller/local/cloudwatch/alarm.ts';
import { alarmShape } from '../../../../controller/local/cloudwatch/shapes.ts';

const define = (more: object): AlarmDefinition =>
  alarmShape.parse({
    AlarmName: 'errors',
    Namespace: 'shop',
    MetricName: 'errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    ...more,
  });

/** `0 - X` is oldest first: fine, missing, breaching. Answers are for missing, ignore, breaching, notBreaching. */
const judgeAll = (periods: string, DatapointsToAlarm: number) =>
  (['missing', 'ignore', 'breaching', 'notBreaching'] as const).map((TreatMissingData) =>
    judge(
      define({ DatapointsToAlarm, TreatMissingData }),
      periods
        .split(' ')
        .toReversed()
        .map((period) => (period === '-' ? undefined : period === 'X' ? 1 : 0)),
    ),
  );

const KEEP = undefined;

// The two tables of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
test.each([
  ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
  ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
  ['- - - - -', ['INSUFFICIENT_DATA', KEEP, 'ALARM', 'OK']],
  ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['- - X - -', ['ALARM', KEEP, 'ALARM', 'OK']],
])('3 of 3 datapoints: %s', (periods, states) => {
  expect(judgeAll(periods, 3)).toEqual(states);
});

test.each([
  ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - X -', ['ALARM', KEEP, 'ALARM', 'OK']],
])('2 of 3 datapoints: %s', (periods, states) => {
  expect(judgeAll(periods, 2)).toEqual(states);
});

test('one fresh breaching datapoint alone does not alarm before its time', () => {
  expect(judgeAll('- - - - X', 3)[0]).toBe(KEEP);
});

test.each([
  ['GreaterThanThreshold', [false, false, true]],
  ['GreaterThanOrEqualToThreshold', [false, true, true]],
  ['LessThanThreshold', [true, false, false]],
  ['LessThanOrEqualToThreshold', [true, true, false]],
])('%s', (ComparisonOperator, breaching) => {
  const alarm = define({ ComparisonOperator, Threshold: 5, EvaluationPeriods: 1 });
  expect([4, 5, 6].map((value) => judge(alarm, [value]) === 'ALARM')).toEqual(breaching);
});
