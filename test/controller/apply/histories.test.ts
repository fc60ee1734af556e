import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changePause } from '../../../controller/apply/change-pause.ts';
import { parameters } from '../../../controller/core/state/keys.ts';
import { listNamed } from '../../../controller/core/state/named-builds.ts';
import type { Route } from '../../../edge/contract/route.ts';
import { full } from '../../depth.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import {
  assign,
  environmentPolicy,
  GROUP,
  HOST,
  Killed,
  LAMBDA_GROUP,
  World,
  type WriteHook,
} from '../../fakes/world.ts';

/** One thing that happens to an environment. */
type Happening =
  | { readonly do: 'name'; readonly build: string }
  | { readonly do: 'publish'; readonly build: string }
  | { readonly do: 'assign'; readonly cohort: string; readonly arm: string }
  | { readonly do: 'alarm' }
  | { readonly do: 'calm' }
  | { readonly do: 'silence' }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'reconcile' }
  | { readonly do: 'crash'; readonly write: number; readonly after: boolean }
  | { readonly do: 'race'; readonly write: number }
  | { readonly do: 'lose'; readonly what: 'store' | 'record' | 'history' }
  | { readonly do: 'tamper' }
  | { readonly do: 'lift' }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  | { readonly do: 'freeze' }
  | { readonly do: 'thaw' };

/** Milliseconds; at full depth there are thousands of histories. */
const PATIENCE = full ? 300_000 : 60_000;

