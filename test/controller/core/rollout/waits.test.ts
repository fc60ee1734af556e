import { describe, expect, it } from 'vitest';
import { changePause } from '../../../../controller/apply/change-pause.ts';
import type {
  EnvironmentPolicy,
  GuardPolicy,
  ReleasePolicy,
} from '../../../../controller/core/policy/policy.ts';
import type { EnvironmentRecord } from '../../../../controller/core/state/record.ts';
import { GUARD } from '../../../fakes/guard.ts';
import { killAt, rolling, subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, HOST, Killed, World } from '../../../fakes/world.ts';

const ALARM = { name: 'shop-prod-errors', region: 'us-east-1' };
const DAY = 86_400;
const APPROVAL = [{ weightBasisPoints: 500, holdSeconds: 0, approval: true }] as const;
const at = (seconds: number) =>
  new Date(Date.parse('2026-03-01T00:00:00Z') + seconds * 1000).toISOString();

function releasing(
  build: string,
  changes: Partial<ReleasePolicy>,
  more: Partial<EnvironmentPolicy> = {},
): EnvironmentPolicy {
  const policy = environmentPolicy(build, more);
  return { ...policy, release: { ...policy.release, ...changes } };
}

function guarded(build: string, guard: Partial<GuardPolicy>, changes: Partial<ReleasePolicy> = {}) {
  const policy = environmentPolicy(build, { guard: { alarms: [ALARM], ...GUARD, ...guard } });
  return { ...policy, release: { ...policy.release, ...changes } };
}

describe('an approval', () => {
  const waiting = (more: Partial<EnvironmentPolicy> = {}) =>
    releasing('2', { steps: APPROVAL, approvalDeadlineSeconds: 7 * DAY }, more);

  it('that nobody gives ends at its deadline, says why, and does not open the breaker', async () => {
    const world = await rolling();
    world.policy = waiting();
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none', until: at(7 * DAY) });
    expect(plan.why).toContain(`at ${at(7 * DAY)} it is rolled back`);
    world.pass(7 * DAY - 1);
    expect(await world.plan()).toMatchObject({ direction: 'none' });
    world.pass(1);
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(world.route?.rollback).toMatchObject({
      reason: 'expired',
      build: ['2', expect.anything()],
    });
    expect(world.storedRecord?.last.why).toContain('was rolled back (expired)');
    expect(world.storedRecord?.last.evidence).toEqual([
      `nobody approved it until ${at(7 * DAY)} (release.approvalDeadline)`,
    ]);
    expect(world.storedRecord?.rollbacks).toBeUndefined();
  });

  it('given late may still wait for evidence: the deadline of the guard begins after its own', async () => {
    const world = await rolling();
    world.pass(3 * DAY);
    world.alarm = 'INSUFFICIENT_DATA';
    const approved = { build: '2', rollout: 2, weightBasisPoints: 500 };
    const policy = waiting();
    world.policy = { ...policy, release: { ...policy.release, approved } };
    expect(await world.plan()).toMatchObject({ direction: 'none', until: at(8 * DAY) });
    world.alarm = 'OK';
    await world.reconcile();
    expect(world.storedRecord?.phase).toBe('baking');
  });

  it('need not be given in a freeze', async () => {
    const world = await rolling();
    const freeze = [{ reason: 'holidays', from: at(DAY), to: at(14 * DAY) }];
    world.policy = waiting({ freeze });
    world.pass(13 * DAY);
    expect(await world.plan()).toMatchObject({ direction: 'none', until: at(14 * DAY) });
    world.pass(DAY);
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  });

  it('is not skipped when an edit takes steps away', async () => {
    const world = await rolling();
    world.pass(60);
    await world.reconcile();
    expect(world.storedRecord?.rollout).toMatchObject({ step: 1, weightBasisPoints: 2500 });
    world.policy = waiting();
    world.pass(DAY);
    expect(await world.plan()).toMatchObject({ direction: 'none' });
    expect((await world.plan()).why).toContain('serves 25 % until somebody approves');
    // Nor is the hold of the last step that is left.
    world.policy = releasing('2', { steps: [{ weightBasisPoints: 500, holdSeconds: 2 * DAY }] });
    expect(await world.plan()).toMatchObject({ direction: 'none', until: at(60 + 2 * DAY) });
  });
});

