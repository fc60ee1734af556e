import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmName } from '../../../core/policy/policy.ts';
import type { AlarmSeen } from '../../../core/state/record.ts';
import type { AlarmState } from '../../../ports/alarms.ts';
import { readText } from '../fields.ts';

/** CloudWatch's description of an alarm in our words; undefined: it knows no such alarm. */
export function toAlarmState(
  { name, region }: AlarmName,
  found: MetricAlarm | CompositeAlarm | undefined,
): AlarmState {
  if (!found)
    return {
      name,
      region,
      state: 'missing',
      since: undefined,
      reason: 'there is no alarm of that name',
    };
  return {
    name,
    region,
    state: found.StateValue ?? 'INSUFFICIENT_DATA',
    // StateUpdatedTimestamp also moves when only the reason changes.
    since: (found.StateTransitionedTimestamp ?? found.StateUpdatedTimestamp)?.toISOString(),
    reason: found.StateReason ?? '',
  };
}

/** The entry into ALARM that a history item tells of; undefined when it tells of something else. */
export function toAlarmSeen(
  { name, region }: AlarmName,
  item: AlarmHistoryItem,
): AlarmSeen | undefined {
  const change = readChange(item);
  if (change.to !== 'ALARM' || change.from === 'ALARM' || !item.Timestamp) return undefined;
  return { name, region, at: item.Timestamp.toISOString(), reason: change.reason };
}

interface StateChange {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** HistoryData is JSON cut off at 4,095 characters; then the summary still says from what to what. */
function readChange({ HistoryData = '', HistorySummary = '' }: AlarmHistoryItem): StateChange {
  const whole = parseHistoryData(HistoryData);
  if (whole) return whole;
  const [, from, to] = /from (\w+) to (\w+)/.exec(HistorySummary) ?? [];
  if (from && to) return { from, to, reason: HistorySummary };
  throw new Error(`CloudWatch's alarm history has an item that can't be read: ${HistorySummary}`);
}

function parseHistoryData(text: string): StateChange | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const from = readText(data, 'oldState', 'stateValue');
  const to = readText(data, 'newState', 'stateValue');
  if (!from || !to) return undefined;
  return { from, to, reason: readText(data, 'newState', 'stateReason') ?? '' };
}