const BUILDS = ['1', '2', '3', '4'];
const ROUTE = parameters.route('shop', 'prod');

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('name'), build: fc.constantFrom(...BUILDS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('publish'), build: fc.constantFrom(...BUILDS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('assign'),
      cohort: fc.constantFrom(...BUILDS),
      arm: fc.constantFrom(...BUILDS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('alarm', 'calm', 'silence') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass'), seconds: fc.constantFrom(1, 61, 121) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('reconcile') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('crash'),
      write: fc.integer({ min: 1, max: 6 }),
      after: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('race'), write: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lose'),
      what: fc.constantFrom('store', 'record', 'history'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('tamper', 'lift') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume', 'resume', 'freeze', 'thaw') }),
  },
) as fc.Arbitrary<Happening>;

const HAPPEN: {
  readonly [Kind in Happening['do']]: (
    world: World,
    event: Extract<Happening, { do: Kind }>,
  ) => unknown;
} = {
  name: (world, { build }) => {
    world.policy = { ...world.policy, release: { ...world.policy.release, build } };
  },
  publish: (world, { build }) => world.publish(build),
  assign: (world, builds) => {
    world.policy = { ...world.policy, ...assign(builds) };
  },
  alarm: (world) => world.fireAlarm(),
  calm: (world) => (world.alarm = 'OK'),
  silence: (world) => (world.alarm = 'INSUFFICIENT_DATA'),
  pass: (world, { seconds }) => world.pass(seconds),
  reconcile: (world) => world.reconcile(),
  crash: (world, { write, after }) => world.reconcile(killAt(write, after ? 'after' : 'before')),
  race: (world, { write }) => world.reconcile(interrupt(world, write)),
  lose: (world, { what }) => lose(world, what),
  tamper: (world) => {
    if (!world.route) return;
    const text = JSON.stringify({ ...world.route, spa: 0 });
    const { version = 0 } = world.ssm.get(ROUTE) ?? {};
    if (world.group.runtime === 'lambda-edge') {
      world.ssm.set(ROUTE, { value: text, version: version + 1 });
    } else world.routes.set(HOST, text);
  },
  pause: (world) => setPause(world, false),
  resume: (world) => setPause(world, true),
  freeze: (world) => {
    world.policy = { ...world.policy, freeze: [FOREVER] };
  },
  thaw: (world) => {
    const { freeze: _freeze, ...policy } = world.policy;
    world.policy = policy;
  },
  lift: (world) => {
    const quarantine = (world.storedRecord?.quarantine ?? []).map(({ build, rollback }) => ({
      lift: build.build,
      rollback,
      reason: 'tested again',
    }));
    world.policy = { ...world.policy, quarantine };
  },
};

const FOREVER = { from: '2000-01-01T00:00Z', to: '2100-01-01T00:00Z', reason: 'always' };

/** By the person that the command serves. */
async function setPause(world: World, isResume: boolean): Promise<void> {
  if (world.record === undefined) return;
  const asked = { by: 'somebody', at: new Date(world.now).toISOString(), reason: 'a look' };
  await changePause(world.context(), subjectOf(world), { asked, isResume });
}

async function happen<Kind extends Happening['do']>(
  world: World,
  event: Extract<Happening, { do: Kind }>,
): Promise<void> {
  await HAPPEN[event.do](world, event);
}

/** What the edge reads, the record and the history are lost one at a time. */
function lose(world: World, what: 'store' | 'record' | 'history'): void {
  const served = servedFrom(world);
  if (what === 'history') world.history.delete(world.storedRecord?.generation ?? 0);
  else if (what === 'record' && served.size > 0) world.record = undefined;
  // Where there is no KeyValueStore, the record is all that is left of the parameters.
  else if (what === 'store' && (served === world.routes || world.record)) served.clear();
}

/** The KeyValueStore; for Lambda@Edge the parameters. */
function servedFrom(world: World): Map<string, unknown> {
  return world.group.runtime === 'lambda-edge' ? world.ssm : world.routes;
}

function killAt(nth: number, moment: 'before' | 'after'): WriteHook {
  let count = 0;
  let dead = false;
  return (now) => {
    dead ||= now === moment && ++count === nth;
    if (dead) throw new Killed();
  };
}

/** A second reconcile runs from start to end right before the first one's nth write. */
function interrupt(world: World, nth: number): WriteHook {
  let count = 0;
  return async (now) => {
    if (now === 'before' && ++count === nth) await world.reconcile();
  };
}

/** Every build that some visitor's navigation gets. */
function navigable(route: Route): readonly string[] {
  const refs = [route.stable, ...(route.canary ? [route.canary.build] : []), ...listNamed(route)];
  return refs.map(([build]) => build);
}

interface Watch {
  generation: number;
  /** Weight by salt: within one rollout it only grows. */
  weights: Map<number, number>;
  text: string | undefined;
  /** Before the event. */
  isPaused: boolean;
}

const RUNS: ReadonlySet<Happening['do']> = new Set(['reconcile', 'crash', 'race']);

/** What must hold for what visitors get, whatever happened. */
function checkInvariants(world: World, watch: Watch, event: Happening): void {
  const { route } = world;
  if (route === undefined || event.do === 'tamper') return;
  const named = navigable(route);
  for (const build of named)
    expect(world.published.has(build), 'unpublished build served').toBe(true);
  expect(route.gen, 'generation went back').toBeGreaterThanOrEqual(watch.generation);
  if (route.canary) {
    const { salt, weight } = route.canary;
    expect(weight, 'weight shrank').toBeGreaterThanOrEqual(watch.weights.get(salt) ?? 0);
    if (world.policy.freeze && RUNS.has(event.do))
      expect(weight, 'went forward in a freeze').toBe(watch.weights.get(salt));
    watch.weights.set(salt, weight);
  }
  if (watch.isPaused && RUNS.has(event.do)) expect(world.writes, 'wrote while paused').toEqual([]);
  for (const build of named) expect(route.barred, 'quarantined build served').not.toContain(build);
  watch.generation = route.gen;
}

async function settle(world: World): Promise<void> {
  for (let run = 0; run < 4; run++) await world.reconcile();
}

function checkSettled(world: World, served: Route): void {
  const route = world.ssm.get(ROUTE)?.value;
  if (world.group.runtime === 'cloudfront-functions') {
    expect(route, 'SSM differs').toBe(world.routes.get(HOST));
  }
  expect(world.storedRecord).toMatchObject({ generation: served.gen, route });
  expect(world.storedRecord).not.toHaveProperty('intent');
  expect(world.history.has(served.gen), 'history misses the last generation').toBe(true);
}

it.each([GROUP, LAMBDA_GROUP])(
  'keeps its promises over random histories, crashes, races and losses: $runtime',
  async (group) => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 30 }), async (events) => {
        const world = new World(group);
        world.publish('1');
        world.policy = environmentPolicy('1');
        const watch: Watch = {
          generation: 0,
          weights: new Map(),
          text: undefined,
          isPaused: false,
        };
        for (const event of events) {
          watch.isPaused = world.storedRecord?.pause !== undefined;
          world.writes = [];
          await happen(world, event);
          checkInvariants(world, watch, event);
        }
        await setPause(world, true);
        await happen(world, { do: 'thaw' });
        await settle(world);
        if (world.route === undefined) return;
        checkSettled(world, world.route);
        world.writes = [];
        await world.reconcile();
        expect(world.writes, 'a no-op run wrote').toEqual([]);
      }),
      { numRuns: full ? 5_000 : 300 },
    );
  },
  PATIENCE,
);

it.each([GROUP, LAMBDA_GROUP])(
  'after a rollback no run brings the bad build back until its quarantine is lifted: $runtime',
  async (group) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          happening.filter((event) => event.do !== 'lift' && event.do !== 'tamper'),
          { maxLength: 25 },
        ),
        async (events) => {
          const world = new World(group);
          world.publish(...BUILDS);
          await world.reconcile();
          world.policy = environmentPolicy('2', assign({ cohort: '2', arm: '3' }));
          await world.reconcile();
          expect(world.route && navigable(world.route)).toEqual(['1', '2', '2', '3']);
          world.fireAlarm();
          await world.reconcile();
          expect(world.route?.barred).toEqual(['2']);
          for (const event of events) {
            await happen(world, event);
            expect(world.route ? navigable(world.route) : []).not.toContain('2');
          }
        },
      ),
      { numRuns: full ? 3_000 : 200 },
    );
  },
  PATIENCE,
);
