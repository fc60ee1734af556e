/** Which behaviours run a group's Lambda@Edge function, in which version. */
import type { AppPolicy, EnvironmentPolicy } from '../policy/policy.ts';
import {
  patternsBelowOldPath,
  servedBehaviours,
  type Behaviour,
  type Distribution,
} from './behaviours.ts';
import type { AssociateVersion } from './change.ts';
import type { PlannedVersion } from './group-plan.ts';
import { LAMBDA_EVENTS } from './function-names.ts';
import { isNamed, withoutReplaced } from './replaced.ts';

interface Subject {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
}

/**
 * The behaviours that don't run the version they must. Those that run an earlier one of ours are
 * never left behind, whatever else is refused; others get their first with `isAllowed`.
 */
export function planVersionAssociations(
  distribution: Distribution,
  subject: Subject,
  { version, isAllowed }: { readonly version: PlannedVersion; readonly isAllowed: boolean },
): AssociateVersion | undefined {
  const { adopted } = subject.environment;
  // Nothing was ever published: the group's plan says why.
  if (version.arn === undefined && !version.isNew) return undefined;
  const below = patternsBelowOldPath(distribution, subject);
  const others = withoutReplaced(distribution, subject);
  const patterns = servedBehaviours(others, subject.app)
    .filter((behaviour) => isAllowed || runsOurs(behaviour, version))
    .filter(
      (behaviour) =>
        version.isNew || !isCurrent(behaviour, version) || below.includes(behaviour.pattern),
    )
    .map(({ pattern }) => pattern);
  if (patterns.length === 0) return undefined;
  return {
    kind: 'associate-version',
    distribution: distribution.id,
    patterns,
    function: version.function,
    ...(adopted?.replaces && { replaces: adopted.replaces }),
    ...(adopted?.originPath !== undefined && { originPath: adopted.originPath }),
  };
}

/** Every behaviour runs it already, at every edge location. */
export function isDeployed(
  distribution: Distribution,
  { app }: Subject,
  version: PlannedVersion,
): boolean {
  return (
    distribution.status === 'Deployed' &&
    !version.isNew &&
    servedBehaviours(distribution, app).every((behaviour) => isCurrent(behaviour, version))
  );
}

function runsOurs({ lambdas }: Behaviour, version: PlannedVersion): boolean {
  return lambdas.some(({ arn }) => isNamed(arn, [version.function]));
}

function isCurrent({ lambdas }: Behaviour, { arn: current }: PlannedVersion): boolean {
  return LAMBDA_EVENTS.every((event) =>
    lambdas.some((lambda) => lambda.event === event && lambda.arn === current),
  );
}
