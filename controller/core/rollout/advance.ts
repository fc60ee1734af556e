import { nameBuild, startWith, type Build } from '../state/build.ts';
import { blockUnproven, describeProven } from '../provenance/require.ts';
import { applyLifts, describeLifts, listBars } from '../state/quarantine.ts';
import type { EnvironmentRecord, State } from '../state/record.ts';
import { blockStart } from './blocked.ts';
import type { Decision, Move, Situation, Stay } from './decision.ts';
import { describeWindow, findFreeze } from './freeze.ts';
import { keepServed } from './kept.ts';
import { refuseQuarantined, refuseUnpublished } from './refuse.ts';
import { findRequired } from './requires.ts';
import { advanceRollout } from './running.ts';
import { startRollout } from './start.ts';
import { isAllowed, TRANSITIONS } from './transitions.ts';

/** The one next move of an environment. */
export function advance(situation: Situation): Decision {
  const decision = decideInTime(situation);
  if (decision.kind !== 'move') return decision;
  const { record, policy, observations } = situation;
  checkMove(record, decision);
  if (isSmoked(situation, decision) && observations.smoke === undefined) {
    const why = `Nobody made the smoke checks. Then: ${decision.why}`;
    return { kind: 'stay', condition: 'blocked', why };
  }
  const lifted = describeLifts(record?.quarantine ?? [], policy.quarantine);
  return { ...decision, evidence: [...decision.evidence, ...lifted] };
}

/** The build that the smoke checks should ask before this run moves; undefined: it won't, or has none. */
export function findSmokeSubject(situation: Situation): Build | undefined {
  const decision = decideInTime(situation);
  if (decision.kind !== 'move' || !isSmoked(situation, decision)) return undefined;
  return decision.state.rollout?.canary ?? decision.state.stable;
}

/** Before the first release there is nothing that a preview could go through. */
function isSmoked({ policy }: Situation, { event, state }: Move): boolean {
  const isOfRollout = state.rollout !== undefined || event === 'rollout-finished';
  const isMoving = TRANSITIONS[event].isForward === true || event === 'rollout-finished';
  return policy.release.smoke !== undefined && isOfRollout && isMoving;
}

/** A move that is in no table is our mistake, and must not reach anybody. */
function checkMove(record: EnvironmentRecord | undefined, { event, state }: Move): void {
  const from = record?.phase ?? 'unreleased';
  if (isAllowed(from, event, state.phase)) return;
  throw new Error(`${event} leads from ${from} to ${state.phase}, which no transition does`);
}

/**
 * A freeze keeps back what gives a build to more visitors. Anything else goes on: the end of a bake
 * changes nothing that they see, and who must close a gate or end a rollout must be able to in a
 * freeze above all.
 */
function decideInTime(situation: Situation): Decision {
  const decision = decide(situation);
  const { policy, now } = situation;
  if (decision.kind !== 'move' || TRANSITIONS[decision.event].isForward !== true) return decision;
  const freeze = findFreeze(policy.freeze ?? [], now);
  if (freeze === undefined) return decision;
  const { window, until } = freeze;
  const end = until === undefined ? 'further notice' : until;
  const why = `Frozen until ${end}: ${describeWindow(window)}. Then: ${decision.why}`;
  return { kind: 'stay', condition: 'frozen', why, ...(until !== undefined && { until }) };
}

function decide(situation: Situation): Decision {
  const { record } = situation;
  if (record === undefined) return releaseFirst(situation);
  if (record.rollout !== undefined) {
    const running = advanceRollout(situation, record, record.rollout);
    if (running !== undefined) return running;
  }
  return followPolicy(situation, record);
}

/** There is nothing to return to yet, so steps and bake would protect nobody. */
function releaseFirst(situation: Situation): Decision {
  const { policy, desired } = situation;
  if (desired === undefined) return refuseUnpublished(policy);
  const { provenance } = situation;
  const [block, ...others] = [
    ...findRequired(situation, desired),
    ...blockUnproven(policy, provenance, desired),
  ];
  if (block !== undefined) return blockStart(situation, desired, [block, ...others]);
  const why = `First release: ${nameBuild(desired)} serves everyone at once, there is nothing to return to.`;
  const state: State = { phase: 'idle', stable: desired, kept: [], quarantine: [] };
  const evidence = describeProven(provenance, desired);
  return { kind: 'move', event: 'first-release', why, state, evidence };
}

function followPolicy(situation: Situation, record: EnvironmentRecord): Decision {
  const { policy, desired } = situation;
  if (desired === undefined) return refuseUnpublished(policy);
  const quarantine = applyLifts(record.quarantine, policy.quarantine);
  const [barred, ...others] = listBars(quarantine, desired);
  if (barred !== undefined) {
    return record.hold?.build.digest === desired.digest
      ? stayHeld(desired, barred.rollback)
      : refuseQuarantined(policy, [barred, ...others]);
  }
  if (record.rollout !== undefined || desired.digest !== record.stable.digest) {
    return desired.digest === record.stable.digest
      ? abortRollout(situation, record)
      : startRollout(situation, record, desired);
  }
  if (record.phase === 'held') return endHold(record, desired, quarantine);
  if (quarantine.length < record.quarantine.length) {
    const why = 'The policy lifted a quarantine.';
    const state = { ...settle(record), quarantine };
    return { kind: 'move', event: 'settings-changed', why, state, evidence: [] };
  }
  return { kind: 'stay', condition: 'steady', why: `${startWith(desired)} serves everyone.` };
}

function abortRollout(situation: Situation, record: EnvironmentRecord): Decision {
  const why = `The policy names stable ${nameBuild(record.stable)} again: the rollout of ${record.rollout?.canary.build} ends.`;
  return endRollout(situation, record, why);
}

/** Back to stable, which bars nothing: nobody has said that the build is bad. */
export function endRollout(
  { policy }: Pick<Situation, 'policy'>,
  record: EnvironmentRecord,
  why: string,
): Move {
  const canary = record.rollout?.canary;
  const state: State = {
    phase: 'idle',
    stable: record.stable,
    kept: keepServed(record, policy.release.keep, { served: canary, named: [record.stable] }),
    quarantine: applyLifts(record.quarantine, policy.quarantine),
  };
  return { kind: 'move', event: 'rollout-aborted', why, state, evidence: [] };
}

function endHold(
  record: EnvironmentRecord,
  desired: Build,
  quarantine: State['quarantine'],
): Decision {
  const state: State = { ...settle(record), phase: 'idle', quarantine };
  const why = `The policy names ${nameBuild(desired)}: the hold ends, visitors see no change.`;
  return { kind: 'move', event: 'hold-ended', why, state, evidence: [] };
}

/** The state of a record that isn't rolling and isn't held. */
function settle(record: EnvironmentRecord): State {
  const { phase, stable, kept, quarantine, marker } = record;
  return { phase, stable, kept, quarantine, ...(marker && { marker }) };
}

function stayHeld(desired: Build, rollback: number): Stay {
  const why =
    `Held on stable: ${nameBuild(desired)} was rolled back (rollback ${rollback}). ` +
    'Name another build, or lift the quarantine with a reason.';
  return { kind: 'stay', condition: 'held', why };
}
