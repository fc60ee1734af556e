import { blockUnproven, describeProven } from '../provenance/require.ts';
import { startWith, type Build } from '../state/build.ts';
import { applyLifts } from '../state/quarantine.ts';
import type { EnvironmentRecord, Served, State } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import { blockStart } from './blocked.ts';
import { describeLift, findTripBlock } from './breaker.ts';
import type { Decision, Move, Situation } from './decision.ts';
import { findFastTrack } from './fast-track.ts';
import { keepServed } from './kept.ts';
import { findRequired } from './requires.ts';
import { findSmokeBlocks } from './smoke.ts';
import { findStartBlocks } from './verdict.ts';

/** Starts the rollout of the policy's build, in place of one that is under way if there is one. */
export function startRollout(
  situation: Situation,
  record: EnvironmentRecord,
  desired: Build,
): Decision {
  const { policy, observations, now } = situation;
  const { guard } = policy;
  const rollbacks = record.rollbacks ?? [];
  const known = findFastTrack(policy, { record, desired, now });
  const [block, ...others] = [
    ...findStartBlocks(observations, guard, now),
    ...findTripBlock(rollbacks, guard.breaker),
    ...(known === undefined ? findRequired(situation, desired) : []),
    ...blockUnproven(policy, situation.provenance, desired),
    ...findSmokeBlocks(observations.smoke),
  ];
  if (block !== undefined) return blockStart(situation, desired, [block, ...others]);
  if (known !== undefined) return startFast(situation, record, known);
  const weight = policy.release.steps[0]?.weightBasisPoints ?? EVERYONE;
  const state = stateAtStart(situation, record, { desired, weight });
  const evidence = [
    ...describeProven(situation.provenance, desired),
    ...describeLift(rollbacks, guard.breaker),
    ...(observations.smoke?.passed ?? []),
  ];
  return { kind: 'move', state, evidence, ...explain(record, desired, weight) };
}

/** Steps would only keep people on what somebody wants to leave; the guard is armed as ever. */
function startFast(
  situation: Situation,
  record: EnvironmentRecord,
  { build, until }: Served,
): Move {
  const state = stateAtStart(situation, record, { desired: build, weight: EVERYONE });
  const { event, why } = explain(record, build, EVERYONE);
  const fast = `build ${build.build} was stable here until ${until}, so it skips the steps`;
  const proven = describeProven(situation.provenance, build);
  const evidence = [fast, ...proven, ...(situation.observations.smoke?.passed ?? [])];
  return { kind: 'move', event, state, why: `${why} Fast track: ${fast}.`, evidence };
}

function stateAtStart(
  { policy, now }: Situation,
  record: EnvironmentRecord,
  { desired, weight }: { desired: Build; weight: number },
): State {
  const at = now.toISOString();
  return {
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
    kept: keepServed(record, policy.release.keep, {
      served: record.rollout?.canary,
      named: [desired, record.stable],
    }),
    quarantine: applyLifts(record.quarantine, policy.quarantine),
  };
}

function explain(
  record: EnvironmentRecord,
  desired: Build,
  weight: number,
): Pick<Move, 'event' | 'why'> {
  const share = `starts with ${weight / 100} % of visitors`;
  const superseded = record.rollout?.canary;
  return superseded === undefined
    ? {
        event: 'rollout-started',
        why: `${startWith(desired)} ${share}; stable is ${record.stable.build}.`,
      }
    : {
        event: 'rollout-superseded',
        why: `${startWith(desired)} supersedes ${superseded.build} and ${share}.`,
      };
}
