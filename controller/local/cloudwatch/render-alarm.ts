import { ACCOUNT_ID } from '../service.ts';
import type { HistoryItem } from './alarm-history.ts';
import type { Alarm } from './alarm.ts';

/** The MetricAlarm of DescribeAlarms; awsJson carries times as seconds since 1970. */
export function renderAlarm({ region, definition, state, ...times }: Alarm) {
  return {
    ...definition,
    AlarmArn: `arn:aws:cloudwatch:${region}:${ACCOUNT_ID}:alarm:${definition.AlarmName}`,
    AlarmConfigurationUpdatedTimestamp: times.configured / 1000,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: times.stateUpdated / 1000,
    StateTransitionedTimestamp: times.stateTransitioned / 1000,
  };
}

export function renderHistoryItem(item: HistoryItem) {
  return {
    AlarmName: item.name,
    AlarmType: 'MetricAlarm',
    Timestamp: item.time / 1000,
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
  };
}
