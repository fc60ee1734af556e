import { describe, expect, it } from 'vitest';
import type { EnvironmentPolicy, GuardPolicy } from '../../../../controller/core/policy/policy.ts';
import { describeStatus, renderStatus } from '../../../../controller/core/report/status.ts';
import type { SeenLine } from '../../../../controller/core/rollout/visitors/evidence.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import { GUARD } from '../../../fakes/guard.ts';
import { rolling, subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, STEPS, type World } from '../../../fakes/world.ts';

const ALARM = { name: 'shop-prod-errors', region: 'us-east-1' };

/** The policy of build 2 with a beacon. */
function watched(
  guard: Partial<GuardPolicy> = { beacon: { act: 'hold' } },
  more: Partial<EnvironmentPolicy> = {},
) {
  return environmentPolicy('2', { guard: { alarms: [ALARM], ...GUARD, ...guard }, ...more });
}

/** So many visitors of each arm, of whom so many fail. Their slots are no matter here. */
function visitors(
  world: World,
  { stable, canary }: Record<'stable' | 'canary', readonly [count: number, failed: number]>,
): readonly SeenLine[] {
  const at = world.now - 30_000;
  const arms = [
    ['canary', '2', ...canary],
    ['stable', '1', ...stable],
  ] as const;
  return arms.flatMap(([arm, build, count, failed]) =>
    Array.from({ length: count }).flatMap((_, index) => {
      const slot = index + (arm === 'canary' ? 0 : 500_000);
      const line = { arm, build, weightBasisPoints: 500, slot };
      // Failures lie among the others, as they come.
      const fails = failed > 0 && index % Math.ceil(count / failed) === 0;
      const time = at + Math.floor((index / count) * 20_000);
      return [
        { ...line, kind: 'n' as const, at: time },
        { ...line, kind: fails ? ('e' as const) : ('o' as const), at: time + 1000 },
      ];
    }),
  );
}

const BROKEN = { stable: [1900, 19], canary: [100, 20] } as const;
const ALIKE = { stable: [1900, 19], canary: [100, 1] } as const;
/** Nobody but the canary: nothing that the weight would do. */
const LOPSIDED = { stable: [0, 0], canary: [100, 20] } as const;

async function watchedWorld(seen: typeof BROKEN | typeof ALIKE | typeof LOPSIDED) {
  const world = await rolling();
  const lines = visitors(world, seen);
  world.visitorLog = () => ({
    lines: lines.map((line) => ({ ...line, at: line.at + 40_000 })),
    sampling: 1,
  });
  world.policy = watched();
  // The route asks the edge for lines.
  await world.reconcile();
  // Past the step of a minute, and the minute and a half that lines may take.
  world.pass(180);
  return world;
}

