import { nameBuild, startWith } from '../state/build.ts';
import type { EnvironmentRecord, Rollout, State } from '../state/record.ts';
import { applyLifts, findQuarantine } from '../state/quarantine.ts';
import { EVERYONE } from '../state/route.ts';
import { awaitApproval } from './approval.ts';
import {
  awaitVisitors,
  describeBeacon,
  holdByBeacon,
  judgeBeacon,
  rollBackByBeacon,
  withBeacon,
} from './beacon.ts';
import type { Decision, Move, Situation } from './decision.ts';
import { keepServed } from './kept.ts';
import { withSmoke } from './smoke.ts';
import { deadlineOf, dueTime, presentStep } from './step.ts';
import { judgeRollout, type Verdict } from './verdict.ts';

/**
 * What a rollout that is under way does next; undefined when the policy no longer names its canary,
 * so that following the policy decides. A failure comes before everything, also before a policy
 * that has moved on: the bad build must be quarantined, not merely replaced.
 */
export function advanceRollout(
  situation: Situation,
  record: EnvironmentRecord,
  rollout: Rollout,
): Decision | undefined {
  const { observations, policy, now } = situation;
  const seen = judgeRollout(observations, policy.guard, now);
  const verdict = withSmoke(seen, observations.smoke, rollout.canary);
  if (verdict.kind === 'fail') {
    return { kind: 'roll-back', reason: 'alarm', evidence: verdict.evidence };
  }
  const quarantine = applyLifts(record.quarantine, situation.policy.quarantine);
  const barred = findQuarantine(quarantine, rollout.canary);
  if (barred !== undefined) {
    const evidence = `the live route names ${nameBuild(rollout.canary)}, quarantined since rollback ${barred.rollback}`;
    return { kind: 'roll-back', reason: 'manual', evidence: [evidence] };
  }
  const beacon = judgeBeacon(situation, rollout);
  const reported = rollBackByBeacon(situation, beacon);
  if (reported !== undefined) return reported;
  if (situation.desired?.digest !== rollout.canary.digest) return undefined;
  const deadline = deadlineOf(policy, record, rollout);
  // Before the hold: reports that anybody can forge must not keep a step that nobody approved.
  const approval = awaitApproval(situation, record, rollout);
  if (approval?.kind === 'roll-back') return approval;
  const held = holdByBeacon(situation, { record, rollout, beacon, deadline });
  if (held !== undefined) return held;
  const due = dueTime(policy, rollout);
  const waiting = approval ?? (now.getTime() < due ? wait(rollout, due) : undefined);
  if (waiting !== undefined) {
    return growWithPolicy(situation, record, withBeacon(verdict, beacon)) ?? waiting;
  }
  const stopped =
    judgeDue(situation, verdict, deadline) ??
    awaitVisitors(situation, { rollout, beacon, deadline });
  const evidence = [...verdict.evidence, ...describeBeacon(beacon)];
  return stopped ?? { ...moveOn(situation, record, rollout), evidence };
}

/**
 * No evidence at the end of a step or bake: the policy says what that means, and for how long. Too few
 * alarms in ALARM are no failure, but nothing moves forward under them.
 */
function judgeDue(
  { policy, now }: Situation,
  verdict: Verdict,
  deadline: number,
): Decision | undefined {
  if (verdict.kind !== 'insufficient') return undefined;
  const { noData } = policy.guard;
  const { evidence, unsettled = [] } = verdict;
  const isBlind = evidence.length > unsettled.length;
  if (isBlind && noData === 'rollback') return { kind: 'roll-back', reason: 'no-data', evidence };
  const waits = noData === 'pass' ? unsettled : evidence;
  if (waits.length === 0) return undefined;
  const until = new Date(deadline).toISOString();
  if (now.getTime() >= deadline) {
    const reason = unsettled.length > 0 ? 'alarm' : 'no-data';
    const passed = `no verdict until ${until}, which was the deadline (guard.deadline)`;
    return { kind: 'roll-back', reason, evidence: [...waits, passed] };
  }
  const why =
    `Not enough evidence to move on: ${waits.join('; ')}. ` +
    `It waits until ${until}, then rolls back; ${isBlind ? '`guard.noData: pass` or ' : ''}naming stable again ends it now.`;
  return { kind: 'stay', condition: 'blocked', why, until };
}

function moveOn(situation: Situation, record: EnvironmentRecord, rollout: Rollout): Move {
  const { policy } = situation;
  if (rollout.weightBasisPoints === EVERYONE) return finish(situation, record, rollout);
  const step = rollout.step + 1;
  const planned = policy.release.steps[step]?.weightBasisPoints ?? EVERYONE;
  const weight = Math.max(planned, rollout.weightBasisPoints);
  const state = moveTo(situation, record, {
    ...rollout,
    step,
    weightBasisPoints: weight,
    stepStartedAt: situation.now.toISOString(),
  });
  const why =
    weight === EVERYONE
      ? `${startWith(rollout.canary)} goes to everyone and bakes.`
      : `${startWith(rollout.canary)} goes to ${weight / 100} % of visitors.`;
  const event = weight === EVERYONE ? 'bake-started' : 'step';
  return { kind: 'move', event, why, state, evidence: [] };
}

/**
 * A policy edit may raise the present step's weight; a rollout's weight never shrinks. It takes the
 * evidence that any move forward does, and the step begins again.
 */
function growWithPolicy(
  situation: Situation,
  record: EnvironmentRecord,
  verdict: Verdict,
): Decision | undefined {
  const { rollout } = record;
  const { policy, now } = situation;
  if (rollout === undefined || !mayMove(verdict, policy)) return undefined;
  const planned = presentStep(policy, rollout)?.weightBasisPoints ?? 0;
  if (planned <= rollout.weightBasisPoints) return undefined;
  const stepStartedAt = now.toISOString();
  const state = moveTo(situation, record, {
    ...rollout,
    weightBasisPoints: planned,
    stepStartedAt,
  });
  const why = `The policy raised this step: ${nameBuild(rollout.canary)} goes to ${planned / 100} % of visitors.`;
  return { kind: 'move', event: 'step', why, state, evidence: verdict.evidence };
}

function mayMove({ kind, unsettled = [] }: Verdict, { guard }: Situation['policy']): boolean {
  return kind === 'pass' || (guard.noData === 'pass' && unsettled.length === 0);
}

function moveTo({ policy }: Situation, record: EnvironmentRecord, rollout: Rollout): State {
  return {
    phase: rollout.weightBasisPoints === EVERYONE ? 'baking' : 'rolling',
    stable: record.stable,
    rollout,
    kept: record.kept,
    quarantine: applyLifts(record.quarantine, policy.quarantine),
  };
}

function finish({ policy }: Situation, record: EnvironmentRecord, rollout: Rollout): Move {
  const state: State = {
    phase: 'idle',
    stable: rollout.canary,
    kept: keepServed(record, policy.release.keep, {
      served: record.stable,
      named: [rollout.canary],
    }),
    quarantine: applyLifts(record.quarantine, policy.quarantine),
  };
  const why = `${startWith(rollout.canary)} finished its bake and is stable.`;
  return { kind: 'move', event: 'rollout-finished', why, state, evidence: [] };
}

function wait(rollout: Rollout, due: number): Decision {
  const until = new Date(due).toISOString();
  const { canary, weightBasisPoints } = rollout;
  const doing =
    weightBasisPoints === EVERYONE ? 'bakes at 100 %' : `serves ${weightBasisPoints / 100} %`;
  return {
    kind: 'stay',
    condition: 'waiting',
    why: `${startWith(canary)} ${doing} until ${until}.`,
    until,
  };
}
