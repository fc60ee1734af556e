import { startWith } from '../state/build.ts';
import type { EnvironmentRecord, Rollout } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { RollBack, Situation, Stay } from './decision.ts';
import { approvalDeadline, presentStep } from './step.ts';

/**
 * What a step that holds for approval waits for, or its end; undefined: it doesn't, or has been
 * approved. An approval names the rollout by the generation that it began with, so that none is left
 * over for the next one.
 */
export function awaitApproval(
  { policy, now }: Situation,
  record: EnvironmentRecord,
  rollout: Rollout,
): Stay | RollBack | undefined {
  const { release, name } = policy;
  const step = presentStep(policy, rollout);
  const { canary, salt, weightBasisPoints } = rollout;
  // On the fast track everyone has it at the first step.
  if (step?.approval === undefined || weightBasisPoints === EVERYONE) return undefined;
  const { approved } = release;
  const isApproved =
    approved?.rollout === salt &&
    approved.build === canary.build &&
    approved.weightBasisPoints >= step.weightBasisPoints;
  if (isApproved) return undefined;
  const deadline = approvalDeadline(policy, rollout, record.resumedAt);
  const until = deadline === undefined ? undefined : new Date(deadline).toISOString();
  if (deadline !== undefined && now.getTime() >= deadline) {
    const evidence = [`nobody approved it until ${until} (release.approvalDeadline)`];
    return { kind: 'roll-back', reason: 'expired', evidence };
  }
  const line = `approved: { build: "${canary.build}", rollout: ${salt}, weight: ${step.weightBasisPoints / 100}% }`;
  const why =
    `${startWith(canary)} serves ${weightBasisPoints / 100} % until somebody approves: ` +
    `in \`release\` of ${name}, beside \`build\` (line ${release.line}), write \`${line}\`. ` +
    `To end the rollout, name ${record.stable.build} again` +
    `${until === undefined ? '' : `; at ${until} it is rolled back`}.`;
  const wayOut = `In \`release\`, beside \`build\`, write \`${line}\`.`;
  const whyNot = `nobody has approved this step yet${until === undefined ? '' : `; at ${until} it is rolled back`}`;
  const block = { kind: 'approval', why: whyNot, wayOut } as const;
  return {
    kind: 'stay',
    condition: 'waiting',
    why,
    blocks: [block],
    ...(until !== undefined && { until }),
  };
}
