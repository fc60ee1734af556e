import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../../controller/apply/apply.ts';
import type { EnvironmentPolicy } from '../../../controller/core/policy/policy.ts';
import { nameCode, type CodeRecord } from '../../../controller/core/state/code-record.ts';
import type { Context } from '../../../controller/ports/context.ts';
import type { Plan } from '../../../controller/core/plan/plan.ts';
import { readForRollback } from '../../../controller/read/for-rollback.ts';
import { planAll } from '../../../controller/read/plan-all.ts';
import { gateOf } from '../../fakes/gate.ts';
import { rollBackByHand, rolling, subjectOf } from '../../fakes/rolling.ts';
import { DOMAIN, environmentPolicy, GROUP, HOST, LAMBDA_GROUP, World } from '../../fakes/world.ts';

const AT = '2026-02-28T12:00:00.000Z';
const OLD = { ...nameCode({ request: 'r1', response: 's' }, []), at: AT, quiet: true };
const NEW = { ...nameCode({ request: 'r2', response: 's' }, ['gate']), at: AT, quiet: false };
const RECORD: CodeRecord = { version: 1, group: GROUP.name, releases: [NEW, OLD] };

/** What becomes of a group whose new code fails, once build 2 is released with this policy. */
async function planGroup(policy: Partial<EnvironmentPolicy>, next: Partial<EnvironmentPolicy>) {
  const world = await rolling();
  world.routes.set('keys/shop/prod', '{}');
  world.policy = environmentPolicy('2', policy);
  await world.reconcile();
  world.policy = environmentPolicy('2', next);
  const bundle = { code: 'code', hash: 's' };
  const context = {
    ...world.context(),
    bundler: {
      compose: async () => ({ request: { code: 'code', hash: 'r2' }, response: bundle }),
      composeLambdaEdge: async () => bundle,
      composeSnippet: async () => '',
    },
    edgeCode: { ...world.context().edgeCode, readLive: async () => undefined },
    codeRecords: () => ({
      read: async () => ({ record: RECORD, revision: '1' }),
      write: async () => {},
    }),
    functionMetrics: { countErrors: async () => 11, countLambdaErrors: async () => 0 },
    builds: () => ({ ...world.context().builds(world.app), readSettings: async () => undefined }),
  };
  const policies = { groups: [GROUP], apps: [world.app] };
  const run = { by: 'tester', commit: undefined };
  const { set, failures } = await planAll(context, policies, { run, isComplete: true });
  expect(failures).toEqual([]);
  return set.plans.find(({ subject }) => subject.kind === 'group');
}

it('code that fails goes back to code without a gate only when no live route has one', async () => {
  expect(await planGroup({}, {})).toMatchObject({ direction: 'rollback', refusals: [] });
  // Also when the policy has just dropped it: its route is still there.
  for (const next of [{ gate: gateOf() }, {}]) {
    const stays = await planGroup({ gate: gateOf() }, next);
    expect(stays?.direction).not.toBe('rollback');
    expect(stays?.to).toContain(NEW.hash);
  }
});

/** All plans where the function has a version that no behaviour runs yet. */
async function planLambda(world: World, changes: Partial<Context>): Promise<readonly Plan[]> {
  const code = { code: 'code', hash: 'r2' };
  const last = { arn: 'arn:2', codeSha256: '', role: LAMBDA_GROUP.role, isCurrent: true };
  const context: Context = {
    ...world.context(),
    bundler: {
      compose: async () => ({ request: code, response: code }),
      composeLambdaEdge: async () => code,
      composeSnippet: async () => '',
    },
    lambdaCode: { ...world.context().lambdaCode, readLast: async () => last },
    archive: () => ({ has: async () => false, read: async () => undefined, write: async () => {} }),
    codeRecords: () => ({ read: async () => undefined, write: async () => {} }),
    builds: () => ({ ...world.context().builds(world.app), readSettings: async () => undefined }),
    ...changes,
  };
  const policies = { groups: [LAMBDA_GROUP], apps: [world.app] };
  const run = { by: 'tester', commit: undefined };
  const { set } = await planAll(context, policies, { run, isComplete: true });
  return set.plans.filter(({ changes: { length } }) => length > 0);
}

const TAKES_IT = { kind: 'associate-version', distribution: 'E1EXAMPLE' };

