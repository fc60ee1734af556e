import type { z } from 'zod';
import { ACCOUNT_ID } from '../service.ts';
import type { alarmShape, compositeShape } from './shapes.ts';

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string | undefined;
}

/** What PutMetricAlarm says, defaults filled in. */
export type AlarmDefinition = z.output<typeof alarmShape>;
/** What PutCompositeAlarm says. */
export type CompositeDefinition = z.output<typeof compositeShape>;

/** Times are milliseconds since 1970. */
interface AlarmOf<Definition> {
  readonly region: string;
  readonly definition: Definition;
  readonly configured: number;
  readonly state: AlarmState;
  readonly stateUpdated: number;
  readonly stateTransitioned: number;
  /** The last evaluation or SetAlarmState; the next evaluation comes one interval later. */
  readonly evaluated: number;
}

export type MetricAlarm = AlarmOf<AlarmDefinition>;
export type CompositeAlarm = AlarmOf<CompositeDefinition>;
export type Alarm = MetricAlarm | CompositeAlarm;

export function isComposite(alarm: Alarm): alarm is CompositeAlarm {
  return 'AlarmRule' in alarm.definition;
}

export function composeAlarmArn({ region, definition }: Alarm): string {
  return `arn:aws:cloudwatch:${region}:${ACCOUNT_ID}:alarm:${definition.AlarmName}`;
}
