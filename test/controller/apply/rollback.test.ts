import { describe, expect, it } from 'vitest';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import { applyPlan } from '../../../controller/apply/apply.ts';
import { UnansweredError, UsageError } from '../../../controller/core/errors.ts';
import { checkBytes } from '../../../controller/core/plan/checks.ts';
import { nameSubject, sealPlanSet } from '../../../controller/core/plan/plan.ts';
import { planRollback } from '../../../controller/core/plan/rollback.ts';
import { renderOutcomes } from '../../../controller/core/report/outcome.ts';
import type { State } from '../../../controller/core/state/record.ts';
import { renderRoute } from '../../../controller/core/state/route.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readForRollback } from '../../../controller/read/for-rollback.ts';
import { planAll } from '../../../controller/read/plan-all.ts';
import { killAt, rollBackByHand, rolling, subjectOf } from '../../fakes/rolling.ts';
import {
  appPolicy,
  DOMAIN,
  environmentPolicy,
  GROUP,
  HOST,
  type WriteHook,
} from '../../fakes/world.ts';

it('the end of a hold and a shorter list of kept builds are one move', async () => {
  const world = await rolling();
  world.fireAlarm();
  await world.reconcile();
  const back = environmentPolicy('1');
  world.policy = { ...back, release: { ...back.release, keep: 0 } };
  await world.reconcile();
  expect(world.route?.kept).toEqual([]);
  expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
});

