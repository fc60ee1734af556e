import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { changePause } from '../../../controller/apply/change-pause.ts';
import type { NotifyPolicy } from '../../../controller/core/policy/guard-policy.ts';
import { isTold } from '../../../controller/core/state/untold.ts';
import { killAt, rollBackByHand, subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, GROUP, Killed, LAMBDA_GROUP, World } from '../../fakes/world.ts';

const SECRET = 'whsec_4f1d';
const NOTIFY: NotifyPolicy = {
  url: 'https://hooks.example.com/releases',
  secretParameter: '/headgate/shop/prod/webhook',
};

function told(build: string) {
  return environmentPolicy(build, { notify: NOTIFY });
}

async function released(group = GROUP as typeof GROUP | typeof LAMBDA_GROUP): Promise<World> {
  const world = new World(group);
  world.secrets.set('/headgate/shop/prod/webhook', SECRET);
  world.publish('1', '2', '3');
  world.policy = told('1');
  await world.reconcile();
  return world;
}

/** Names of the events that the receiver got, with a check of each signature. */
function heard(world: World): readonly string[] {
  return world.told.map(({ headers, body }) => {
    const { t = '', v1 } = Object.fromEntries(
      (headers['x-headgate-signature'] ?? '').split(',').map((part) => part.split('=')),
    ) as Record<string, string>;
    expect(v1).toBe(createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex'));
    const { event, app, environment, generation } = JSON.parse(body) as Record<
      string,
      string | number
    >;
    expect(headers['x-headgate-event']).toBe(`${app}/${environment}/${generation}`);
    return `${generation} ${event}`;
  });
}

/** What must have been heard: what history holds. */
function expected(world: World): readonly string[] {
  return [...world.history.values()]
    .filter(({ event }) => isTold(event))
    .map(({ generation, event }) => `${generation} ${event}`);
}

async function live(world: World): Promise<void> {
  world.policy = told('2');
  for (let run = 0; run < 5; run++) {
    await world.reconcile();
    world.pass(130);
  }
  world.policy = told('3');
  await world.reconcile();
  world.fireAlarm();
  await world.reconcile();
  world.pass(1);
  world.alarm = 'OK';
  world.policy = told('2');
  await world.reconcile();
}

const ALL = ['1 first-release', '5 rollout-finished', '7 rolled-back', '8 hold-ended'];

it('tells every end once, signed, with a text that Slack shows', async () => {
  const world = await released();
  await live(world);
  expect(heard(world)).toEqual(ALL);
  expect(expected(world)).toEqual(ALL);
  const body = JSON.parse(world.told[2]?.body ?? '') as Record<string, unknown>;
  expect(body).toMatchObject({
    event: 'rolled-back',
    app: 'shop',
    environment: 'prod',
    generation: 7,
    build: '3',
    by: 'tester',
    commit: 'abc',
    why: 'Build 3 was rolled back (alarm): stable build 2 serves everyone.',
  });
  expect(body['text']).toContain('*shop/prod* rolled-back (generation 7, by tester)');
  expect(body['text']).toContain('• shop-prod-errors entered ALARM');
  expect(world.record?.text).not.toContain(SECRET);
  expect(world.storedRecord).not.toHaveProperty('untold');
  // Nobody hears of what didn't happen, and it costs nothing.
  world.writes = [];
  await world.reconcile();
  expect(world.writes).toEqual([]);
});

it('tells what a person did by hand, and what ended in a rollout that was called off', async () => {
  const world = await released();
  world.policy = told('2');
  await world.reconcile();
  world.policy = told('3');
  await world.reconcile();
  world.policy = told('1');
  await world.reconcile();
  world.policy = told('2');
  await world.reconcile();
  await rollBackByHand(world);
  await world.reconcile();
  expect(heard(world).slice(1)).toEqual([
    '3 rollout-superseded',
    '4 rollout-aborted',
    '6 rolled-back',
  ]);
  const bodies = world.told
    .slice(1)
    .map(({ body }) => (JSON.parse(body) as { build: string }).build);
  expect(bodies).toEqual(['3', '3', '2']);
});

describe('a receiver that is down', () => {
  it.each([
    ['answers 503', { status: 503 }],
    ['redirects', { status: 302 }],
    ['does not answer', { error: 'no answer within 5 s' }],
  ])('%s: releases go on, and it hears all of it later, in order', async (_name, receiver) => {
    const world = await released();
    world.receiver = receiver;
    await live(world);
    expect(world.storedRecord).toMatchObject({ phase: 'idle', untold: 5 });
    expect(heard(world)).toEqual(['1 first-release']);
    world.receiver = { status: 200 };
    world.writes = [];
    expect(await world.reconcile()).toMatchObject({ exitCode: 0, status: 'unchanged' });
    expect(heard(world)).toEqual(ALL);
    expect(world.writes).toEqual(['webhook', 'webhook', 'webhook', 'record']);
    await world.reconcile();
    expect(heard(world)).toEqual(ALL);
  });

  it('is told nothing without the secret that the policy names', async () => {
    const world = await released();
    world.secrets.clear();
    world.policy = told('2');
    await live(world);
    expect(heard(world)).toEqual(['1 first-release']);
    world.secrets.set('/headgate/shop/prod/webhook', SECRET);
    await world.reconcile();
    expect(heard(world)).toEqual(ALL);
  });

  it('hears nothing of the past when it is new, nor after the policy dropped it', async () => {
    const world = new World();
    world.secrets.set('/headgate/shop/prod/webhook', SECRET);
    world.publish('1', '2', '3');
    await world.reconcile();
    world.policy = told('1');
    await world.reconcile();
    expect(heard(world)).toEqual([]);
    world.receiver = { status: 500 };
    await live(world);
    world.policy = environmentPolicy('1');
    await world.reconcile();
    world.receiver = { status: 200 };
    world.policy = told('1');
    await world.reconcile();
    expect(heard(world)).toEqual([]);
  });

  it('whose address is a secret too is found by its name', async () => {
    const world = await released();
    world.told = [];
    world.policy = environmentPolicy('2', { notify: { url: 'ssm:/headgate/shop/prod/slack' } });
    await world.reconcile();
    world.policy = environmentPolicy('1', { notify: { url: 'ssm:/headgate/shop/prod/slack' } });
    await world.reconcile();
    expect(world.told).toEqual([]);
    world.secrets.set('/headgate/shop/prod/slack', 'https://hooks.example.com/T0/B0/xyz');
    await world.reconcile();
    expect(world.told).toMatchObject([{ url: 'https://hooks.example.com/T0/B0/xyz' }]);
    expect(world.told[0]?.headers).not.toHaveProperty('x-headgate-signature');
  });
});

describe.each([
  ['CloudFront Functions', GROUP],
  ['Lambda@Edge', LAMBDA_GROUP],
])('a run that is killed, %s', (_name, group) => {
  const MOMENTS = ['before', 'after'] as const;
  const kills = Array.from({ length: 9 }, (_, nth) =>
    MOMENTS.map((moment) => [nth + 1, moment] as const),
  );

  async function survive(world: World, [nth, moment]: (typeof kills)[number][number]) {
    await world.reconcile(killAt(nth, moment)).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    world.pass(1);
    world.alarm = 'OK';
    await world.reconcile();
    await world.reconcile();
    expect(world.storedRecord).not.toHaveProperty('untold');
    expect(new Set(heard(world))).toEqual(new Set(expected(world)));
    return expected(world);
  }

  it.each(kills.flat())('at write %i of a rollback, %s it: its end is told', async (...kill) => {
    const world = await released(group);
    world.policy = told('2');
    await world.reconcile();
    world.fireAlarm();
    expect(await survive(world, kill)).toEqual(['1 first-release', '3 rolled-back']);
  });

  it.each(kills.flat())('at write %i of a release, %s it: its end is told', async (...kill) => {
    const world = await released(group);
    world.policy = told('2');
    for (let run = 0; run < 4; run++) {
      world.pass(130);
      if (run < 3) await world.reconcile();
    }
    expect(world.storedRecord?.phase).toBe('baking');
    // Lambda@Edge takes another generation after one that may be on its way.
    const [, ended] = await survive(world, kill);
    expect(ended).toMatch(/^[56] rollout-finished$/);
  });
});

it('is told by a run that finds the environment paused', async () => {
  const world = await released();
  world.policy = told('2');
  await world.reconcile();
  const asked = { by: 'ana', at: '2026-03-01T00:00:00.000Z', reason: 'database move' };
  await changePause(world.context(), subjectOf(world), { asked, isResume: false });
  world.receiver = { status: 503 };
  await rollBackByHand(world);
  world.receiver = { status: 200 };
  await world.reconcile();
  expect(heard(world)).toContain('3 rolled-back');
  expect(world.storedRecord?.pause).toEqual(asked);
});