describe('a canary whose visitors fail', () => {
  it('is held, not rolled back, by reports alone; a person ends it', async () => {
    const world = await watchedWorld(BROKEN);
    await world.reconcile();
    expect(world.storedRecord).toMatchObject({
      phase: 'rolling',
      last: { event: 'visitors-failed' },
    });
    expect(world.route?.canary?.weight).toBe(500);
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none', changes: [], refusals: [] });
    expect(plan.why).toContain('visitors of the canary meet errors more often');
    expect(plan.why).toContain('canary: 20 of 100 visitors met an error (20 %)');
    const run = { by: 'tester', commit: undefined };
    const facts = await readEnvironment(world.context(), subjectOf(world), run);
    const status = renderStatus({ name: 'shop/prod', ...describeStatus(facts, plan) });
    expect(status).toContain('visitors (fail): visitors of the canary meet errors more often');
    // It waits for nobody but a person, so from the deadline on the run says that.
    world.pass(2 * 86_400);
    const [refusal] = (await world.plan()).refusals;
    expect(refusal).toMatchObject({ exitCode: 3 });
    expect(refusal?.next).toContain('Name build 1 again');
    world.policy = environmentPolicy('1', { guard: world.policy.guard });
    await world.reconcile();
    expect(world.storedRecord?.last.event).toBe('rollout-aborted');
  });

  it.each<readonly [string, () => never | { lines: []; sampling: number }]>([
    [
      'unreadable',
      () => {
        throw new Error('throttled');
      },
    ],
    ['empty', () => ({ lines: [], sampling: 1 })],
    ['too long to be read whole', () => ({ lines: [], sampling: 256 })],
  ])('stays held when the log is %s later, also after the deadline', async (_name, log) => {
    const world = await watchedWorld(BROKEN);
    await world.reconcile();
    const { generation } = world.storedRecord ?? {};
    world.visitorLog = log;
    for (const seconds of [60, 2 * 86_400]) {
      world.pass(seconds);
      await world.reconcile();
      expect(world.storedRecord).toMatchObject({ generation, rollout: { weightBasisPoints: 500 } });
    }
    // What was reported is still the second signal that one alarm of two lacks.
    const second = { name: 'shop-prod-5xx', region: 'us-east-1' };
    world.policy = watched({ alarms: [ALARM, second], needed: 2, beacon: { act: 'hold' } });
    world.fireAlarm();
    world.alarm = 'OK';
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  });

  it('is rolled back all the same when nobody approves its step in time', async () => {
    const world = await watchedWorld(BROKEN);
    const { policy } = world;
    const steps = [{ weightBasisPoints: 500, holdSeconds: 0, approval: true }] as const;
    const release = { ...policy.release, steps, approvalDeadlineSeconds: 3600 };
    world.policy = { ...policy, release };
    await world.reconcile();
    expect(world.storedRecord?.last.event).toBe('visitors-failed');
    world.pass(3600);
    await world.reconcile();
    expect(world.route?.rollback).toMatchObject({ reason: 'expired' });
  });

  it('goes on once a person took the beacon out of the policy', async () => {
    const world = await watchedWorld(BROKEN);
    await world.reconcile();
    world.policy = watched({});
    await world.reconcile();
    expect(world.route?.canary?.weight).toBe(2500);
  });

  it('is rolled back where the policy takes the risk', async () => {
    const world = await watchedWorld(BROKEN);
    world.policy = watched({ beacon: { act: 'rollback' } });
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(world.storedRecord?.last.evidence.join()).toContain('meet errors more often');
  });

  it('is rolled back with an alarm beside it, also if one is not enough, but for one that counts reports', async () => {
    const world = await watchedWorld(BROKEN);
    const second = { name: 'shop-prod-5xx', region: 'us-east-1' };
    world.policy = watched({ alarms: [ALARM, second], needed: 2, beacon: { act: 'hold' } });
    world.fireAlarm();
    world.alarm = 'OK';
    world.alarmFacts = { ...world.alarmFacts, countsReports: true };
    await world.reconcile();
    expect(world.storedRecord?.last.event).toBe('visitors-failed');
    expect(await world.plan()).toMatchObject({ direction: 'none' });
    expect((await world.plan()).notes.join()).toContain('counts what browsers report');
    world.alarmFacts = { since: undefined, seesCanary: true };
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  });

  it.each([
    ['that fail', BROKEN, 500],
    ['that fit no weight', LOPSIDED, 500],
    ['that are like the others', ALIKE, 1000],
  ] as const)(
    'a step that the policy raises looks at figures, too: %s',
    async (_name, seen, weight) => {
      const world = await watchedWorld(seen);
      const steps = [{ weightBasisPoints: 1000, holdSeconds: 600 }];
      const { release } = world.policy;
      world.policy = watched(undefined, { release: { ...release, steps } });
      await world.reconcile();
      expect(world.route?.canary?.weight).toBe(weight);
    },
  );
});