describe('a rollback that meets trouble', () => {
  it('still bars the build when the record is lost after a second rollback', async () => {
    const world = await rolling();
    for (const next of ['3', '3']) {
      world.fireAlarm();
      await world.reconcile();
      world.alarm = 'OK';
      world.pass(1);
      world.policy = environmentPolicy(next);
      await world.reconcile();
    }
    expect(world.route?.barred).toEqual(['3', '2']);
    world.record = undefined;
    await world.reconcile();
    world.pass(100);
    await world.reconcile();
    expect(world.route?.canary).toBeUndefined();
    expect(world.storedRecord).toMatchObject({ phase: 'held', hold: { build: { build: '3' } } });
  });

  it('is not claimed when another run finished the rollout first', async () => {
    const world = await rolling();
    for (let step = 0; step < 2; step++) {
      world.pass(61);
      await world.reconcile();
    }
    world.pass(121);
    const finish = await world.plan();
    world.fireAlarm();
    expect(await world.reconcile(once(() => applyPlan(finish, world.context())))).toMatchObject({
      status: 'failed',
      exitCode: 4,
    });
    expect(world.route?.stable[0]).toBe('2');
  });

  it('is not claimed when it can’t be planned again', async () => {
    const world = await rolling();
    world.fireAlarm();
    const set = sealPlanSet([await world.plan()]);
    world.routes.set(HOST, JSON.stringify({ ...world.route, preview: 'off' }));
    const makePlans = async () => ({ set: sealPlanSet([]) });
    const [outcome] = await applyAll(set, { context: world.context(), makePlans });
    expect(outcome).toMatchObject({ status: 'failed', exitCode: 4 });
    expect(world.route?.canary?.build[0]).toBe('2');
  });

  it('says so when the edge has rolled back and the record could not be written', async () => {
    const world = await rolling();
    world.fireAlarm();
    const outcome = await world.reconcile((moment, write) => {
      if (moment === 'before' && write === 'record') throw new UsageError('No S3.', 'Wait.');
    });
    expect(outcome).toMatchObject({ status: 'applied', exitCode: 5 });
    expect(outcome.problem).toContain('No S3.');
    expect(renderOutcomes([outcome])).not.toContain('wrote');
    await world.reconcile();
    expect(world.storedRecord).toMatchObject({ phase: 'held' });
  });

  it('goes on when a write of the route is not answered, forward leaves that to the next run', async () => {
    const world = await rolling();
    const unanswered = async () => {
      throw new UnansweredError('AWS does not answer.', 'Wait.');
    };
    world.pass(61);
    expect(await world.reconcile(once(unanswered))).toMatchObject({ status: 'failed' });
    world.fireAlarm();
    expect(await world.reconcile(once(unanswered))).toMatchObject({ exitCode: 5 });
  });

  it('leaves hosts alone that the policy changes meanwhile', async () => {
    const world = await rolling();
    world.policy = { ...world.policy, hosts: ['www.example.com'] };
    expect(await world.reconcile()).toMatchObject({ status: 'refused' });
    world.fireAlarm();
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect([...world.routes.keys()]).toEqual([HOST, DOMAIN]);
  });

  it('reaches the hosts that a killed run had moved to, and none is forgotten', async () => {
    const world = await rolling();
    const aliases = ['www.example.com', 'new.example.com'];
    world.distribution = world.distribution && { ...world.distribution, aliases };
    world.policy = { ...world.policy, hosts: ['www.example.com'] };
    await world.reconcile(killAt(2, 'after'));
    world.policy = { ...world.policy, hosts: ['new.example.com'] };
    await rollBackByHand(world, killAt(2, 'before')).catch(() => {});
    expect([...world.routes.keys()]).toEqual([DOMAIN, 'www.example.com']);
    for (const text of world.routes.values()) expect(text).toContain('"reason":"manual"');
    await world.reconcile();
    await world.reconcile();
    expect([...world.routes.keys()]).toEqual([DOMAIN, 'new.example.com']);
  });

  it('needs neither the record, SSM, builds nor the distribution: the guard’s', async () => {
    const world = await rolling();
    world.fireAlarm();
    const context = brokenButRoutes(world.context());
    const policies = { groups: [GROUP], apps: [appPolicy(world.policy)] };
    const run = { by: 'tester', commit: undefined };
    const makePlans = () => planAll(context, policies, { run, isComplete: true });
    const { set, failures } = await makePlans();
    expect(failures.map(({ subject }) => nameSubject(subject))).toContain('shop/prod');
    const outcomes = await applyAll(set, { context, makePlans });
    expect(outcomes).toMatchObject([{ status: 'applied', exitCode: 5 }]);
    expect(world.route).toMatchObject({ barred: ['2'], rollback: { reason: 'alarm' } });
  });

  it('needs neither the record, SSM, builds nor the distribution: by hand', async () => {
    const world = await rolling();
    const { facts, problems } = await readForRollback(
      brokenButRoutes(world.context()),
      subjectOf(world),
    );
    expect(problems).toHaveLength(2);
    const plan = planRollback(facts, { reason: 'manual', evidence: [] });
    const context = brokenButRoutes(world.context());
    const makePlans = async () => ({ set: sealPlanSet([plan]) });
    const outcomes = await applyAll(sealPlanSet([plan]), { context, makePlans });
    expect(outcomes).toMatchObject([{ status: 'applied', exitCode: 5 }]);
    expect(world.route).toMatchObject({ barred: ['2'], rollback: { reason: 'manual' } });
  });

  it('is never too large: a route that leaves no room for it does not go out', async () => {
    const world = await rolling();
    const { facts } = await readForRollback(world.context(), subjectOf(world));
    const state = { ...facts.adoption.record } as State;
    const fill = (bytes: number) => {
      const pool = { include: [`/${'x'.repeat(bytes)}/*`], exclude: [] };
      return { ...facts, app: { ...facts.app, pool } };
    };
    const spent = renderRoute(state, fill(0), 3).length;
    const full = fill(990 - spent);
    expect(renderRoute(state, full, 3)).toHaveLength(990);
    const move = { kind: 'move', event: 'step', why: '', evidence: [], state } as const;
    expect(checkBytes(full, move)).toMatchObject([{ exitCode: 2 }]);
    expect(checkBytes(fill(0), move)).toEqual([]);
  });
});

describe('a quarantined build put back by hand', () => {
  it('is rolled back again, also with a newer generation', async () => {
    const world = await rolling();
    const before = world.route;
    world.fireAlarm();
    await world.reconcile();
    world.alarm = 'OK';
    world.pass(1);
    world.routes.set(HOST, JSON.stringify({ ...before, gen: 9 }));
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(world.route).toMatchObject({ gen: 10, barred: ['2'] });
    world.writes = [];
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
  });
});

/** Does something else, once, right before the route is written. */
function once(otherwise: () => Promise<unknown>): WriteHook {
  let isDone = false;
  return async (moment, write) => {
    if (isDone || moment !== 'before' || write !== 'routes') return;
    isDone = true;
    await otherwise();
  };
}

/** All of AWS is down but the KeyValueStore and CloudWatch. */
function brokenButRoutes(context: Context): Context {
  const down = async (): Promise<never> => {
    throw new UnansweredError('AWS is down.', 'Wait.');
  };
  const broken = <T extends object>(): T => new Proxy({} as T, { get: () => down });
  return {
    ...context,
    distributions: broken(),
    bundler: broken(),
    edgeCode: broken(),
    builds: () => broken(),
    codeRecords: () => broken(),
    records: () => broken(),
    parameters: () => broken(),
  };
}
