import { describe, expect, it } from 'vitest';
import { applyAll } from '../../../../controller/apply/apply-all.ts';
import { loadPolicies } from '../../../../controller/commands/load-policies.ts';
import { reconcile } from '../../../../controller/commands/reconcile.ts';
import { createTeller } from '../../../../controller/commands/reconcile/teller.ts';
import { watchRollouts } from '../../../../controller/commands/reconcile/watch.ts';
import { sealPlanSet } from '../../../../controller/core/plan/plan.ts';
import { OldPoliciesError } from '../../../../controller/core/policy/in-force.ts';
import type { Failure } from '../../../../controller/core/report/failure.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { rollBackByHand, rolling } from '../../../fakes/rolling.ts';
import { GROUP, World } from '../../../fakes/world.ts';

const POLICIES = new Map([['policies/edge.yaml', 'apiVersion: headgate/v1\ngroups: {}\n']]);

/** What happens before a look, by the number of looks before it. */
type Story = Readonly<Record<number, () => Promise<void> | void>>;

interface Seen {
  readonly code: number;
  readonly said: readonly string[];
  /** Requests of each look, the first one apart. */
  readonly requests: readonly string[];
}

/** A watch of build 2's rollout, whose every rest is the next part of the story. */
async function watch(
  world: World,
  story: Story,
  { forSeconds = 7200, failures = [] }: { forSeconds?: number; failures?: readonly Failure[] } = {},
): Promise<Seen> {
  const said: string[] = [];
  const requests: string[] = [];
  const stop = new AbortController();
  const texts = new Map(POLICIES);
  const all = world.context();
  let copy = 'first';
  let looks = 0;
  const noted = <T>(name: string, value: T): T => {
    requests.push(name);
    return value;
  };
  const context: Context = {
    ...all,
    terminal: {
      ...all.terminal,
      print: (text) => said.push(text),
      note: (text) => said.push(text),
    },
    clock: {
      now: () => new Date(world.now),
      sleep: async (milliseconds) => {
        world.now += milliseconds;
        requests.push('--');
        await story[++looks]?.();
      },
    },
    files: {
      ...all.files,
      list: async () => ['edge.yaml'],
      readText: async (path) => texts.get(path),
    },
    policyCopies: () => ({
      read: async () => noted('copy', { copy: {} as never, revision: copy }),
      write: async () => {},
    }),
    alarms: { ...all.alarms, read: async (names) => noted('alarms', await all.alarms.read(names)) },
    records: (place) => ({
      ...all.records(place),
      read: async (app, name) => noted('record', await all.records(place).read(app, name)),
    }),
    routes: {
      ...all.routes,
      read: async (store, keys) => noted('routes', await all.routes.read(store, keys)),
    },
  };
  const loaded = {
    ...(await loadPolicies(context.files, 'policies')),
    policies: { groups: [GROUP], apps: [world.app] },
  };
  changes.set(world, {
    stop: () => stop.abort('SIGTERM'),
    edit: () => texts.set('policies/edge.yaml', 'apiVersion: headgate/v1\n'),
    bring: () => (copy = 'second'),
  });
  const nothing = { set: sealPlanSet([]), failures: [], environments: [] };
  const exitCode = failures.length > 0 ? 4 : 0;
  const reconciled = { exitCode, outcomes: [], failures, planned: nothing } as const;
  const teller = createTeller(context, loaded, false);
  const times = { directory: 'policies', intervalSeconds: 10, forSeconds };
  const options = { ...times, signal: stop.signal, teller };
  const code = await watchRollouts(context, { loaded, reconciled }, options);
  return { code, said, requests };
}

interface Changes {
  readonly stop: () => void;
  readonly edit: () => void;
  readonly bring: () => void;
}

/** What a story can do to the watch of this world. */
const changes = new Map<World, Changes>();

function act(world: World, what: keyof Changes): () => void {
  return () => changes.get(world)?.[what]();
}

const LONG = { weightBasisPoints: 500, holdSeconds: 3600 };

/** No step of it is due while a story lasts. */
async function resting(): Promise<World> {
  const world = await rolling();
  world.policy = { ...world.policy, release: { ...world.policy.release, steps: [LONG] } };
  return world;
}

