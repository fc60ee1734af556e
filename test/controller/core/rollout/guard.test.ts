import { describe, expect, it } from 'vitest';
import type { GuardPolicy } from '../../../../controller/core/policy/policy.ts';
import { describeStatus } from '../../../../controller/core/report/status.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import { GUARD } from '../../../fakes/guard.ts';
import { rolling, subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, World } from '../../../fakes/world.ts';

const ALARM = { name: 'shop-prod-errors', region: 'us-east-1' };

function guarded(build: string, guard: Partial<GuardPolicy>) {
  return environmentPolicy(build, { guard: { alarms: [ALARM], ...GUARD, ...guard } });
}

/** Releases a new build, whose alarm fires at once. */
async function fail(world: World, build: string, guard: Partial<GuardPolicy> = {}) {
  world.publish(build);
  world.alarm = 'OK';
  world.policy = guarded(build, guard);
  const started = await world.reconcile();
  world.pass(60);
  world.fireAlarm();
  const ended = await world.reconcile();
  world.pass(1);
  world.alarm = 'OK';
  return { started, ended };
}

describe('the breaker', () => {
  const rolledBack = { exitCode: 5 };

  it('opens after three rollbacks within a day, and stays open until it is lifted', async () => {
    const world = await rolling();
    for (const build of ['3', '4', '5']) {
      expect(await fail(world, build)).toMatchObject({ ended: rolledBack });
    }
    world.pass(7 * 86_400);
    world.publish('6');
    world.policy = guarded('6', {});
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none', changes: [] });
    expect(plan.why).toContain('3 rollbacks within a day (4, 6, 8)');
    const call = { exitCode: 3, next: expect.stringContaining('lift: { rollback: 8, reason:') };
    expect(plan.refusals).toMatchObject([call]);
    const run = { by: 'tester', commit: undefined };
    const facts = await readEnvironment(world.context(), subjectOf(world), run);
    expect(describeStatus(facts, plan).next).toContain('the breaker is open');

    // An earlier one is not what opened it; nor does its number in advance count for the next.
    world.policy = guarded('6', {
      breaker: { rollbacks: 3, lift: { rollback: 9, reason: 'guess' } },
    });
    expect(await world.plan()).toMatchObject({ direction: 'none' });
    const lift = { rollback: 8, reason: 'the load test is over' };
    world.policy = guarded('6', { breaker: { rollbacks: 3, lift } });
    await world.reconcile();
    expect(world.route?.canary?.build[0]).toBe('6');
    expect(world.storedRecord?.last.evidence).toEqual([
      'breaker lifted (rollback 8): the load test is over',
    ]);
    // It counts anew.
    for (const build of ['7', '8']) await fail(world, build, { breaker: { rollbacks: 3, lift } });
    expect(world.storedRecord?.quarantine).toHaveLength(5);
    world.publish('9');
    world.policy = guarded('9', { breaker: { rollbacks: 3, lift } });
    expect(await world.plan()).toMatchObject({ direction: 'forward' });
  });

  it('counts a day, and what the guard did alone', async () => {
    const world = await rolling();
    for (const build of ['3', '4', '5', '6']) {
      await fail(world, build);
      world.pass(13 * 3600);
    }
    world.publish('7');
    world.policy = guarded('7', {});
    expect(await world.plan()).toMatchObject({ direction: 'forward' });
    world.policy = guarded('7', { breaker: { rollbacks: 2 } });
    expect(await world.plan()).toMatchObject({ direction: 'none' });
    world.policy = guarded('7', { breaker: { rollbacks: 0 } });
    expect(await world.plan()).toMatchObject({ direction: 'forward' });
  });

  it('ignores a lift that was written before the rollback it names', async () => {
    const world = await rolling();
    const breaker = { rollbacks: 1, lift: { rollback: 4, reason: 'guess' } };
    expect(await fail(world, '3', { breaker })).toMatchObject({ ended: rolledBack });
    expect(world.storedRecord?.generation).toBe(4);
    world.publish('4');
    world.policy = guarded('4', { breaker });
    expect(await world.plan()).toMatchObject({ direction: 'none' });
    const meant = { rollback: 4, reason: 'meant' };
    world.policy = guarded('4', { breaker: { rollbacks: 1, lift: meant } });
    expect(await world.plan()).toMatchObject({ direction: 'forward' });
  });
});