it('a new version also reaches an environment that can not be read', async () => {
  const world = new World(LAMBDA_GROUP);
  const down = async () => Promise.reject(new Error('S3 is down'));
  const records = () => ({ ...world.context().records(world.app), read: down });
  const [group] = await planLambda(world, { records });
  expect(group?.subject.kind).toBe('group');
  expect(group?.changes.at(-1)).toMatchObject(TAKES_IT);
});

/** Code with the features of the group's, that fails. */
const FAILING: CodeRecord = {
  version: 1,
  group: LAMBDA_GROUP.name,
  releases: [
    { hash: 'failing', features: [], at: AT, quiet: false },
    { hash: 'good', features: [], at: AT, quiet: true },
  ],
};

it('and one that rolls back, after its rollback: that waits for nothing', async () => {
  const world = new World(LAMBDA_GROUP);
  world.publish('1', '2');
  await world.reconcile();
  world.policy = environmentPolicy('2');
  await world.reconcile();
  world.fireAlarm();
  const [first, second] = await planLambda(world, {
    codeRecords: () => ({
      read: async () => ({ record: FAILING, revision: '1' }),
      write: async () => {},
    }),
    functionMetrics: { countErrors: async () => 0, countLambdaErrors: async () => 11 },
  });
  expect(first).toMatchObject({ direction: 'rollback', subject: { kind: 'environment' } });
  expect(JSON.stringify(first?.changes)).not.toContain('associate-version');
  expect(second).toMatchObject({ direction: 'rollback', subject: { kind: 'group' } });
  expect(second?.changes.at(-1)).toMatchObject(TAKES_IT);
});

describe('an environment whose policy has an issue', () => {
  const place = { app: 'shop', environment: 'prod', file: 'policies/shop.yaml' };
  const leftOut = [{ ...place, bucket: 'builds', region: 'us-east-1' }];

  async function planLeftOut(world: World) {
    const policies = { groups: [], apps: [] };
    const run = { by: 'tester', commit: undefined };
    return planAll(world.context(), policies, { run, isComplete: false, leftOut });
  }

  it.each([GROUP, LAMBDA_GROUP])('keeps its guard, on $runtime', async (group) => {
    const world = await rolling(group);
    expect((await planLeftOut(world)).set.plans).toEqual([]);
    world.fireAlarm();
    const { set, failures } = await planLeftOut(world);
    expect(failures).toEqual([]);
    expect(set.plans).toHaveLength(1);
    for (const plan of set.plans) await applyPlan(plan, world.context());
    expect(world.route).toMatchObject({ stable: ['1', expect.any(String)], barred: ['2'] });
    expect(world.storedRecord).toMatchObject({ phase: 'held', hosts: [HOST, DOMAIN] });
    expect(world.history.get(3)?.evidence.at(-1)).toContain('its policy has an issue');
    world.alarm = 'OK';
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged', exitCode: 0 });
  });

  it('is left alone when nothing remembers its alarms, and told when its record can’t be read', async () => {
    const world = await rolling();
    world.fireAlarm();
    const { remembered: _remembered, ...old } = world.storedRecord ?? {};
    world.alarm = 'OK';
    world.record = { text: JSON.stringify(old), revision: 9 };
    const context = world.context();
    const seen: number[] = [];
    const alarms = {
      ...context.alarms,
      read: async (of: readonly unknown[]) => (seen.push(of.length), []),
    };
    const run = { by: 'tester', commit: undefined };
    const options = { run, isComplete: false, leftOut };
    const none = { groups: [], apps: [] };
    expect((await planAll({ ...context, alarms }, none, options)).set.plans).toEqual([]);
    expect(seen).toEqual([]);
    const records = () => ({
      ...context.records(world.app),
      read: async () => Promise.reject(new Error('not JSON')),
    });
    expect((await planAll({ ...context, records }, none, options)).failures).toHaveLength(1);
  });
});

it('a rollback knows from the record where the store is; an older record only says its name', async () => {
  const world = await rolling();
  await readForRollback(world.context(), subjectOf(world));
  expect(world.remembered).toEqual([`arn:of:${GROUP.keyValueStore}`]);
  const { remembered: _remembered, ...old } = world.storedRecord ?? {};
  world.record = { text: JSON.stringify(old), revision: 9 };
  world.remembered = [];
  await rollBackByHand(world);
  expect(world.remembered).toEqual([]);
  expect(world.route?.rollback).toMatchObject({ reason: 'manual' });
});
