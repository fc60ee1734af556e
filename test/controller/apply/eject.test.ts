import { expect, it } from 'vitest';
import { eject } from '../../../controller/apply/eject.ts';
import { changePause } from '../../../controller/apply/change-pause.ts';
import { planEject } from '../../../controller/core/eject/plan.ts';
import type { Distribution } from '../../../controller/core/plan/behaviours.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import { DISTRIBUTION, environmentPolicy, World } from '../../fakes/world.ts';

const LEFT = 'arn:aws:cloudfront::000000000000:function/shop_prod_ejected';

interface Setting {
  /** What the distribution shows after the exchange, time after time. */
  readonly seen?: readonly Partial<Distribution>[];
  readonly outcome?: { readonly error: string };
  /** What else happens then. */
  readonly during?: (what: string, world: World) => void;
  /** Why somebody had paused it. */
  readonly paused?: string;
  /** The function is there from an earlier ejection. */
  readonly isSecond?: boolean;
}

/** Build 1 is released, and everything is fine. */
async function arrange(paused?: string) {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  const subject = subjectOf(world);
  const asked = { by: 'tester', at: '2026-03-01T00:00:00Z', reason: paused ?? '' };
  if (paused !== undefined) await changePause(world.context(), subject, { asked, isResume: false });
  const record = world.storedRecord;
  const facts = { subject, record, distribution: DISTRIBUTION, problem: undefined };
  const plan = planEject({ ...facts, isPlain: false, dropsBefore: false });
  if (record === undefined || !('patterns' in plan)) throw new Error('no plan');
  return { world, given: { plan, subject, record } };
}

async function play({ seen = [], outcome, during = () => {}, paused, isSecond }: Setting) {
  const { world, given } = await arrange(paused);
  const behaviours = DISTRIBUTION.behaviours.map((one) =>
    one.pattern === '*' ? { ...one, viewerRequestArn: LEFT, viewerResponseArn: undefined } : one,
  );
  const done: string[] = [];
  const mark = (what: string) => {
    done.push(what);
    during(what, world);
  };
  let looks = 0;
  const naps: number[] = [];
  const base = world.context();
  const context: Context = {
    ...base,
    clock: { ...base.clock, sleep: async (milliseconds) => void naps.push(milliseconds) },
    distributions: {
      ...base.distributions,
      read: async () => {
        if (!done.includes('leave')) return DISTRIBUTION;
        return { ...DISTRIBUTION, behaviours, ...seen[Math.min(looks++, seen.length - 1)] };
      },
      leave: async () => mark('leave'),
    },
    edgeCode: {
      readLive: async () => (isSecond ? { code: '', comment: '', arn: LEFT } : undefined),
      stage: async () => 'revision',
      test: async (_name, _revision, event) => runAsAsked(event, outcome?.error),
      publish: async () => {
        mark('publish');
        return LEFT;
      },
    },
  };
  return { world, go: () => eject(given, context), done, naps, looks: () => looks };
}

/** What CloudFront would answer for the function. */
function runAsAsked(event: unknown, error: string | undefined) {
  const { uri, headers } = (event as { request: { uri: string; headers: object } }).request;
  const file = 'sec-fetch-mode' in headers ? '/index.html' : '/a%2Bb.js';
  const output = uri.includes('.headgate')
    ? { statusCode: 404 }
    : { request: { uri: `/shop/builds/1${file}` } };
  return { output, error, utilization: 1, logs: [] };
}

it('pauses, publishes, exchanges and waits', async () => {
  const { world, go, done, looks } = await play({
    seen: [{ status: 'InProgress' }, { status: 'InProgress' }, { status: 'Deployed' }],
  });
  await go();
  expect(done).toEqual(['publish', 'leave']);
  expect(looks()).toBe(3);
  expect(world.storedRecord?.pause?.reason).toBe('ejected, on build 1');
  // As long as the policy has it.
  world.policy = environmentPolicy('2');
  expect(await world.plan()).toMatchObject({ direction: 'none', changes: [] });
});

it.each([true, false])('waits for the edges where an older one is there: %s', async (isSecond) => {
  const { go, naps } = await play({ isSecond, seen: [{ status: 'Deployed' }] });
  await go();
  expect(naps.some((milliseconds) => milliseconds >= 30_000)).toBe(isSecond);
});

it('touches nothing at the edge when a rollout began since the plan', async () => {
  const { world, given } = await arrange();
  world.policy = environmentPolicy('2');
  await world.reconcile();
  // These ports throw, whatever edge code and distributions are asked for.
  await expect(eject(given, world.context())).rejects.toMatchObject({
    exitCode: 4,
    next: expect.stringContaining('headgate pause shop prod --resume'),
  });
});

/** A rollback writes the route first, and its record last. */
function rollBack(world: World): void {
  for (const [host, text] of world.routes) {
    const route = JSON.parse(text);
    const marker = { build: ['2', 'd2'], reason: 'manual', at: 1_770_000_000, gen: route.gen + 1 };
    world.routes.set(host, JSON.stringify({ ...route, gen: marker.gen, rollback: marker }));
  }
}

it('touches nothing at the edge when a rollback of that instant is live and not recorded', async () => {
  const { world, given } = await arrange();
  rollBack(world);
  await expect(eject(given, world.context())).rejects.toMatchObject({ exitCode: 4 });
});

it.each(['publish', 'leave'] as const)('sees a rollback behind its %s', async (moment) => {
  const { world, go, done } = await play({
    during: (what, now) => void (what === moment && rollBack(now)),
  });
  await expect(go()).rejects.toMatchObject({
    exitCode: 4,
    next: expect.stringContaining(moment === 'leave' ? 'change BUILD in shop_prod' : 'Run the'),
  });
  expect(done).toEqual(moment === 'leave' ? ['publish', 'leave'] : ['publish']);
  expect(world.storedRecord?.pause?.reason).toBe('ejected, on build 1');
});

it('marks also an environment that somebody had paused', async () => {
  const { world, go } = await play({ paused: 'freeze' });
  await go();
  expect(world.storedRecord?.pause?.reason).toBe('ejected, on build 1 (paused before: freeze)');
});

it('says so when another run has put our functions back', async () => {
  const { go } = await play({ seen: [{ behaviours: DISTRIBUTION.behaviours }] });
  await expect(go()).rejects.toMatchObject({ exitCode: 4 });
});

it('publishes nothing that fails its test', async () => {
  const { go, done } = await play({ outcome: { error: 'SyntaxError' } });
  await expect(go()).rejects.toMatchObject({ exitCode: 3 });
  expect(done).toEqual([]);
});
