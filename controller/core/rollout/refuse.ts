import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Quarantine } from '../state/record.ts';
import type { Refuse } from './decision.ts';

/** The policy names a build that has no manifest. */
export function refuseUnpublished(policy: EnvironmentPolicy): Refuse {
  const { build } = policy.release;
  return {
    kind: 'refuse',
    code: 'not-published',
    message: `build "${build}" is not published: it has no manifest`,
    next: `Publish it first (headgate publish <dir> --build ${build} ...), or name a published build.`,
  };
}

/** The policy names a build that was rolled back here, and nobody lifted that. */
export function refuseQuarantined(policy: EnvironmentPolicy, barred: Quarantine): Refuse {
  const { build } = policy.release;
  const { rollback, reason } = barred;
  const lift = `quarantine: [{ lift: "${build}", rollback: ${rollback}, reason: why it is safe now }]`;
  return {
    kind: 'refuse',
    code: 'quarantined',
    message: `${barred.build.origin === undefined ? 'build' : 'origin'} "${build}" is quarantined in ${policy.name} since rollback ${rollback} (${reason})`,
    next: `Fix forward with a new build, or lift this one rollback in the policy: ${lift}`,
  };
}
