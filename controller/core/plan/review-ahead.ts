/** What comes after a plan by itself. */
import type { Step } from '../policy/policy.ts';
import { describeDuration } from '../report/duration.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Plan } from './plan.ts';

/**
 * Step by step until the build is stable, as long as the guard sees no harm. Worked example: after a
 * start with 5 % it is `25 % after 10m`, `everyone after another 30m`, `stable after another 1h`.
 */
export function listAhead(
  { environment: { release } }: EnvironmentFacts,
  { until, direction }: Plan,
  record: EnvironmentRecord | undefined,
): readonly string[] {
  const rollout = record?.rollout;
  if (rollout === undefined) return [];
  const { step, weightBasisPoints } = rollout;
  const isBaking = weightBasisPoints === EVERYONE;
  // Steps that an edit took away leave the last that is left to be waited for.
  const steps = isBaking ? [] : release.steps.slice(Math.min(step, release.steps.length - 1));
  const further = steps.slice(1).map((one) => `${one.weightBasisPoints / 100} %`);
  const targets = isBaking ? ['stable'] : [...further, 'everyone', 'stable'];
  const waits = [...steps.map(describeWait), `another ${describeDuration(release.bakeSeconds)}`];
  // A step that is under way ends at a time that the plan knows.
  const isUnderWay = direction === 'none' || direction === 'repair';
  return targets.map((target, index) => {
    const wait = waits[index] ?? '';
    if (index === 0 && isUnderWay && until !== undefined && wait !== APPROVAL) {
      return `${target} at ${until}`;
    }
    if (wait === APPROVAL) return `${target} ${wait}`;
    return `${target} after ${index === 0 ? wait.replace('another ', '') : wait}`;
  });
}

const APPROVAL = 'once somebody approves';

function describeWait({ approval, holdSeconds }: Step): string {
  return approval === true ? APPROVAL : `another ${describeDuration(holdSeconds)}`;
}
