import { nameBuild, startWith, type Build } from '../state/build.ts';
import { applyLifts, describeLifts, findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord, Event, State } from '../state/record.ts';
import type { Decision, Move, Situation, Stay } from './decision.ts';
import { describeWindow, findFreeze } from './freeze.ts';
import { keepServed } from './kept.ts';
import { refuseQuarantined, refuseUnpublished } from './refuse.ts';
import { awaitRequired } from './requires.ts';
import { advanceRollout } from './running.ts';
import { startRollout } from './start.ts';

/** The one next move of an environment. */
export function advance(situation: Situation): Decision {
  const decision = decide(situation);
  if (decision.kind !== 'move') return decision;
  const frozen = freezeMove(situation, decision);
  if (frozen !== undefined) return frozen;
  const lifted = describeLifts(situation.record?.quarantine ?? [], situation.policy.quarantine);
  return { ...decision, evidence: [...decision.evidence, ...lifted] };
}

/**
 * What gives a build to more visitors. Anything else goes on: the end of a bake changes nothing that
 * they see, and who must close a gate or end a rollout must be able to in a freeze above all.
 */
const FORWARD: readonly Event[] = [
  'first-release',
  'rollout-started',
  'rollout-superseded',
  'step',
  'bake-started',
];

function freezeMove({ policy, now }: Situation, move: Move): Stay | undefined {
  const freeze = FORWARD.includes(move.event) && findFreeze(policy.freeze ?? [], now);
  if (freeze === false || freeze === undefined) return undefined;
  const { window, until } = freeze;
  const end = until === undefined ? 'further notice' : until;
  const why = `Frozen until ${end}: ${describeWindow(window)}. Then: ${move.why}`;
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
  const required = awaitRequired(situation, desired);
  if (required !== undefined) return required;
  const why = `First release: ${nameBuild(desired)} serves everyone at once, there is nothing to return to.`;
  const state: State = { phase: 'idle', stable: desired, kept: [], quarantine: [] };
  return { kind: 'move', event: 'first-release', why, state, evidence: [] };
}

function followPolicy(situation: Situation, record: EnvironmentRecord): Decision {
  const { policy, desired } = situation;
  if (desired === undefined) return refuseUnpublished(policy);
  const quarantine = applyLifts(record.quarantine, policy.quarantine);
  const barred = findQuarantine(quarantine, desired);
  if (barred !== undefined) {
    return record.hold?.build.digest === desired.digest
      ? stayHeld(desired, barred.rollback)
      : refuseQuarantined(policy, barred);
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

function abortRollout({ policy }: Situation, record: EnvironmentRecord): Decision {
  const canary = record.rollout?.canary;
  const state: State = {
    phase: 'idle',
    stable: record.stable,
    kept: keepServed(record, policy.release.keep, { served: canary, named: [record.stable] }),
    quarantine: applyLifts(record.quarantine, policy.quarantine),
  };
  const why = `The policy names stable ${nameBuild(record.stable)} again: the rollout of ${canary?.build} ends.`;
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