describe('a watch', () => {
  it('looks with three requests, and at everything once a minute', async () => {
    const world = await resting();
    const { code, requests, said } = await watch(world, { 7: act(world, 'stop') });
    expect(code).toBe(0);
    expect(said.at(-1)).toMatch(/^Handed over \(SIGTERM\)/);
    const looks = requests.join(' ').split('--').slice(1, -1);
    const cheap = looks.filter((look) => !look.includes('routes'));
    expect(cheap).toHaveLength(5);
    for (const look of cheap) expect(look.trim()).toBe('record copy alarms');
    expect(said.filter((line) => line.includes('watched'))).toHaveLength(1);
  });

  it('rolls back as soon as an alarm changes, and ends with 5', async () => {
    const world = await resting();
    const { code, said } = await watch(world, { 2: () => world.fireAlarm() });
    expect(code).toBe(5);
    expect(world.route?.canary).toBeUndefined();
    expect(world.storedRecord?.phase).toBe('held');
    expect(said.join('\n')).toContain('ROLLED BACK');
    expect(world.now - Date.parse(world.entries[0]?.at ?? '')).toBeLessThan(10_000);
  });

  it('by old policies ends at once, with the 4 of that run', async () => {
    const world = await resting();
    const error = new OldPoliciesError('newer policies are in force');
    const failures = [{ subject: { kind: 'app', app: 'shop' }, error }] as const;
    const { code, said } = await watch(world, {}, { failures });
    expect(code).toBe(4);
    expect(said).toEqual(['Newer policies are in force: the run of the new policies goes on.']);
  });

  it('notices an alarm that was in ALARM between two looks only', async () => {
    const world = await resting();
    const flap = () => {
      world.fireAlarm();
      world.alarm = 'OK';
      world.alarmFacts = { ...world.alarmFacts, since: new Date(world.now).toISOString() };
    };
    expect((await watch(world, { 1: flap })).code).toBe(5);
  });

  it.each([
    ['rolled back', 5, async (world: World) => rollBackByHand(world), 'rolled-back by tester'],
    [
      'moved',
      0,
      async (world: World) => {
        world.pass(3600);
        await world.reconcile();
      },
      'bake-started by tester',
    ],
  ])('leaves a rollout that somebody else %s', async (_what, expected, by, text) => {
    const world = await resting();
    const { code, said } = await watch(world, { 1: () => by(world) });
    expect(code).toBe(expected);
    expect(said.join('\n')).toContain(text);
    expect(said.at(-1)).toContain('Nothing that it watches is rolling');
  });

  it.each([
    ['edit', 'The policies moved'],
    ['bring', 'Another run brought other policies of shop'],
  ] as const)('leaves when it would go by old policies: %s', async (what, text) => {
    const world = await resting();
    const { code, said } = await watch(world, { 1: act(world, what) });
    expect(code).toBe(0);
    expect(said.at(-1)).toContain(text);
    expect(world.writes).toEqual([]);
  });

  it('leaves when its time is over, and when nothing rolls', async () => {
    const world = await resting();
    const { said } = await watch(world, {}, { forSeconds: 20 });
    expect(said.at(-1)).toContain('The time of --for is over');
    await rollBackByHand(world);
    expect((await watch(world, {})).said).toEqual(['Nothing that it watches is rolling any more.']);
  });

  it('bears four failed looks, not five', async () => {
    const world = await resting();
    const real = world.record;
    const breakIt = () => {
      if (real !== undefined) world.record = { ...real, text: '{' };
    };
    const mend = () => {
      world.record = real;
    };
    const { said } = await watch(world, { 1: breakIt, 5: mend, 6: act(world, 'stop') });
    expect(said.filter((line) => line.includes('tries again'))).toHaveLength(4);
    await expect(watch(world, { 1: breakIt })).rejects.toThrow(SyntaxError);
  });
});

it('has --interval and --for to itself', async () => {
  const { run } = reconcile;
  const context = new World().context();
  const asked = (values: Record<string, string | boolean>) =>
    run({ positionals: [], values: { policies: 'policies', ...values } }, context);
  await expect(asked({ for: '1m' })).rejects.toThrow('--interval and --for say how to watch.');
  await expect(asked({ watch: true, interval: 'often' })).rejects.toThrow(
    '--interval "often" is not a duration above zero',
  );
});

describe('a run that is asked to end', () => {
  it('finishes what it writes, begins nothing more, and still rolls back', async () => {
    const world = await rolling();
    world.pass(60);
    const stop = new AbortController();
    // In the middle of its writes.
    const context = world.context((moment, write) => {
      if (moment === 'before' && write === 'routes') stop.abort();
    });
    const plan = await world.plan();
    const makePlans = async () => ({ set: sealPlanSet([await world.plan()]) });
    const options = { context, makePlans, signal: stop.signal };
    expect(await applyAll(sealPlanSet([plan]), options)).toMatchObject([{ status: 'applied' }]);
    expect(world.storedRecord?.intent).toBeUndefined();
    expect(world.history.has(3)).toBe(true);

    world.pass(60);
    const late = sealPlanSet([await world.plan()]);
    expect(await applyAll(late, options)).toMatchObject([{ status: 'skipped', exitCode: 0 }]);
    world.fireAlarm();
    const back = sealPlanSet([await world.plan()]);
    expect(await applyAll(back, options)).toMatchObject([{ status: 'applied', exitCode: 5 }]);
  });
});
