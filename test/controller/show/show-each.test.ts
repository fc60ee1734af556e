import { describe, expect, it } from 'vitest';
import { RefusedError, UsageError } from '../../../controller/core/errors.ts';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import { withShown } from '../../../controller/core/state/unshown.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { showEach } from '../../../controller/show/show-each.ts';
import type { ShownEnvironment, ShownRun } from '../../../controller/show/shown.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, World } from '../../fakes/world.ts';

const REFUSED = new UsageError('The token is not known to GitHub.', 'Give another one.');

async function released(): Promise<World> {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  return world;
}

async function shownOf(world: World): Promise<ShownEnvironment> {
  const stored = await world.context().records(world.app).read('shop', 'prod');
  if (stored === undefined) throw new Error('never released');
  return { subject: subjectOf(world), stored, plan: undefined, start: { kind: 'none' } };
}

function runOf(environments: readonly ShownEnvironment[]): ShownRun {
  const run = {
    repository: 'acme/releases',
    eventName: 'schedule',
    sha: 'a'.repeat(40),
    ref: 'refs/heads/main',
    runUrl: undefined,
    actor: 'mona',
    inputs: {},
  };
  const policies = { directory: 'policies', texts: [] };
  return { run, environments, outcomes: [], plans: sealPlanSet([]), policies };
}

/** A GitHub that has `deployments.list` alone, and no pull requests. */
function withList(world: World, list: (name: string) => Promise<readonly never[]>): Context {
  const context = world.context();
  const { github } = context;
  const deployments = { ...github.deployments, list };
  const pullRequests = { ...github.pullRequests, openBelow: async () => [] };
  return { ...context, github: { ...github, deployments, pullRequests } };
}

/** One that shows whatever it is asked to. */
function willing(world: World, before: () => Promise<void> = async () => {}): Context {
  const context = withList(world, async () => []);
  let id = 0;
  const deployments: Context['github']['deployments'] = {
    ...context.github.deployments,
    create: async ({ payload }) => {
      await before();
      return { id: ++id, environment: 'shop/prod', payload };
    },
    status: async () => undefined,
    setState: async () => {},
  };
  return { ...context, github: { ...context.github, deployments } };
}

describe('one environment after the other', () => {
  it('stops asking a GitHub that fails for all, and says once why and what is left', async () => {
    const world = await released();
    const one = await shownOf(world);
    let asked = 0;
    const context = withList(world, async () => {
      asked++;
      throw REFUSED;
    });
    const problems = await showEach(context, runOf(Array.from({ length: 9 }, () => one)));
    expect(asked).toBe(3);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('Give another one.');
    expect(problems[1]).toMatch(/^6 environment\(s\) are not shown yet.*shop\/prod/);
    expect(world.storedRecord).toMatchObject({ unshown: true });
  });

  it('goes on where each has a trouble of its own, and begins with what was rolled back', async () => {
    const world = await released();
    const one = await shownOf(world);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const environments = names.map((environment) => ({
      ...one,
      stored: {
        ...one.stored,
        record: {
          ...one.stored.record,
          environment,
          ...(environment === 'e' && { phase: 'held' as const }),
        },
      },
    }));
    const asked: string[] = [];
    const context = withList(world, async (name) => {
      asked.push(name);
      throw new RefusedError(`${name} can't be edited.`, 'Mend it.');
    });
    await showEach(context, runOf(environments));
    expect(asked).toEqual(['shop/e', 'shop/a', 'shop/b', 'shop/c', 'shop/d']);
  });

  it('begins nothing after a minute', async () => {
    const world = await released();
    const one = await shownOf(world);
    const context = willing(world, async () => world.pass(61));
    const problems = await showEach(context, runOf([one, one]));
    expect(problems.join()).toMatch(/a minute was over: shop\/prod/);
  });

  it('takes the mark away, but not from a record that a run is at work on', async () => {
    const world = await released();
    const one = await shownOf(world);
    const { record, revision } = one.stored;
    const intended = { ...record, intent: record };
    await showEach(willing(world), runOf([{ ...one, stored: { record: intended, revision } }]));
    expect(world.storedRecord).toMatchObject({ unshown: true });
    expect(await showEach(willing(world), runOf([one]))).toEqual([]);
    expect(world.storedRecord).toEqual(withShown(record));
  });

  it('leaves the mark of a run that came in between, and shows again what that has shown', async () => {
    const world = await released();
    const one = await shownOf(world);
    const move = async () => {
      world.policy = environmentPolicy('2');
      await world.reconcile();
    };
    await showEach(willing(world, move), runOf([one]));
    expect(world.storedRecord).toMatchObject({ phase: 'rolling', unshown: true });
    // The other run was done before ours wrote what it had seen.
    const records = world.context().records(world.app);
    const shown: string[] = [];
    const late = willing(world, async () => {
      const stored = await records.read('shop', 'prod');
      shown.push(stored?.record.phase ?? '');
      if (stored?.record.unshown) await records.write(withShown(stored.record), stored.revision);
    });
    await showEach(late, runOf([one]));
    // First stable alone, by the old record; then stable and canary.
    expect(shown).toEqual(['rolling', 'rolling', 'rolling']);
    expect(world.storedRecord).not.toHaveProperty('unshown');
  });
});
