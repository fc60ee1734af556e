import type { EnvironmentPolicy } from '../policy/policy.ts';
import { startWith } from '../state/build.ts';
import type { EnvironmentRecord, Rollout } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { Stay } from './decision.ts';

/**
 * What a step that holds for approval waits for; undefined: it doesn't, or has been approved. An
 * approval names the rollout by the generation that it began with, so that none is left over for
 * the next one.
 */
export function awaitApproval(
  { release, name }: EnvironmentPolicy,
  record: EnvironmentRecord,
  rollout: Rollout,
): Stay | undefined {
  const step = release.steps[rollout.step];
  const { canary, salt, weightBasisPoints } = rollout;
  // On the fast track everyone has it at the first step.
  if (step?.approval === undefined || weightBasisPoints === EVERYONE) return undefined;
  const { approved } = release;
  const isApproved =
    approved?.rollout === salt &&
    approved.build === canary.build &&
    approved.weightBasisPoints >= step.weightBasisPoints;
  if (isApproved) return undefined;
  const line = `approved: { build: "${canary.build}", rollout: ${salt}, weight: ${step.weightBasisPoints / 100}% }`;
  const why =
    `${startWith(canary)} serves ${weightBasisPoints / 100} % until somebody approves: ` +
    `in \`release\` of ${name}, beside \`build\` (line ${release.line}), write \`${line}\`. ` +
    `To end the rollout, name ${record.stable.build} again.`;
  return { kind: 'stay', condition: 'waiting', why };
}