describe('a step that the policy raises', () => {
  const raised = (guard: Partial<GuardPolicy> = {}) =>
    guarded('2', guard, { steps: [{ weightBasisPoints: 5000, holdSeconds: 60 }] });

  it('begins again', async () => {
    const world = await rolling();
    world.pass(50);
    world.policy = raised();
    await world.reconcile();
    expect(world.storedRecord?.rollout).toMatchObject({
      weightBasisPoints: 5000,
      stepStartedAt: at(50),
    });
    expect(await world.plan()).toMatchObject({ direction: 'none', until: at(110) });
  });

  it.each([
    ['without data', 'INSUFFICIENT_DATA', {}],
    ['under too few alarms', 'ALARM', { needed: 2, noData: 'pass' }],
  ] as const)('stays as it is %s', async (_name, alarm, guard) => {
    const world = await rolling();
    world.alarm = alarm;
    world.policy = raised(guard);
    expect(await world.plan()).toMatchObject({ direction: 'none', refusals: [] });
    world.alarm = 'OK';
    expect(await world.plan()).toMatchObject({ direction: 'forward' });
  });
});

describe('a start that is blocked', () => {
  async function blocked(guard: Partial<GuardPolicy> = {}): Promise<World> {
    const world = new World();
    world.publish('1', '2');
    await world.reconcile();
    world.policy = guarded('2', { deadlineSeconds: 3600, ...guard });
    return world;
  }

  it('calls a person once its alarm has been firing for the deadline', async () => {
    const world = await blocked();
    world.alarm = 'ALARM';
    world.alarmFacts = { since: at(0), seesCanary: true };
    world.pass(3599);
    const early = await world.reconcile();
    expect(early).toMatchObject({ exitCode: 0, plan: { refusals: [] } });
    expect(early.plan.why).toContain('headgate rollback --to');
    world.pass(1);
    const late = await world.reconcile();
    expect(late).toMatchObject({ exitCode: 3, status: 'refused' });
    expect(late.plan.refusals).toMatchObject([
      { message: expect.stringContaining('is in ALARM since'), place: { line: 9 } },
    ]);
    expect(late.plan.refusals[0]?.next).toContain('headgate rollback --to');
    // It is the release that waits, not what else the policy changes.
    world.policy = { ...world.policy, hosts: [...world.policy.hosts, 'www.shop.example.com'] };
    world.distribution = world.distribution && {
      ...world.distribution,
      aliases: world.policy.hosts,
    };
    expect(await world.reconcile()).toMatchObject({ exitCode: 3 });
    expect(world.storedRecord?.hosts).toContain('www.shop.example.com');
    world.alarm = 'OK';
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
    expect(world.route?.canary?.build[0]).toBe('2');
  });

  it('calls a person at once for an alarm that does not exist, never for one that cools down', async () => {
    const world = await blocked({ coolDownSeconds: 7 * DAY });
    world.alarm = 'missing';
    expect(await world.reconcile()).toMatchObject({ exitCode: 3 });
    world.alarm = 'unreadable';
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
    world.alarm = 'OK';
    world.alarmFacts = { since: at(0) };
    world.pass(2 * DAY);
    expect(await world.reconcile()).toMatchObject({
      exitCode: 0,
      plan: { direction: 'none', until: at(7 * DAY) },
    });
  });

  it('by `requires` calls a person when nobody releases it there', async () => {
    const world = await blocked();
    const requires = [{ environment: 'staging', bakedSeconds: 60 }];
    world.policy = guarded('2', { deadlineSeconds: 3600 }, { requires });
    const record = world.storedRecord as EnvironmentRecord;
    const staging = { ...record, environment: 'staging' };
    world.others.set('staging', staging);
    world.pass(3599);
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
    world.pass(1);
    const late = await world.reconcile();
    expect(late).toMatchObject({ exitCode: 3 });
    expect(late.plan.refusals[0]?.next).toContain('Release it there');
    // Rolled back there: since then.
    const rollback = { rollback: 7, reason: 'alarm', at: at(3600) };
    const build = { build: '2', digest: 'digest-of-2'.padEnd(16, '0') };
    world.others.set('staging', { ...staging, quarantine: [{ ...rollback, build }] });
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
    world.pass(3600);
    expect(await world.reconcile()).toMatchObject({ exitCode: 3 });
  });
});