describe('figures that show nothing', () => {
  it('hold a step until the deadline; then the alarms alone decide', async () => {
    const world = await watchedWorld(LOPSIDED);
    world.policy = watched({ beacon: { act: 'rollback' } });
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none' });
    expect(plan.why).toContain("the canary's part of the visitors is not its weight");
    world.pass(86_400);
    await world.reconcile();
    expect(world.route?.canary).toMatchObject({ weight: 2500 });
    expect(world.storedRecord?.last.evidence.join()).toContain('the alarms alone decided');
  });

  it.each<readonly [string, () => never | { lines: []; sampling: number }, string]>([
    [
      'an unreadable log',
      () => {
        throw new Error('throttled');
      },
      'could not be read: throttled',
    ],
    ['a silent log', () => ({ lines: [], sampling: 1 }), 'has logged no visitor'],
  ])('%s is no evidence, and no alarm waits for it', async (_name, log, why) => {
    const world = await watchedWorld(ALIKE);
    world.visitorLog = log;
    expect((await world.plan()).why).toContain(why);
    const reads = world.logReads;
    world.fireAlarm();
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(world.logReads).toBe(reads);
  });

  it('do not stop a rollout that has simply no visitors that fail yet', async () => {
    const world = await watchedWorld(ALIKE);
    await world.reconcile();
    expect(world.route?.canary).toMatchObject({ weight: 2500 });
    expect(world.storedRecord?.last.evidence.join()).toContain('no evidence yet');
  });
});

describe('minVisitors', () => {
  const wanting = (minVisitors: number, guard: Partial<GuardPolicy> = {}) => {
    const steps = [{ ...STEPS[0], minVisitors }, STEPS[1]];
    const { release } = environmentPolicy('2');
    return watched({ beacon: { act: 'hold' }, ...guard }, { release: { ...release, steps } });
  };

  it('keeps a step until so many visitors got the build', async () => {
    const world = await watchedWorld(ALIKE);
    world.policy = wanting(101);
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none' });
    expect(plan.why).toContain('100 of the 101 visitors that the step wants');
    world.policy = wanting(100);
    await world.reconcile();
    expect(world.route?.canary).toMatchObject({ weight: 2500 });
  });

  it('counts those of all slots where one of sixteen was read', async () => {
    const world = await watchedWorld(ALIKE);
    const { lines } = world.visitorLog();
    world.visitorLog = () => ({ lines, sampling: 16 });
    world.policy = wanting(1600);
    await world.reconcile();
    expect(world.route?.canary).toMatchObject({ weight: 2500 });
  });

  it.each([
    ['hold', { exitCode: 5 }],
    ['pass', { exitCode: 0 }],
  ] as const)('at the deadline noData: %s decides', async (noData, outcome) => {
    const world = await watchedWorld(ALIKE);
    const seen = world.visitorLog;
    world.policy = wanting(101, { noData });
    world.pass(86_400);
    // The log goes on; only the canary's visitors don't.
    world.visitorLog = () => {
      const { lines, sampling } = seen();
      const last = { ...lines.at(-1), slot: 999_999, at: world.now - 100_000 } as SeenLine;
      return { lines: [...lines, last], sampling };
    };
    expect(await world.reconcile()).toMatchObject(outcome);
  });
});

it('asks no log without a beacon, nor once everyone has the canary', async () => {
  const world = await watchedWorld(ALIKE);
  const before = world.logReads;
  world.policy = watched({});
  await world.plan();
  expect(world.logReads).toBe(before);
  world.policy = watched();
  while (world.route?.canary?.weight !== 10_000) {
    const line = { ...world.visitorLog().lines.at(-1), at: world.now - 90_000 } as SeenLine;
    world.visitorLog = () => ({ lines: [line], sampling: 1 });
    await world.reconcile();
    world.pass(120);
  }
  const reads = world.logReads;
  await world.reconcile();
  expect(world.storedRecord?.last.event).toBe('rollout-finished');
  expect(world.logReads).toBe(reads);
});
