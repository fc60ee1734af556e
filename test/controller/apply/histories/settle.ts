import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { keys } from '../../../../controller/core/state/keys.ts';
import { activeBuildOf } from '../../../../controller/core/state/route.ts';
import type { HistoryEntry } from '../../../../controller/core/state/record.ts';
import { readHistory } from '../../../fakes/cloud/ports.ts';
import { BUILDS } from './happenings.ts';
import type { Generation } from './generation.ts';
import { Violation } from './violation.ts';
import type { History, Member } from './history.ts';

/** Steps, bake and what came before them, each with an hour to itself. */
const RUNS = 12;
const HOUR = 3_600_000;

/** Nothing is in the way any more: what the policy says comes about, and then nothing moves. */
export async function settle(history: History): Promise<void> {
  for (const member of history.members) {
    const { stage } = member;
    await history.alone('resume', member);
    history.edit(member, withoutObstacles(stage.policy));
    stage.world.publish(...BUILDS);
    for (const { name } of stage.alarms) await stage.setAlarm(name, 'OK');
  }
  for (let run = 0; run < RUNS * history.members.length; run++) {
    history.cloud.now += HOUR;
    history.trace.push(`settling ${run}`);
    await history.alone();
    if (history.writes.length === 0) break;
  }
  const { writes } = history;
  if (writes.length > 0)
    throw new Violation('idempotent', `a no-op run wrote ${writes.join(', ')}`);
  const settled = await Promise.all(history.members.map((member) => checkSettled(member)));
  // What moves together waits for one whose policy names what was rolled back.
  if (settled.some((one) => one === 'barred')) return checkAllEvents(history);
  for (const one of settled) {
    if (one !== undefined) throw new Violation('converges', one);
  }
  await checkAllEvents(history);
}

function withoutObstacles(policy: EnvironmentPolicy): EnvironmentPolicy {
  const { requires: _requires, approved: _approved, ...release } = policy.release;
  const steps = release.steps.map(({ approval: _approval, ...step }) => step);
  const guard = {
    ...policy.guard,
    noData: 'pass',
    needed: 1,
    coolDownSeconds: 0,
    breaker: { rollbacks: 0 },
  } as const;
  return { ...policy, release: { ...release, steps }, freeze: [], guard };
}

async function checkAllEvents({ members }: History): Promise<void> {
  for (const member of members) await checkEvents(member);
}

/** How its policy is not followed: because the build it names is barred, or in other words; undefined: it is. */
async function checkSettled({ stage, monitor }: Member): Promise<string | undefined> {
  const texts = await stage.served();
  const [{ value: live }, { value: activeBuild }] = await Promise.all([
    stage.parameter(stage.names.route),
    stage.parameter(stage.names.activeBuild),
  ]);
  const record = await stage.record();
  const { route } = monitor;
  if (route === undefined) throw new Violation('converges', 'nothing is released');
  const [text] = texts;
  const isSame = texts.every((one) => one === text) && live === text && record?.route === text;
  if (!isSame || record?.generation !== route.gen || record.intent !== undefined) {
    throw new Violation(
      'converges',
      `store, SSM and record differ: ${texts[0]} ${live} ${record?.route}`,
    );
  }
  if (activeBuild !== activeBuildOf(route)) {
    throw new Violation('converges', `active build ${activeBuild}, route ${text}`);
  }
  const { build } = stage.policy.release;
  const isFollowed = route.canary === undefined && route.stable[0] === build;
  if (isFollowed) return undefined;
  const isBarred = record.quarantine.some((entry) => entry.build.build === build);
  return isBarred ? 'barred' : `the policy names ${build}, live is ${text}`;
}

/** Every generation has its one entry, which says what happened, and no entry tells of anything else. */
async function checkEvents({ stage, monitor }: Member): Promise<void> {
  const entries = await readHistory(stage.cloud, keys.historyPrefix(stage.app, 'prod'));
  for (const entry of entries) {
    const generation = monitor.generations.get(entry.generation);
    if (generation === undefined) {
      throw new Violation('one-event', `${entry.generation} (${entry.event}) was never served`);
    }
    const expected = listEvents(generation, monitor.generations.get(generation.before?.gen ?? 0));
    if (generation.isLoose || expected.includes(entry.event)) continue;
    throw new Violation(
      'one-event',
      `${entry.generation} is told as ${entry.event}, not ${expected.join('|')}`,
    );
  }
  const told = new Set(entries.map(({ generation }) => generation));
  for (const [gen, generation] of monitor.generations) {
    // Where SSM is the release, the record may never have known it: it was written over at once, or two
    // runs died one after the other and the second had rolled it back.
    const isRolledBack = monitor.generations.get(gen + 1)?.route.rollback?.gen === gen + 1;
    const isUnknown = stage.isLambda && (generation.isOrphan || isRolledBack);
    if (told.has(gen) || generation.isLoose || isUnknown) continue;
    throw new Violation(
      'one-event',
      `${gen} (${listEvents(generation, undefined).join('|')}) has no entry`,
    );
  }
}

type Event = HistoryEntry['event'];

function listEvents(generation: Generation, former: Generation | undefined): readonly Event[] {
  // Of two runs at once the second knows nothing of the other, whose intent it wrote over.
  const isBeside = former?.isOrphan === true;
  const beside = isBeside ? nameMove({ ...generation, before: former.before }) : [];
  const events = [...nameMove(generation), ...beside];
  return generation.isOrphan ? [...events, 'adopted'] : events;
}

function nameMove({ before, route }: Generation): readonly Event[] {
  if (route.rollback?.gen === route.gen) return ['rolled-back'];
  if (before === undefined) return ['first-release', 'settings-changed'];
  const { canary } = route;
  const former = before.canary;
  if (canary !== undefined && canary.salt !== former?.salt) {
    return [former === undefined ? 'rollout-started' : 'rollout-superseded'];
  }
  if (canary !== undefined && former !== undefined && canary.weight > former.weight) {
    return [canary.weight === 10_000 ? 'bake-started' : 'step'];
  }
  if (canary !== undefined) return ['settings-changed', 'step'];
  if (former === undefined) return ['settings-changed', 'hold-ended'];
  return [route.stable[0] === former.build[0] ? 'rollout-finished' : 'rollout-aborted'];
}
