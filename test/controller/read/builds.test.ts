import { expect, it } from 'vitest';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import { findRollouts, planOne } from '../../../controller/commands/reconcile/look.ts';
import { readTarget } from '../../../controller/read/rollback-target.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { readRollbackReady } from '../../../controller/read/rollback-ready.ts';
import { rolling, subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, GROUP, type World } from '../../fakes/world.ts';

const UNREADABLE = 'build "3" can\'t be read: Manifest 3 is of version 9';
const RUN = { by: 'tester', commit: undefined };

/** Build 2 is rolling out, and the policy names build 3, which only a newer version can read. */
async function rollingToNewer(): Promise<World> {
  const world = await rolling();
  world.policy = environmentPolicy('3');
  world.newer.add('3');
  return world;
}

it('a build that can’t be read is not released, and the plan says why and what to do', async () => {
  const world = await rollingToNewer();
  const plan = await world.plan();
  expect(plan).toMatchObject({ direction: 'none', changes: [] });
  expect(plan.refusals).toEqual([
    expect.objectContaining({ exitCode: 2, message: UNREADABLE, next: 'Use that version.' }),
  ]);
  expect(await world.reconcile()).toMatchObject({ exitCode: 2 });
  expect(world.route).toMatchObject({ stable: ['1', expect.any(String)] });
});

it('nor in a cohort', async () => {
  const world = await rolling();
  const cohorts = [{ name: 'staff', cookie: { name: 'staff' }, build: '3', line: 12 }];
  world.policy = environmentPolicy('2', { cohorts });
  world.newer.add('3');
  const { refusals } = await world.plan();
  expect(refusals.map(({ message }) => message)).toEqual([`cohort staff: ${UNREADABLE}`]);
});

it('and keeps no guard from rolling back', async () => {
  const world = await rollingToNewer();
  world.fireAlarm();
  expect((await world.plan()).notes).toContain(`warning: ${UNREADABLE}. Use that version.`);
  expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  expect(world.route).toMatchObject({ stable: ['1', expect.any(String)], barred: ['2'] });
});

it('nor that of a watch', async () => {
  const world = await rollingToNewer();
  const policies = { groups: [GROUP], apps: [world.app] };
  const [watched] = await findRollouts(world.context(), policies);
  if (watched === undefined) throw new Error('nothing is watched');
  const look = () => planOne(world.context(), watched, { policies, run: RUN });
  expect((await look()).plan.direction).toBe('none');
  world.fireAlarm();
  const { set } = await look();
  const [outcome] = await applyAll(set, { context: world.context(), makePlans: look });
  expect(outcome).toMatchObject({ exitCode: 5 });
});

/** Builds 1, 2 and 3 released to everyone, one after the other. */
async function released(): Promise<World> {
  const world = await rolling();
  for (const build of ['2', '3']) {
    const release = { build, line: 9, steps: [], bakeSeconds: 0, keep: 3 };
    world.policy = environmentPolicy(build, { release });
    for (let run = 0; run < 3; run++) {
      world.pass(1);
      await world.reconcile();
    }
  }
  expect(world.route).toMatchObject({ stable: ['3', expect.any(String)] });
  return world;
}

it('nor a person from going back to another one', async () => {
  const world = await released();
  world.newer.add('1');
  const facts = await readEnvironment(world.context(), subjectOf(world), RUN);
  const target = await readTarget(world.context(), facts, '2');
  expect(target).toMatchObject({ target: { build: '2' } });
  const refused = await readTarget(world.context(), facts, '1');
  expect(refused).toMatchObject({ refusal: { message: UNREADABLE.replaceAll('3', '1') } });
});

it('nor status from telling that it can’t be gone back to', async () => {
  const world = await released();
  world.newer.add('2');
  const facts = await readEnvironment(world.context(), subjectOf(world), RUN);
  const ready = await readRollbackReady(world.context(), facts);
  expect(ready).toMatchObject({ isReady: false, next: expect.stringContaining('version 9') });
});
