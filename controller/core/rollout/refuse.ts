import type { EnvironmentPolicy } from '../policy/policy.ts';
import { exampleLifts } from '../state/quarantine.ts';
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

/**
 * The policy names a build that was rolled back here, and nobody lifted that. `bars`: all that bar it, the
 * newest first.
 */
export function refuseQuarantined(
  policy: EnvironmentPolicy,
  bars: readonly [Quarantine, ...(readonly Quarantine[])],
): Refuse {
  const { build } = policy.release;
  const [{ build: barred, rollback, reason }] = bars;
  const lifts = exampleLifts(bars);
  // A second key of that name would be no YAML.
  const line =
    policy.quarantine.length === 0
      ? `beside \`release\` of ${policy.name}: \`quarantine: [${lifts}]\``
      : `in \`quarantine\` of ${policy.name} one entry more: \`${lifts}\``;
  return {
    kind: 'refuse',
    code: 'quarantined',
    message: `${barred.origin === undefined ? 'build' : 'origin'} "${build}" is quarantined in ${policy.name} since rollback ${rollback} (${reason})`,
    next: `Fix forward with a new build, or lift this rollback in the policy, ${line}`,
  };
}
