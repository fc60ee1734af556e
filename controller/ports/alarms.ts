import type { AlarmName } from '../core/policy/policy.ts';
import type { AlarmState } from '../core/rollout/verdict.ts';
import type { AlarmSeen } from '../core/state/record.ts';

export type { AlarmState };

export interface Alarms {
  /**
   * Never throws for an alarm it can't read: that alarm is `unreadable`. `plain`: the states alone, one
   * call per region; what composite alarms are made of, and so what they can see, is not asked.
   */
  read(
    alarms: readonly AlarmName[],
    options?: { readonly plain: boolean },
  ): Promise<readonly AlarmState[]>;
  /** Every entry into ALARM at or after `since` (ISO 8601). Throws when the history can't be read. */
  entered(alarms: readonly AlarmName[], since: string): Promise<readonly AlarmSeen[]>;
}
