/** The step that a rollout is in, and how long it may take. */
import type { EnvironmentPolicy, Step } from '../policy/policy.ts';
import type { EnvironmentRecord, Rollout } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import { findFreeze } from './freeze.ts';

/**
 * By its place in the policy. Steps that an edit took away don't free a rollout from the last that is
 * left: its hold and its approval still count.
 */
export function presentStep(
  { release: { steps } }: EnvironmentPolicy,
  { step }: Rollout,
): Step | undefined {
  return steps[Math.min(step, steps.length - 1)];
}

/** When the present step or the bake is over, in milliseconds since the epoch. */
export function dueTime(policy: EnvironmentPolicy, rollout: Rollout): number {
  const isBaking = rollout.weightBasisPoints === EVERYONE;
  const { bakeSeconds } = policy.release;
  const seconds = isBaking ? bakeSeconds : (presentStep(policy, rollout)?.holdSeconds ?? 0);
  return Date.parse(rollout.stepStartedAt) + seconds * 1000;
}

/**
 * Until when a step or a bake that is over waits for evidence, in milliseconds since the epoch. The
 * wait begins when it could have moved at the earliest: not while it was frozen or paused, and after
 * the last moment for an approval, because when that came is not known.
 */
export function deadlineOf(
  policy: EnvironmentPolicy,
  { resumedAt }: EnvironmentRecord,
  rollout: Rollout,
): number {
  const due = approvalDeadline(policy, rollout, resumedAt) ?? dueTime(policy, rollout);
  const free = Math.max(due, Date.parse(resumedAt ?? '') || 0);
  const until = findFreeze(policy.freeze ?? [], new Date(free))?.until;
  const begins = until === undefined ? free : Math.max(free, Date.parse(until));
  return begins + policy.guard.deadlineSeconds * 1000;
}

/** When a step that nobody has approved ends; undefined: it needs no approval. */
export function approvalDeadline(
  policy: EnvironmentPolicy,
  rollout: Rollout,
  resumedAt?: string,
): number | undefined {
  const { approvalDeadlineSeconds } = policy.release;
  // On the fast track everyone has it at the first step.
  const isHeld =
    rollout.weightBasisPoints !== EVERYONE && presentStep(policy, rollout)?.approval === true;
  if (!isHeld || approvalDeadlineSeconds === undefined) return undefined;
  const begins = Math.max(Date.parse(rollout.stepStartedAt), Date.parse(resumedAt ?? '') || 0);
  const deadline = begins + approvalDeadlineSeconds * 1000;
  // An approval in a freeze would move nothing, so nobody must have hurried.
  const until = findFreeze(policy.freeze ?? [], new Date(deadline))?.until;
  return until === undefined ? deadline : Math.max(deadline, Date.parse(until));
}
