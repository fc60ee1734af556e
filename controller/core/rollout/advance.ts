import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Build } from '../state/build.ts';
import { applyLifts, findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord, Event, State } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import { keepBuild } from './kept.ts';
import { advanceRollout } from './running.ts';
import { findStartBlocks, type Observations } from './verdict.ts';

/** All that a decision may look at. */
export interface Situation {
  readonly policy: EnvironmentPolicy;
  /** After adoption; undefined before the first release. */
  readonly record: EnvironmentRecord | undefined;
  /** The build the policy names, as published; undefined when it isn't. */
  readonly desired: Build | undefined;
  readonly observations: Observations;
  readonly now: Date;
}

/** Moves the environment to a new generation. */
export interface Move {
  readonly kind: 'move';
  readonly event: Event;
  /** One sentence for people. */
  readonly why: string;
  readonly state: State;
  readonly evidence: readonly string[];
}

/** Undoes the rollout. Carried out from the live route, not from the record. */
export interface RollBack {
  readonly kind: 'roll-back';
  readonly reason: 'alarm' | 'no-data';
  readonly evidence: readonly string[];
}

/** Nothing to do now. */
export interface Stay {
  readonly kind: 'stay';
  readonly condition: 'steady' | 'waiting' | 'held' | 'blocked';
  readonly why: string;
  /** When time alone will move it on. ISO 8601. */
  readonly until?: string;
}

/** The policy asks for what must not be done. */
export interface Refuse {
  readonly kind: 'refuse';
  readonly code: 'not-published' | 'quarantined';
  readonly message: string;
  readonly next: string;
}

export type Decision = Move | RollBack | Stay | Refuse;

/** The one next move of an environment. */
export function advance(situation: Situation): Decision {
  const { record } = situation;
  if (record === undefined) return releaseFirst(situation);
  if (record.rollout !== undefined) {
    const running = advanceRollout(situation, record, record.rollout);
    if (running !== undefined) return running;
  }
  return followPolicy(situation, record);
}

/** There is nothing to return to yet, so steps and bake would protect nobody. */
function releaseFirst({ policy, desired }: Situation): Decision {
  if (desired === undefined) return refuseUnpublished(policy);
  const why = `First release: build ${desired.build} serves everyone at once, there is nothing to return to.`;
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
      : refuseQuarantined(policy, desired, barred.rollback, barred.reason);
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
  return { kind: 'stay', condition: 'steady', why: `Build ${desired.build} serves everyone.` };
}

function startRollout(situation: Situation, record: EnvironmentRecord, desired: Build): Decision {
  const { policy, observations, now } = situation;
  const blocks = findStartBlocks(observations, policy.guard.noData);
  if (blocks.length > 0) {
    return {
      kind: 'stay',
      condition: 'blocked',
      why: `Build ${desired.build} waits: ${blocks.join('; ')}.`,
    };
  }
  const weight = policy.release.steps[0]?.weightBasisPoints ?? EVERYONE;
  const at = now.toISOString();
  const superseded = record.rollout?.canary;
  const state: State = {
    phase: weight === EVERYONE ? 'baking' : 'rolling',
    stable: record.stable,
    rollout: {
      canary: desired,
      salt: record.generation + 1,
      step: 0,
      weightBasisPoints: weight,
      startedAt: at,
      stepStartedAt: at,
    },
    kept: keepBuild(record.kept, superseded, policy.release.keep, [desired, record.stable]),
    quarantine: applyLifts(record.quarantine, policy.quarantine),
  };
  const share = `${weight / 100} % of visitors`;
  return superseded === undefined
    ? {
        kind: 'move',
        event: 'rollout-started',
        state,
        evidence: [],
        why: `Build ${desired.build} starts with ${share}; stable is ${record.stable.build}.`,
      }
    : {
        kind: 'move',
        event: 'rollout-superseded',
        state,
        evidence: [],
        why: `Build ${desired.build} supersedes ${superseded.build} and starts with ${share}.`,
      };
}

function abortRollout({ policy }: Situation, record: EnvironmentRecord): Decision {
  const canary = record.rollout?.canary;
  const state: State = {
    phase: 'idle',
    stable: record.stable,
    kept: keepBuild(record.kept, canary, policy.release.keep, [record.stable]),
    quarantine: applyLifts(record.quarantine, policy.quarantine),
  };
  const why = `The policy names stable build ${record.stable.build} again: the rollout of ${canary?.build} ends.`;
  return { kind: 'move', event: 'rollout-aborted', why, state, evidence: [] };
}

function endHold(
  record: EnvironmentRecord,
  desired: Build,
  quarantine: State['quarantine'],
): Decision {
  const state: State = { ...settle(record), phase: 'idle', quarantine };
  const why = `The policy names build ${desired.build}: the hold ends, visitors see no change.`;
  return { kind: 'move', event: 'hold-ended', why, state, evidence: [] };
}

/** The state of a record that isn't rolling and isn't held. */
function settle(record: EnvironmentRecord): State {
  const { phase, stable, kept, quarantine, marker } = record;
  return { phase, stable, kept, quarantine, ...(marker && { marker }) };
}

function stayHeld(desired: Build, rollback: number): Stay {
  const why =
    `Held on stable: build ${desired.build} was rolled back (rollback ${rollback}). ` +
    'Name another build, or lift the quarantine with a reason.';
  return { kind: 'stay', condition: 'held', why };
}

function refuseUnpublished(policy: EnvironmentPolicy): Refuse {
  const { build } = policy.release;
  return {
    kind: 'refuse',
    code: 'not-published',
    message: `build "${build}" is not published: it has no manifest`,
    next: `Publish it first (headgate publish <dir> --build ${build} ...), or name a published build.`,
  };
}

function refuseQuarantined(
  policy: EnvironmentPolicy,
  desired: Build,
  rollback: number,
  reason: string,
): Refuse {
  const lift = `quarantine: [{ lift: "${desired.build}", rollback: ${rollback}, reason: why it is safe now }]`;
  return {
    kind: 'refuse',
    code: 'quarantined',
    message: `build "${desired.build}" is quarantined in ${policy.name} since rollback ${rollback} (${reason})`,
    next: `Fix forward with a new build, or lift this one rollback in the policy: ${lift}`,
  };
}
