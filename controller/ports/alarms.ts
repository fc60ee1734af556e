import type { AlarmName } from '../core/policy/policy.ts';
import type { AlarmSeen } from '../core/state/record.ts';

/** What one alarm says now. `missing`: no such alarm; `unreadable`: CloudWatch did not answer. */
export interface AlarmState {
  readonly name: string;
  readonly region: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'missing' | 'unreadable';
  /** When it entered that state. ISO 8601. */
  readonly since: string | undefined;
  readonly reason: string;
}

export interface Alarms {
  read(alarms: readonly AlarmName[]): Promise<readonly AlarmState[]>;
  /** Every entry into ALARM at or after `since` (ISO 8601). */
  entered(alarms: readonly AlarmName[], since: string): Promise<readonly AlarmSeen[]>;
}
