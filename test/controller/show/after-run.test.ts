import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../controller/core/errors.ts';
import { planEnvironment } from '../../../controller/core/plan/environment.ts';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import { OldPoliciesError } from '../../../controller/core/policy/in-force.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { showAfterRun } from '../../../controller/show/after-run.ts';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, World, type WriteHook } from '../../fakes/world.ts';
import { joinGitHub, reconcileAt, runOf, statesAt } from './github-run.ts';

const POLICY = `apiVersion: headgate/v1
app: shop
bucket: builds
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E1EXAMPLE }
    release: { build: "2" }
`;

let fake: FakeGitHub;
let world: World;

beforeEach(async () => {
  const checks = {
    '.github/workflows/plan.yml': 'on: { workflow_dispatch: { inputs: { pull-request: {} } } }\n',
  };
  fake = await startGitHub({ files: { 'policies/shop.yaml': POLICY, ...checks } });
  world = new World();
  world.publish('1', '2');
});
afterEach(() => fake.close());

async function rollOut(): Promise<void> {
  await reconcileAt(world, fake);
  world.policy = environmentPolicy('2');
  world.pass(1);
  await reconcileAt(world, fake);
}

describe('after a run', () => {
  it('GitHub shows the release, its rollback and the revert; then it is asked nothing', async () => {
    await rollOut();
    expect(statesAt(fake)).toEqual(['1 success', '2 in_progress']);
    expect(world.storedRecord).not.toHaveProperty('unshown');
    world.fireAlarm();
    const { outcomes, told } = await reconcileAt(world, fake, { eventName: 'schedule' });
    expect(outcomes[0]?.exitCode).toBe(5);
    expect(statesAt(fake)).toEqual(['1 success', '2 failure']);
    expect([...fake.state.pulls.values()].map(({ head }) => head)).toEqual([
      'headgate/revert/shop/prod/3',
    ]);
    expect(told.notes.join()).not.toContain('warning');
    expect(world.storedRecord).not.toHaveProperty('unshown');
    const { length } = fake.asked;
    await reconcileAt(world, fake, { eventName: 'schedule' });
    expect(fake.asked).toHaveLength(length);
  });

  it('with GitHub down it is the same release with one warning, and the next run shows it', async () => {
    await rollOut();
    await fake.down();
    world.fireAlarm();
    const { outcomes, told } = await reconcileAt(world, fake);
    expect(outcomes[0]).toMatchObject({ status: 'applied', exitCode: 5 });
    expect(world.storedRecord).toMatchObject({ phase: 'held', unshown: true });
    expect(told.notes.filter((text) => text.startsWith('::warning'))).toHaveLength(1);
    expect(told.notes.join()).toMatch(/next: .*next run/);
    expect(told.summaries.join()).toContain('GitHub');
    await fake.up();
    await reconcileAt(world, fake, { eventName: 'schedule' });
    expect(statesAt(fake)).toEqual(['1 success', '2 failure']);
    expect(world.storedRecord).not.toHaveProperty('unshown');
  });

  it('whose first release reached nobody, nothing is shown; once it does, all of it is', async () => {
    let count = 0;
    const hook: WriteHook = (now) => {
      if (now === 'before' && ++count === 2) throw new UsageError('The store refuses.', 'Look.');
    };
    const { outcomes } = await reconcileAt(world, fake, { hook });
    expect(outcomes[0]?.status).toBe('failed');
    expect(world.storedRecord).toMatchObject({ generation: 0, intent: { generation: 1 } });
    expect(fake.state.deployments).toEqual([]);
    await reconcileAt(world, fake);
    expect(statesAt(fake)).toEqual(['1 success']);
  });

  it('that two runs made at once each thing is there once', async () => {
    await reconcileAt(world, fake);
    world.policy = environmentPolicy('2');
    await world.reconcile();
    await Promise.all([reconcileAt(world, fake), reconcileAt(world, fake)]);
    const open = statesAt(fake).filter((state) => !state.endsWith('inactive'));
    expect(open).toEqual(['1 success', '2 in_progress']);
    expect(world.storedRecord).not.toHaveProperty('unshown');
  });

  it('what waits for its start is queued, and remembered until the policy changes its mind', async () => {
    await reconcileAt(world, fake);
    world.policy = environmentPolicy('2');
    world.alarm = 'ALARM';
    const before = world.storedRecord?.generation;
    await reconcileAt(world, fake);
    expect(statesAt(fake)).toEqual(['1 success', '2 queued']);
    expect(world.storedRecord).toMatchObject({ generation: before, unshown: true });
    // Nothing new: looked at, and not written again.
    const writes = () => fake.asked.filter(({ route }) => route.startsWith('POST')).length;
    const written = writes();
    await reconcileAt(world, fake, { eventName: 'schedule' });
    expect(writes()).toBe(written);
    world.policy = environmentPolicy('1');
    await reconcileAt(world, fake);
    expect(statesAt(fake)).toEqual(['1 success', '2 inactive']);
    expect(world.storedRecord).not.toHaveProperty('unshown');
  });
});

/** Many environments that wait for their start; who is looked at, by its number. */
async function lookAtWaiting(eventName: string, passed: number): Promise<readonly number[]> {
  world.publish('2');
  await world.reconcile();
  world.policy = environmentPolicy('2');
  world.alarm = 'ALARM';
  world.pass(passed);
  const { context } = joinGitHub(world, fake);
  const facts = await readEnvironment(context, subjectOf(world), { by: 'tester', commit: 'abc' });
  const set = sealPlanSet([planEnvironment(facts)]);
  const seen: number[] = [];
  const environments = Array.from({ length: 25 }, (_, index) => {
    const place = { ...facts.app, region: `region-${index}` };
    return { facts: { ...facts, app: place } };
  });
  const records: Context['records'] = ({ region = '' }) => ({
    ...context.records(world.app),
    read: async () => {
      seen.push(Number(region.slice('region-'.length)));
      return undefined;
    },
  });
  await showAfterRun({ ...context, records }, runOf(fake, eventName), {
    planned: { set, failures: [], environments },
    outcomes: [],
    policies: { directory: 'policies', texts: [] },
  });
  return seen.toSorted((a, b) => a - b);
}

it('looks at ten that wait in each run on schedule, at all of them in three, and at all after a push', async () => {
  const all = Array.from({ length: 25 }, (_, index) => index);
  expect(await lookAtWaiting('push', 0)).toEqual(all);
  const turns = [
    await lookAtWaiting('schedule', 0),
    await lookAtWaiting('schedule', 300),
    await lookAtWaiting('schedule', 300),
  ];
  expect(turns.map(({ length }) => length)).toEqual([10, 10, 10]);
  expect([...new Set(turns.flat())].toSorted((a, b) => a - b)).toEqual(all);
});

it('by policies that are not in force nothing is said of what waits', async () => {
  await reconcileAt(world, fake);
  world.policy = environmentPolicy('2');
  world.alarm = 'ALARM';
  await reconcileAt(world, fake);
  expect(statesAt(fake)).toEqual(['1 success', '2 queued']);
  world.policy = environmentPolicy('1');
  const old: typeof showAfterRun = (context, run, after) => {
    const failures = [
      { subject: { kind: 'app', app: 'shop' }, error: new OldPoliciesError('newer ones') },
    ] as const;
    return showAfterRun(context, run, { ...after, planned: { ...after.planned, failures } });
  };
  await reconcileAt(world, fake, { show: old });
  expect(statesAt(fake)).toEqual(['1 success', '2 queued']);
  expect(world.storedRecord).toMatchObject({ unshown: true });
});
