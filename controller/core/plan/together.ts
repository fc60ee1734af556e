/**
 * `together`: environments whose builds fit each other move as one, or not at all. Pure, over what each of
 * them would do by itself; by the state of things and not by what a run has just done, so that a run which
 * was killed, or could not read a member, is made good by any later one.
 */
import type { TogetherPolicy } from '../policy/policy.ts';
import { moveOf } from './coupled-move.ts';
import { planEnvironment } from './environment.ts';
import type { EnvironmentFacts } from './facts.ts';
import { planPaused } from './paused.ts';
import {
  isLeaving,
  isRolling,
  nameFacts,
  type Finish,
  type Group,
  type Planned,
  type Planning,
} from './together-group.ts';
import { rollBackMates } from './together-rollback.ts';
import { findWaits } from './together-waits.ts';

/** Brings the plans of environments that move together into line; all others stay as they are. */
export function moveTogether(
  planning: Planning,
  together: readonly TogetherPolicy[] = [],
  finish: Finish = (plan) => plan,
): Planning {
  return together.reduce((all, names) => settleGroup(all, names, finish), planning);
}

function settleGroup(all: Planning, names: TogetherPolicy, finish: Finish): Planning {
  const planned = all.planned.filter((one) => names.includes(nameFacts(one.facts)));
  const guarded = all.guarded.filter(({ facts }) => names.includes(nameFacts(facts)));
  if (planned.length + guarded.length === 0) return all;
  const missing = names.filter((name) => !planned.some((one) => nameFacts(one.facts) === name));
  const remake: Group['remake'] = (facts, company) => ({
    facts,
    plan: finish(planEnvironment(facts, company), facts),
  });
  const settled = settle({ names, planned, guarded, missing, remake, finish });
  return {
    planned: all.planned.map((one) => settled.planned[planned.indexOf(one)] ?? one),
    guarded: all.guarded.map((one) => settled.guarded[guarded.indexOf(one)] ?? one),
  };
}

/** A pause stops the guard, too; a failure comes before any move. */
function settle(group: Group): Planning {
  const paused = [...group.planned, ...group.guarded].find(
    ({ facts }) => facts.pause !== undefined,
  );
  if (paused !== undefined) return pauseAll(group, paused);
  const aligned = { ...group, planned: alignAll(group) };
  const safe = { ...aligned, ...rollBackMates(aligned) };
  const ended = { ...safe, planned: endAll(safe) };
  const even = { ...ended, planned: slowAll(ended) };
  const waits = findWaits(even);
  return {
    planned: even.planned.map((one) => {
      const company = waits.get(one);
      return company === undefined ? one : even.remake(one.facts, company);
    }),
    guarded: even.guarded,
  };
}

function pauseAll(group: Group, { facts }: Pick<Planned, 'facts'>): Planning {
  const { pause, app, environment } = facts;
  if (pause === undefined) return group;
  const mate = { app: app.app, environment: environment.name, pause };
  const planFor = (own: EnvironmentFacts) =>
    own.pause === undefined ? planPaused(own, mate) : undefined;
  return {
    planned: group.planned.map((one) => ({ ...one, plan: planFor(one.facts) ?? one.plan })),
    guarded: group.guarded.map((one) => ({ ...one, plan: one.plan && planFor(one.facts) })),
  };
}

/**
 * What counts for one rollout counts for all: no deadline passes in the pause of another one, and those of one
 * share are at one step, the earliest of theirs. Without its record a rollout's step is told by its share
 * alone, which says another one where the policy's steps were changed meanwhile.
 */
function alignAll({ planned, remake }: Group): readonly Planned[] {
  const rollouts = planned.flatMap(({ facts }) => facts.adoption.record?.rollout ?? []);
  const times = planned.flatMap(({ facts }) => facts.adoption.record?.resumedAt ?? []);
  const last = times.toSorted().at(-1);
  return planned.map((one) => {
    const { adoption } = one.facts;
    const { record } = adoption;
    if (record?.rollout === undefined) return one;
    const { weightBasisPoints: share } = record.rollout;
    const peers = rollouts.filter(({ weightBasisPoints }) => weightBasisPoints === share);
    const step = Math.min(...peers.map((peer) => peer.step));
    const resumedAt = [record.resumedAt, last]
      .flatMap((time) => time ?? [])
      .toSorted()
      .at(-1);
    if (record.rollout.step === step && record.resumedAt === resumedAt) return one;
    const aligned = {
      ...record,
      rollout: { ...record.rollout, step },
      ...(resumedAt !== undefined && { resumedAt }),
    };
    return remake({ ...one.facts, adoption: { ...adoption, record: aligned } });
  });
}

/**
 * Whose policy leaves the common rollout ends it for all: the others can neither go on without it nor wait
 * for it. What the policies name then starts with the next run, by all that name something new. Where all
 * name another build, and one may not start it yet, nobody loses what is going out: they wait.
 */
function endAll({ planned, missing, remake }: Group): readonly Planned[] {
  const rolling = planned.filter(isRolling);
  const first = rolling.find(isLeaving);
  const canFollow = rolling.every((one) => isLeaving(one) || namesAnother(one));
  const isThird = canFollow && !rolling.some(isOver);
  if (first === undefined || missing.length > 0 || isThird) return planned;
  const ends = `The rollout ends for all that move together, because the policy of ${nameFacts(first.facts)} names another build.`;
  const ended = planned.map((one) =>
    isRolling(one) && !isOver(one) ? remake(one.facts, { ends }) : one,
  );
  // One may have to wait, for edge code that its settings need: then nobody's ends yet.
  return ended.every((one) => !isRolling(one) || isOver(one)) ? ended : planned;
}

function namesAnother({ facts }: Planned): boolean {
  const { environment, adoption } = facts;
  return environment.release.build !== adoption.record?.rollout?.canary.build;
}

function isOver({ plan }: Planned): boolean {
  return moveOf(plan)?.kind === 'end';
}

/** The fast track is for all that start, or for none: who skips the steps would be ahead of the others. */
function slowAll({ planned, remake }: Group): readonly Planned[] {
  const starts = planned.filter(({ plan }) => moveOf(plan)?.kind === 'start');
  const reached = new Set(starts.map(({ plan }) => moveOf(plan)?.reaches));
  if (reached.size < 2) return planned;
  return planned.map((one) => {
    if (!starts.includes(one)) return one;
    const { environment } = one.facts;
    const { fastTrackSeconds: _fastTrack, ...release } = environment.release;
    return remake({ ...one.facts, environment: { ...environment, release } });
  });
}
