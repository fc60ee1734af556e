import type { EnvironmentSubject } from '../policy/subjects.ts';
import type { Remembered } from './record.ts';

/** What the guard and a rollback will need of this policy when it can't be used any more. */
export function remember(
  { environment, group }: EnvironmentSubject,
  storeArn: string | undefined,
): Remembered {
  const { alarms, needed, breaker } = environment.guard;
  const { activeBuildParameter } = environment.adopted ?? {};
  return {
    group: group.name,
    alarms,
    needed,
    ...(storeArn !== undefined && { storeArn }),
    ...(activeBuildParameter !== undefined && { activeBuildParameter }),
    ...(environment.quarantine.length > 0 && { lifts: environment.quarantine }),
    ...(breaker.lift !== undefined && { breakerLift: breaker.lift }),
    ...(environment.notify !== undefined && { notify: environment.notify }),
  };
}
