import { describe, expect, it } from 'vitest';
import {
  listChildren,
  toAlarmSeen,
  toAlarmState,
} from '../../../../../controller/adapters/aws/cloudwatch/alarm.ts';

const ALARM = { name: 'shop-prod-errors', region: 'us-east-1' };
const AT = new Date('2026-11-20T03:00:00Z');

function change(from: string, to: string): string {
  return JSON.stringify({
    version: '1.0',
    oldState: { stateValue: from, stateReason: 'before' },
    newState: { stateValue: to, stateReason: 'over 5' },
  });
}

describe('the state of an alarm', () => {
  it('began when the state changed, not when its reason did', () => {
    const state = toAlarmState(ALARM, {
      StateValue: 'ALARM',
      StateReason: 'over 5',
      StateTransitionedTimestamp: AT,
      StateUpdatedTimestamp: new Date('2026-11-20T04:00:00Z'),
    });
    expect(state).toEqual({ ...ALARM, state: 'ALARM', since: AT.toISOString(), reason: 'over 5' });
  });

  it('is `missing` when CloudWatch knows no such alarm', () => {
    expect(toAlarmState(ALARM, undefined)).toMatchObject({ state: 'missing', since: undefined });
  });
});

describe('what an alarm looks at', () => {
  const canary = { Dimensions: [{ Name: 'slot', Value: 'canary' }] };
  const math = { Metrics: [{ Id: 'm1', MetricStat: { Metric: canary, Period: 60, Stat: 'Sum' } }] };

  it.each([
    ['a metric of the canary', { MetricName: 'errors', ...canary }, true],
    ['metric math over one', math, true],
    ['a metric of all visitors', { MetricName: 'errors', Dimensions: [] }, undefined],
  ])('%s', (_name, alarm, sees) => {
    expect(toAlarmState(ALARM, alarm).seesCanary).toBe(sees);
  });

  it('is for a composite one what it is made of', () => {
    const rule =
      'ALARM("all of it") OR (NOT OK(canary)) OR ALARM(arn:aws:cloudwatch:us-east-1:1:alarm:far)';
    const composite = { AlarmRule: rule };
    expect(listChildren(composite)).toEqual(['all of it', 'canary', 'far']);
    expect(toAlarmState(ALARM, composite, new Map([['all of it', {}]])).seesCanary).toBeUndefined();
    const known = new Map([['canary', { MetricName: 'errors', ...canary }]]);
    expect(toAlarmState(ALARM, composite, known).seesCanary).toBe(true);
  });
});

describe('an alarm that counts reports', () => {
  const ours = { MetricName: 'Errors', Namespace: 'Headgate/shop/prod' };

  it('is one on our metrics, in metric math and below a composite one, too', () => {
    expect(toAlarmState(ALARM, ours).countsReports).toBe(true);
    const math = { Metrics: [{ Id: 'a', MetricStat: { Metric: ours, Period: 60, Stat: 'Sum' } }] };
    expect(toAlarmState(ALARM, math).countsReports).toBe(true);
    const known = new Map([['a', ours]]);
    expect(toAlarmState(ALARM, { AlarmRule: 'ALARM(a)' }, known).countsReports).toBe(true);
  });

  it('is no other', () => {
    const other = { MetricName: 'Errors', Namespace: 'HeadgateOfTheRiver' };
    expect(toAlarmState(ALARM, other).countsReports).toBeUndefined();
  });
});

describe('an entry into ALARM', () => {
  it('is read from the history', () => {
    const item = { Timestamp: AT, HistoryData: change('OK', 'ALARM') };
    expect(toAlarmSeen(ALARM, item)).toEqual({ ...ALARM, at: AT.toISOString(), reason: 'over 5' });
    const first = { Timestamp: AT, HistoryData: change('INSUFFICIENT_DATA', 'ALARM') };
    expect(toAlarmSeen(ALARM, first)).toBeDefined();
  });

  it('is nothing else', () => {
    const left = { Timestamp: AT, HistoryData: change('ALARM', 'OK') };
    expect(toAlarmSeen(ALARM, left)).toBeUndefined();
    const stayed = { Timestamp: AT, HistoryData: change('ALARM', 'ALARM') };
    expect(toAlarmSeen(ALARM, stayed)).toBeUndefined();
  });

  it('is read from the summary when the data was cut off', () => {
    const item = {
      Timestamp: AT,
      HistoryData: change('OK', 'ALARM').slice(0, 40),
      HistorySummary: 'Alarm updated from OK to ALARM',
    };
    expect(toAlarmSeen(ALARM, item)?.reason).toBe('Alarm updated from OK to ALARM');
  });

  it('is never guessed: an item that says nothing is an error', () => {
    expect(() => toAlarmSeen(ALARM, { Timestamp: AT, HistoryData: '{}' })).toThrow(/can't be read/);
  });
});
