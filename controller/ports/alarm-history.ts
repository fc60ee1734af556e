import type { AlarmTransition } from '../core/backtest/alarm-record.ts';
import type { AlarmName } from '../core/policy/policy.ts';

export interface AlarmHistory {
  /** Every change of state at or after `since` (ISO 8601), in order of time. Throws when it can't be read. */
  transitions(alarms: readonly AlarmName[], since: string): Promise<readonly AlarmTransition[]>;
}
