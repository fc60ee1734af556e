import type { z } from 'zod';
import type { alarmShape } from './shapes.ts';

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string | undefined;
}

/** What PutMetricAlarm says, defaults filled in. */
export type AlarmDefinition = z.output<typeof alarmShape>;

/** Times are milliseconds since 1970. */
export interface Alarm {
  readonly region: string;
  readonly definition: AlarmDefinition;
  readonly configured: number;
  readonly state: AlarmState;
  readonly stateUpdated: number;
  readonly stateTransitioned: number;
  /** The last evaluation or SetAlarmState; the next evaluation comes one interval later. */
  readonly evaluated: number;
}
