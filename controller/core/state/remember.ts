import type { EnvironmentSubject } from '../policy/subjects.ts';
import type { Remembered } from './record.ts';
import { nameMember, type TrainMember } from './train.ts';

/**
 * What the guard and a rollback will need of this policy when it can't be used any more. `former`: what
 * was remembered before: a policy that knows of one app alone doesn't tell where the others are.
 */
export function remember(
  subject: EnvironmentSubject,
  storeArn: string | undefined,
  former?: Remembered,
): Remembered {
  const { environment, group } = subject;
  const { alarms, needed, breaker } = environment.guard;
  const { activeBuildParameter } = environment.adopted ?? {};
  const together = locateTogether(subject, former);
  return {
    group: group.name,
    alarms,
    needed,
    ...(storeArn !== undefined && { storeArn }),
    ...(activeBuildParameter !== undefined && { activeBuildParameter }),
    ...(environment.quarantine.length > 0 && { lifts: environment.quarantine }),
    ...(breaker.lift !== undefined && { breakerLift: breaker.lift }),
    ...(environment.notify !== undefined && { notify: environment.notify }),
    ...(together.length > 0 && { together }),
  };
}

/** The environments that it moves together with, itself too, as far as it is known where they are. */
export function locateTogether(
  {
    app,
    neighbours = [],
    together = [],
  }: Pick<EnvironmentSubject, 'app' | 'neighbours' | 'together'>,
  former?: Remembered,
): readonly TrainMember[] {
  return together.flatMap((name) => {
    const [ofApp = '', environment = ''] = name.split('/');
    const found = [app, ...neighbours].find((one) => one.app === ofApp);
    const known = former?.together?.find((member) => nameMember(member) === name);
    if (found === undefined) return known === undefined ? [] : [known];
    return [{ app: ofApp, environment, bucket: found.bucket, region: found.region }];
  });
}
