import { paginateDescribeAlarmHistory, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { AlarmTransition } from '../../../core/backtest/alarm-record.ts';
import type { AlarmName } from '../../../core/policy/policy.ts';
import type { AlarmHistory } from '../../../ports/alarm-history.ts';
import { translateError } from '../translate-error.ts';
import { toTransition } from './alarm.ts';

type ClientIn = (region: string) => Promise<CloudWatchClient>;

/** `clientIn` gives the client of a region. */
export function createAlarmHistory(clientIn: ClientIn): AlarmHistory {
  return {
    async transitions(alarms, since) {
      const all = await Promise.all(alarms.map((alarm) => readAlarm(clientIn, alarm, since)));
      return all.flat().toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
    },
  };
}

async function readAlarm(
  clientIn: ClientIn,
  alarm: AlarmName,
  since: string,
): Promise<readonly AlarmTransition[]> {
  const start = new Date(since);
  const seen: AlarmTransition[] = [];
  try {
    const client = await clientIn(alarm.region);
    const pages = paginateDescribeAlarmHistory(
      { client },
      {
        AlarmName: alarm.name,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        HistoryItemType: 'StateUpdate',
        StartDate: start,
        ScanBy: 'TimestampAscending',
      },
    );
    for await (const page of pages)
      for (const item of page.AlarmHistoryItems ?? []) {
        const transition = toTransition(alarm, item);
        if (transition && new Date(transition.at) >= start) seen.push(transition);
      }
    return seen;
  } catch (error) {
    const resource = `the history of alarm ${alarm.name} in ${alarm.region}`;
    throw translateError(error, { action: 'cloudwatch:DescribeAlarmHistory', resource });
  }
}