describe('a wait for evidence', () => {
  it.each([
    ['no data', 'INSUFFICIENT_DATA', {}, 'no-data'],
    // Two are needed, and one that stays in ALARM never settles anything.
    ['too few alarms', 'ALARM', { needed: 2, noData: 'pass' }, 'alarm'],
  ] as const)('ends at its deadline: %s', async (_name, alarm, more, reason) => {
    const world = await rolling();
    world.policy = guarded('2', { deadlineSeconds: 600, ...more });
    world.alarm = alarm;
    world.pass(60);
    const waiting = await world.plan();
    expect(waiting).toMatchObject({ direction: 'none', until: '2026-03-01T00:11:00.000Z' });
    expect(waiting.why).toContain('then rolls back');
    world.pass(599);
    expect(await world.plan()).toMatchObject({ direction: 'none' });
    world.pass(1);
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(world.route?.rollback).toMatchObject({ reason });
    expect(world.storedRecord?.last.evidence.at(-1)).toContain('guard.deadline');
  });
});

describe('a canary that no alarm can see', () => {
  it('is told with its weight, before and while it rolls', async () => {
    const world = await rolling();
    const warning = 'warning: no guard alarm can see a canary of 5 %';
    expect((await world.plan()).notes.join()).not.toContain(warning);
    world.alarmFacts = { since: undefined };
    expect((await world.plan()).notes.join()).toContain(warning);
    world.policy = environmentPolicy('3');
    expect((await world.plan()).notes.join()).toContain(warning);
    // Everyone has the build while it bakes: there is nothing an alarm could miss.
    const { release } = world.policy;
    world.policy = environmentPolicy('3', { release: { ...release, steps: [] } });
    expect((await world.plan()).notes.join()).not.toContain('no guard alarm can see');
  });
});

describe('a lift', () => {
  async function held(): Promise<World> {
    const world = await rolling();
    world.fireAlarm();
    await world.reconcile();
    world.pass(1);
    world.alarm = 'OK';
    return world;
  }
  const lift = { lift: '2', rollback: 3, reason: 'fixed at the API' };

  it('of another generation lifts nothing, and says so', async () => {
    const world = await held();
    world.policy = environmentPolicy('2', { quarantine: [{ ...lift, rollback: 2 }] });
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none', refusals: [] });
    expect(plan.notes.join()).toContain(
      'rollback 2, has no effect on build 2, quarantined since rollback 3',
    );
  });

  it('of another build lifts nothing', async () => {
    const world = await held();
    world.policy = environmentPolicy('2', { quarantine: [{ ...lift, lift: '1' }] });
    expect(await world.plan()).toMatchObject({ direction: 'none' });
  });

  it('given twice lifts once, and is in the history once', async () => {
    const world = await held();
    world.policy = environmentPolicy('2', { quarantine: [lift, lift] });
    await world.reconcile();
    expect(world.route).toMatchObject({ canary: { build: ['2', expect.any(String)] }, barred: [] });
    expect(world.storedRecord?.last.evidence).toEqual([
      'build 2 lifted (rollback 3): fixed at the API',
    ]);
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
  });

  it('is used up: the next rollback of the build needs another', async () => {
    const world = await held();
    world.policy = environmentPolicy('2', { quarantine: [lift] });
    await world.reconcile();
    world.pass(1);
    world.fireAlarm();
    await world.reconcile();
    world.alarm = 'OK';
    expect(await world.reconcile()).toMatchObject({
      status: 'unchanged',
      plan: { to: 'build 1 (held)' },
    });
  });

  it('written for a rollback to come does not bring the build back', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('2', { quarantine: [lift] });
    expect((await world.plan()).notes.join()).toContain(
      'has no effect: there was no such rollback yet',
    );
    world.fireAlarm();
    await world.reconcile();
    world.pass(1);
    world.alarm = 'OK';
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none', to: 'build 1 (held)' });
    expect(plan.notes.join()).toContain('written before the rollback');
    world.policy = environmentPolicy('2', { quarantine: [{ ...lift, reason: 'meant now' }] });
    expect(await world.plan()).toMatchObject({ direction: 'forward' });
  });
});
