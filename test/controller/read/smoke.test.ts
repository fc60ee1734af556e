import { describe, expect, it } from 'vitest';
import type { SmokeCheck } from '../../../controller/core/policy/policy.ts';
import type { EnvironmentPolicy } from '../../../controller/core/policy/policy.ts';
import type { Probed } from '../../../controller/ports/probe.ts';
import { DISTRIBUTION, DOMAIN, environmentPolicy, HOST, World } from '../../fakes/world.ts';

const PAGE: SmokeCheck = { path: '/', status: 200, contains: '<div id="app"' };
const NEWS: SmokeCheck = { path: '/news?page=2', status: 404 };

function checked(build: string, smoke: readonly SmokeCheck[] = [PAGE, NEWS]): EnvironmentPolicy {
  const policy = environmentPolicy(build);
  return { ...policy, release: { ...policy.release, smoke } };
}

type Page = (build: string, path: string) => Probed;

const good: Page = (build, path) =>
  path === '/'
    ? { status: 200, headers: { 'x-headgate-build': build }, body: '<div id="app"></div>' }
    : { status: 404, headers: {}, body: '' };

/** The site with open previews; records whom it was asked for. */
function open(world: World, page: Page, at = HOST): string[] {
  const asked: string[] = [];
  world.site = (url, cookie) => {
    const { host, pathname, search } = new URL(url);
    expect(host).toBe(at);
    const build = /^hg_preview=(\w+)$/.exec(cookie ?? '')?.[1] ?? 'stable';
    asked.push(`${build} ${pathname}${search}`);
    if (pathname !== '/_headgate/build') return page(build, pathname);
    return { status: 200, headers: {}, body: JSON.stringify({ build }) };
  };
  return asked;
}

async function released(): Promise<World> {
  const world = new World();
  world.publish('1', '2');
  world.policy = checked('1');
  await world.reconcile();
  world.policy = checked('2');
  return world;
}

it('asks the build before its start and at the end of each step, and else nobody', async () => {
  const world = await released();
  const asked = open(world, good);
  const round = ['2 /_headgate/build', '2 /', '2 /news?page=2'];
  await world.reconcile();
  expect(asked.splice(0)).toEqual(round);
  expect(world.storedRecord?.last).toMatchObject({
    event: 'rollout-started',
    evidence: ['smoke: GET / answered 200', 'smoke: GET /news?page=2 answered 404'],
  });
  await world.reconcile();
  world.pass(59);
  await world.reconcile();
  expect(asked).toEqual([]);
  for (const event of ['step', 'bake-started', 'rollout-finished']) {
    world.pass(120);
    await world.reconcile();
    expect(world.storedRecord?.last.event).toBe(event);
    expect(asked.splice(0)).toEqual(round);
  }
  await world.reconcile();
  expect(asked).toEqual([]);
});

it('asks the distribution itself as long as it has no alias for any host', async () => {
  const world = await released();
  world.distribution = { ...DISTRIBUTION, aliases: [] };
  const asked = open(world, good, DOMAIN);
  await world.reconcile();
  expect(asked).toHaveLength(3);
  expect(world.storedRecord?.last.event).toBe('rollout-started');
});

const broken: Page = (build) => ({ status: 500, headers: {}, body: build });

