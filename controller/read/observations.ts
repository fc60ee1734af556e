import type { AlarmName } from '../core/policy/policy.ts';
import type { Observations } from '../core/rollout/verdict.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';

/** What the guard judges by: the alarms now, and their entries into ALARM since the rollout began. */
export async function readObservations(
  context: Context,
  alarms: readonly AlarmName[],
  record: EnvironmentRecord | undefined,
): Promise<Observations> {
  const since = record?.rollout?.startedAt;
  if (alarms.length === 0) return { alarms: [], entered: [], enteredUnreadable: undefined };
  const states = await context.alarms.read(alarms);
  if (since === undefined) return { alarms: states, entered: [], enteredUnreadable: undefined };
  try {
    const entered = await context.alarms.entered(alarms, since);
    return { alarms: states, entered, enteredUnreadable: undefined };
  } catch (error) {
    // Not knowing is evidence too: the verdict becomes `insufficient`, and `noData` decides.
    const why = error instanceof Error ? error.message : String(error);
    return { alarms: states, entered: [], enteredUnreadable: why };
  }
}
