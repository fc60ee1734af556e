import type { HistoryItem } from './alarm-history.ts';
import { composeAlarmArn, type Alarm } from './alarm.ts';

/** The MetricAlarm or CompositeAlarm of DescribeAlarms; awsJson carries times as seconds since 1970. */
export function renderAlarm(alarm: Alarm) {
  const { definition, state, ...times } = alarm;
  return {
    ...definition,
    AlarmArn: composeAlarmArn(alarm),
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
    AlarmType: item.alarmType ?? 'MetricAlarm',
    Timestamp: item.time / 1000,
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
  };
}
