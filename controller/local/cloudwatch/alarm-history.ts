import { createHash } from 'node:crypto';
import type { Disk } from '../service.ts';
import { isComposite, type Alarm, type AlarmState } from './alarm.ts';

export interface HistoryItem {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate';
  /** Missing in what was written before there were composite alarms. */
  readonly alarmType?: AlarmType;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

export type AlarmType = 'MetricAlarm' | 'CompositeAlarm';

const MAX_ITEMS = 1000;

/** Appends to what is known of one alarm; it outlives the alarm. */
export function appendHistory(disk: Disk, region: string, item: HistoryItem): void {
  const document = `${folderOf(region)}/${createHash('sha256').update(item.name).digest('hex')}`;
  const items = disk.read<readonly HistoryItem[]>(document) ?? [];
  disk.write(document, [...items, item].slice(-MAX_ITEMS));
}

/** Of all alarms of a region, deleted ones too; oldest first. */
export function readHistory(disk: Disk, region: string): readonly HistoryItem[] {
  return disk
    .list(folderOf(region))
    .flatMap((document) => disk.read<readonly HistoryItem[]>(document) ?? [])
    .toSorted((a, b) => a.time - b.time);
}

export function describeTransition(alarm: Alarm, state: AlarmState, time: number): HistoryItem {
  return {
    name: alarm.definition.AlarmName,
    time,
    type: 'StateUpdate',
    alarmType: typeOf(alarm),
    summary: `Alarm updated from ${alarm.state.value} to ${state.value}`,
    data: JSON.stringify({
      version: '1.0',
      oldState: describeState(alarm.state),
      newState: describeState(state),
    }),
  };
}

export function typeOf(alarm: Alarm): AlarmType {
  return isComposite(alarm) ? 'CompositeAlarm' : 'MetricAlarm';
}

export function describeConfiguration(
  alarm: Alarm,
  verb: 'Create' | 'Update' | 'Delete',
  time: number,
): HistoryItem {
  const name = alarm.definition.AlarmName;
  return {
    name,
    time,
    type: 'ConfigurationUpdate',
    alarmType: typeOf(alarm),
    summary: `Alarm "${name}" ${verb.toLowerCase()}d`,
    data: JSON.stringify({ version: '1.0', type: verb }),
  };
}

function describeState({ value, reason, reasonData }: AlarmState) {
  return {
    stateValue: value,
    stateReason: reason,
    ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) as unknown }),
  };
}

function folderOf(region: string): string {
  return `cloudwatch/history/${region}`;
}