describe('before the first step', () => {
  it.each<[string, Page, string]>([
    ['a wrong status', broken, 'smoke: GET / answered 500 instead of 200, 3 times'],
    [
      'a text that is missing',
      () => ({ status: 200, headers: { 'x-headgate-build': '2' }, body: 'Hello' }),
      String.raw`smoke: GET / answered 200 without "<div id=\"app\"", 3 times`,
    ],
    ['no answer', () => ({ error: 'no answer within 10 s' }), 'smoke: GET /: no answer'],
    [
      'the answer of another build',
      () => ({ status: 200, headers: { 'x-headgate-build': '1' }, body: '<div id="app">' }),
      'smoke: GET / answered 200, but as 1: the preview was not taken',
    ],
  ])('%s blocks it, exit 3', async (_name, page, evidence) => {
    const world = await released();
    const asked = open(world, page);
    world.policy = checked('2', [PAGE]);
    const outcome = await world.reconcile();
    expect(outcome).toMatchObject({ exitCode: 3, status: 'refused', plan: { direction: 'none' } });
    expect(outcome.plan.refusals[0]?.message).toContain(evidence);
    const next = evidence.endsWith('times') ? 'correct `release.smoke`' : 'HEADGATE_EDGE_ENDPOINT';
    expect(outcome.plan.refusals[0]?.next).toContain(next);
    expect(asked).toHaveLength(4);
    expect(world.route).not.toHaveProperty('canary');
    open(world, good);
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
    expect(world.route).toHaveProperty('canary');
  });

  it('nothing is asked of who gets no preview', async () => {
    const world = await released();
    world.site = () => ({ status: 200, headers: {}, body: '{"build":"1"}' });
    const outcome = await world.reconcile();
    expect(outcome.exitCode).toBe(3);
    expect(outcome.plan.refusals[0]?.message).toContain(`${HOST} shows no preview of 2`);
  });

  it('a lifted build, which open previews refuse until it starts, is asked after the first step', async () => {
    const world = await released();
    open(world, good);
    await world.reconcile();
    world.fireAlarm();
    await world.reconcile();
    world.pass(1);
    world.alarm = 'OK';
    const rollback = world.storedRecord?.generation ?? 0;
    world.policy = { ...checked('2'), quarantine: [{ lift: '2', rollback, reason: 'mended' }] };
    const asked = open(world, broken);
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
    expect(asked).toEqual([]);
    expect(world.storedRecord?.last.evidence.join()).toContain('until the route knows');
    world.pass(60);
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  });

  it('a freeze is not worth asking in', async () => {
    const world = await released();
    const asked = open(world, good);
    const freeze = [{ reason: 'fair', from: '2026-01-01T00:00Z', to: '2027-01-01T00:00Z' }];
    world.policy = { ...checked('2'), freeze };
    expect((await world.plan()).why).toContain('Frozen until');
    expect(asked).toEqual([]);
  });
});

it('what is wrong with the next build does not roll back the one that it would supersede', async () => {
  const world = await released();
  open(world, good);
  await world.reconcile();
  world.publish('3');
  world.policy = checked('3');
  const asked = open(world, (build, path) => (build === '3' ? broken : good)(build, path));
  const outcome = await world.reconcile();
  expect(outcome).toMatchObject({ exitCode: 3, plan: { direction: 'none' } });
  expect(asked[0]).toBe('3 /_headgate/build');
  expect(world.route?.canary?.build[0]).toBe('2');
});

describe('at the end of a step', () => {
  async function due(): Promise<World> {
    const world = await released();
    open(world, good);
    await world.reconcile();
    world.pass(60);
    return world;
  }

  it('three wrong answers roll back', async () => {
    const world = await due();
    open(world, broken);
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(world.route?.rollback).toMatchObject({ reason: 'alarm' });
    expect(world.storedRecord?.last.evidence[0]).toBe(
      'smoke: GET / answered 500 instead of 200, 3 times',
    );
  });

  it('one wrong answer among them does not', async () => {
    const world = await due();
    let count = 0;
    open(world, (build, path) =>
      path === '/' && ++count < 3 ? broken(build, path) : good(build, path),
    );
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
    expect(world.storedRecord?.last.event).toBe('step');
  });

  it('no answer is a lack of evidence, for which the policy says what it means', async () => {
    const world = await due();
    open(world, (build, path) => (path === '/' ? { error: 'ECONNRESET' } : good(build, path)));
    const plan = await world.plan();
    expect(plan).toMatchObject({ direction: 'none', until: '2026-03-02T00:01:00.000Z' });
    expect(plan.why).toContain('smoke: GET /: ECONNRESET');
    const policy = checked('2');
    world.policy = { ...policy, guard: { ...policy.guard, noData: 'pass' } };
    expect(await world.plan()).toMatchObject({ direction: 'forward' });
    world.policy = { ...policy, guard: { ...policy.guard, noData: 'rollback' } };
    expect(await world.plan()).toMatchObject({ direction: 'rollback' });
  });

  it('nobody is asked about a build that rolls back anyway', async () => {
    const world = await due();
    const asked = open(world, good);
    world.fireAlarm();
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
    expect(asked).toEqual([]);
  });
});