describe('a pause', () => {
  const change = (world: World, isResume: boolean) =>
    changePause(world.context(), subjectOf(world), {
      asked: { by: 'ana', at: at((world.now - Date.parse(at(0))) / 1000), reason: 'move' },
      isResume,
    });

  it('takes no time off a deadline', async () => {
    const world = await rolling();
    world.policy = guarded('2', { deadlineSeconds: 3600 });
    await change(world, false);
    world.pass(5 * DAY);
    world.alarm = 'INSUFFICIENT_DATA';
    await change(world, true);
    expect(await world.plan()).toMatchObject({ direction: 'none', until: at(5 * DAY + 3600) });
    // Settings go out meanwhile, and forget nothing of it.
    world.policy = { ...world.policy, preview: { access: 'off', ttlSeconds: 60 } };
    expect(await world.reconcile()).toMatchObject({ plan: { direction: 'forward' } });
    expect(await world.plan()).toMatchObject({ direction: 'none', until: at(5 * DAY + 3600) });
    world.alarm = 'OK';
    await world.reconcile();
    expect(world.storedRecord?.rollout).toMatchObject({ step: 1 });
    expect(world.storedRecord?.resumedAt).toBeUndefined();
  });

  it('takes none off the wait for evidence of a step that is approved late', async () => {
    const world = await rolling();
    await change(world, false);
    world.pass(6 * DAY);
    await change(world, true);
    world.pass(4 * DAY);
    world.alarm = 'INSUFFICIENT_DATA';
    const approved = { build: '2', rollout: 2, weightBasisPoints: 500 };
    const release = { steps: APPROVAL, approvalDeadlineSeconds: 7 * DAY, approved };
    world.policy = guarded('2', {}, release);
    expect(await world.plan()).toMatchObject({ direction: 'none', until: at(14 * DAY) });
  });

  it('that ends in a freeze leaves the whole wait for evidence to the time after it', async () => {
    const world = await rolling();
    await change(world, false);
    world.pass(2 * DAY);
    await change(world, true);
    world.alarm = 'INSUFFICIENT_DATA';
    const freeze = [{ reason: 'fair', from: at(DAY), to: at(9 * DAY) }];
    world.policy = { ...guarded('2', { deadlineSeconds: 3600 }), freeze };
    world.pass(5 * DAY);
    expect(await world.plan()).toMatchObject({
      direction: 'none',
      until: at(9 * DAY + 3600),
    });
  });
});

it('a step that was due in a freeze waits for evidence from its end on', async () => {
  const world = await rolling();
  const policy = guarded('2', { deadlineSeconds: 3600 });
  world.policy = { ...policy, freeze: [{ reason: 'fair', from: at(30), to: at(3 * DAY) }] };
  world.pass(2 * DAY);
  expect(await world.plan()).toMatchObject({ direction: 'none', until: at(3 * DAY) });
  world.pass(DAY);
  world.alarm = 'INSUFFICIENT_DATA';
  expect(await world.plan()).toMatchObject({ direction: 'none', until: at(3 * DAY + 3600) });
});

it('a build that was stable and then rolled back takes every step again', async () => {
  const world = new World();
  world.publish('1', '2', '3');
  await world.reconcile();
  const fast = { fastTrackSeconds: 30 * DAY };
  world.policy = releasing('2', fast);
  for (let run = 0; run < 4; run++) {
    await world.reconcile();
    world.pass(200);
  }
  expect(world.storedRecord?.stable.build).toBe('2');
  world.policy = releasing('3', fast);
  await world.reconcile();
  world.policy = releasing('2', fast);
  await world.reconcile();
  // Known to be good: 1 was never barred.
  world.policy = releasing('1', fast);
  await world.reconcile();
  expect(world.storedRecord?.rollout).toMatchObject({
    canary: { build: '1' },
    weightBasisPoints: 10_000,
  });
  world.fireAlarm();
  await world.reconcile();
  world.pass(1);
  world.alarm = 'OK';
  expect(world.storedRecord?.phase).toBe('held');
  const rollback = world.storedRecord?.generation ?? 0;
  world.policy = releasing('1', fast, { quarantine: [{ lift: '1', rollback, reason: 'mended' }] });
  await world.reconcile();
  expect(world.storedRecord?.rollout).toMatchObject({
    canary: { build: '1' },
    weightBasisPoints: 500,
  });
});

it('a rollback elsewhere that was not written down any more still holds a build up here', async () => {
  const staging = await rolling();
  for (let run = 0; run < 3; run++) {
    staging.pass(60);
    await staging.reconcile();
  }
  expect(staging.storedRecord?.phase).toBe('baking');
  staging.fireAlarm();
  await staging.reconcile(killAt(1, 'after')).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  const other = (text: string) =>
    text.replaceAll('"prod"', '"staging"').replaceAll(HOST, 'staging.example.com');
  world.others.set('staging', JSON.parse(other(staging.record?.text ?? '')) as EnvironmentRecord);
  for (const [host, route] of staging.routes)
    world.routes.set(other(`"${host}"`).slice(1, -1), other(route));
  const requires = [{ environment: 'staging', bakedSeconds: 0 }];
  world.policy = releasing('2', { requires });
  expect(await world.plan()).toMatchObject({ direction: 'none' });
  expect((await world.plan()).why).toContain('staging rolled build 2 back (rollback');
});
