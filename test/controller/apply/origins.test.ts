import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../controller/core/plan/behaviours.ts';
import { originBuild } from '../../../controller/core/state/build.ts';
import { describeStatus, renderStatus } from '../../../controller/core/report/status.ts';
import { renderPlanSet } from '../../../controller/core/report/plan-text.ts';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { rollBackByHand, subjectOf } from '../../fakes/rolling.ts';
import { assign, DISTRIBUTION, environmentPolicy, STEPS, World } from '../../fakes/world.ts';

const GREEN = 'https://green.example.com';
const ORIGINS = { blue: { id: 'blue-app' }, green: { url: GREEN } };

const CACHING = {
  minimum: 0,
  maximum: 60,
  keyHeaders: ['x-headgate-build'],
  inKey: ['query strings'],
  forwarded: ['query strings', 'cookies', 'Authorization'],
} as const;

function distributionWith(changes: Partial<Behaviour> = {}) {
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
  const behaviours = DISTRIBUTION.behaviours.map((behaviour) =>
    behaviour.pattern === '*' ? { ...behaviour, methods, caching: CACHING, ...changes } : behaviour,
  );
  return { ...DISTRIBUTION, originIds: [...DISTRIBUTION.originIds, 'blue-app'], behaviours };
}

/** Build 1 serves everyone, and the policy names an origin. */
async function leaving(name: string, origins: World['origins'] = ORIGINS): Promise<World> {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  world.origins = origins;
  world.distribution = distributionWith();
  world.policy = environmentPolicy(name);
  world.writes = [];
  return world;
}

async function finish(world: World): Promise<World> {
  for (const seconds of [0, ...STEPS.map(({ holdSeconds }) => holdSeconds), 120]) {
    world.pass(seconds);
    await world.reconcile();
  }
  return world;
}

async function problemsOf(world: World) {
  const { plan } = await world.reconcile();
  expect(world.writes).toEqual([]);
  return plan.refusals.map(({ exitCode, message }) => `${exitCode} ${message}`);
}

describe('a whole origin', () => {
  it('is rolled out in steps like a build, and no manifest is looked for', async () => {
    const world = await leaving('green');
    await world.reconcile();
    const { digest } = originBuild('green', GREEN);
    expect(world.route).toMatchObject({
      stable: ['1', expect.any(String)],
      canary: { build: ['green', digest], weight: 500 },
      origins: { green: GREEN },
    });
    await finish(world);
    expect(world.route).toMatchObject({ stable: ['green', digest], origins: { green: GREEN } });
    expect(world.route?.kept.map(([build]) => build)).toEqual(['1']);
    expect(world.activeBuild).toBe('green');
    world.writes = [];
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
    expect(world.writes).toEqual([]);
  });

  it('stays in the route, and it alone, while its pages may be open', async () => {
    const world = await finish(await leaving('green'));
    world.policy = environmentPolicy('blue');
    await finish(world);
    expect(world.route?.origins).toEqual({ blue: 'blue-app', green: GREEN });
    world.policy = environmentPolicy('blue', { release: { ...world.policy.release, keep: 0 } });
    await world.reconcile();
    expect(world.route?.origins).toEqual({ blue: 'blue-app' });
  });

  it('can be a cohort’s and an arm’s', async () => {
    const world = await leaving('1');
    world.policy = environmentPolicy('1', assign({ cohort: 'blue', arm: 'green' }));
    await world.reconcile();
    expect(world.route).toMatchObject({
      cohorts: [{ build: ['blue', expect.any(String)] }],
      split: { arms: [{ build: ['green', expect.any(String)] }] },
      origins: { blue: 'blue-app', green: GREEN },
    });
    world.policy = environmentPolicy('1');
    await world.reconcile();
    expect(world.route?.kept.map(([build]) => build)).toEqual(['blue', 'green']);
    expect(world.route?.origins).toEqual({ blue: 'blue-app', green: GREEN });
  });

  it('is rolled back, quarantined, kept for open pages, and returned to, as a build is', async () => {
    const world = await leaving('green');
    await world.reconcile();
    world.fireAlarm();
    const { exitCode, plan } = await world.reconcile();
    expect(exitCode).toBe(5);
    expect(plan.why).toBe('Origin green was rolled back (alarm): stable build 1 serves everyone.');
    expect(world.route).toMatchObject({ barred: ['green'], origins: { green: GREEN } });
    expect(world.route?.canary).toBeUndefined();
    world.writes = [];
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
    expect(world.writes).toEqual([]);
    const facts = await readEnvironment(world.context(), subjectOf(world), { by: '', commit: '' });
    const status = renderStatus({ name: 'shop/prod', ...describeStatus(facts, plan) });
    expect(status).toContain(`quarantined: origin green (${GREEN}) since rollback 3`);
    world.alarm = 'OK';
    world.entries = [];
    const quarantine = [{ lift: 'green', rollback: 3, reason: 'fixed' }];
    world.policy = environmentPolicy('green', { quarantine });
    await finish(world);
    expect(world.route?.stable[0]).toBe('green');
  });

  it('is returned to from the live route alone, when record and policy have forgotten it', async () => {
    const world = await finish(await leaving('green'));
    world.policy = environmentPolicy('2');
    world.origins = undefined;
    await world.reconcile();
    world.record = undefined;
    await rollBackByHand(world);
    expect(world.route).toMatchObject({ barred: ['2'], origins: { green: GREEN } });
    expect(world.route?.stable[0]).toBe('green');
    expect(world.storedRecord?.stable).toEqual(originBuild('green', GREEN));
    world.policy = environmentPolicy('1');
    await world.reconcile();
    expect(world.route).toMatchObject({ canary: { build: ['1', expect.any(String)] } });
    expect(world.route?.origins).toEqual({ green: GREEN });
  });

  it('is named as what it is in plans and status', async () => {
    const world = await leaving('blue');
    const set = sealPlanSet([await world.plan()]);
    expect(renderPlanSet(set)).toContain(
      'CHANGE  build 1 -> origin blue (blue-app) at 5 %, stable 1',
    );
    await finish(world);
    world.policy = environmentPolicy('green');
    await world.reconcile();
    const facts = await readEnvironment(world.context(), subjectOf(world), { by: '', commit: '' });
    const status = describeStatus(facts, await world.plan());
    expect(status).toMatchObject({ stable: 'blue', origins: { blue: 'blue-app', green: GREEN } });
    expect(renderStatus({ name: 'shop/prod', ...status })).toContain(
      `rolling  origin green (${GREEN}) at 5 %, stable origin blue (blue-app)`,
    );
  });
});

describe('a name', () => {
  it('may not get another meaning while the live route has it', async () => {
    const world = await finish(await leaving('green'));
    world.origins = { green: { url: 'https://other.example.com' } };
    world.writes = [];
    expect(await problemsOf(world)).toEqual([
      `3 "green" is the origin ${GREEN} in the live route, and the origin https://other.example.com in the policy`,
    ]);
    world.policy = environmentPolicy('1');
    const { plan } = await world.reconcile();
    expect(plan.notes).toContain(
      `origin green (${GREEN}) stays as it is while the route names it; the policy says https://other.example.com`,
    );
    expect(world.route?.origins).toEqual({ green: GREEN });
  });

  it('that is quarantined gets no other meaning either, until that is lifted', async () => {
    const world = await leaving('green');
    await world.reconcile();
    world.fireAlarm();
    await world.reconcile();
    world.alarm = 'OK';
    world.entries = [];
    const { release } = environmentPolicy('1');
    world.policy = environmentPolicy('1', { release: { ...release, keep: 0 } });
    await world.reconcile();
    expect(world.route?.origins).toBeUndefined();
    expect(world.route?.barred).toEqual(['green']);
    world.origins = { green: { url: 'https://other.example.com' } };
    const staff = { ...assign({ cohort: 'green', arm: '2' }), split: [] };
    world.policy = environmentPolicy('1', staff);
    world.writes = [];
    expect(await problemsOf(world)).toEqual([
      `3 "green" is quarantined as the origin ${GREEN} since rollback 3, and the origin https://other.example.com in the policy`,
    ]);
    const quarantine = [{ lift: 'green', rollback: 3, reason: 'moved' }];
    world.policy = environmentPolicy('1', { ...staff, quarantine });
    const { plan } = await world.reconcile();
    expect(plan.refusals).toEqual([]);
    expect(plan.evidence).toEqual(['origin green lifted (rollback 3): moved']);
    expect(world.route).toMatchObject({
      barred: [],
      cohorts: [{ build: ['green', expect.any(String)] }],
    });
  });

  it('that nobody knows is told beside the origins that there are', async () => {
    expect(await problemsOf(await leaving('gren'))).toEqual([
      '2 build "gren" is not published: it has no manifest; origins of the policy are blue, green',
    ]);
  });

  it.each([
    ['that a published build has', '2', '2 "2" is an origin of the policy and a published build'],
    ['of the stable build', '1', '3 "1" is a published build in the live route, and the origin'],
  ])('%s is no name for an origin', async (_what, name, problem) => {
    const world = await leaving(name, { [name]: { url: GREEN } });
    if (name === '1') world.published.delete('1');
    expect((await problemsOf(world)).join()).toContain(problem);
  });
});

describe('a distribution with whole origins', () => {
  it('must have the origins that the route names by id', async () => {
    const world = await leaving('blue');
    world.distribution = { ...distributionWith(), originIds: ['builds'] };
    expect(await problemsOf(world)).toEqual([
      '3 origin blue: distribution E1EXAMPLE has no origin with the id "blue-app"',
    ]);
  });

  it('is told when pages may be open of one that it lost', async () => {
    const world = await finish(await leaving('blue'));
    world.policy = environmentPolicy('2');
    await finish(world);
    world.distribution = { ...distributionWith(), originIds: ['builds'] };
    const { plan } = await world.reconcile();
    expect(plan.refusals).toEqual([]);
    expect(plan.notes).toContain(
      'warning: open pages get errors from origin blue: distribution E1EXAMPLE has no origin with the id "blue-app"',
    );
  });

  it.each<[string, Behaviour['caching'], string]>([
    ['cache without the build in the key', { ...CACHING, keyHeaders: ['host'] }, 'caches without'],
    ['cache in a way that is unknown', undefined, 'caches without'],
    [
      'keep what must not be kept',
      { ...CACHING, minimum: 86_400 },
      'keeps every answer for 86400 s',
    ],
  ])('may not %s', async (_what, caching, problem) => {
    const world = await leaving('green');
    const { caching: _, ...behaviour } = distributionWith().behaviours.at(-1) as Behaviour;
    const changed = caching === undefined ? behaviour : { ...behaviour, caching };
    world.distribution = {
      ...distributionWith(),
      behaviours: [DISTRIBUTION.behaviours[0] as Behaviour, changed],
    };
    expect((await problemsOf(world)).join()).toContain(
      `3 behaviour * of distribution E1EXAMPLE ${problem}`,
    );
  });

  it('is looked at as long as the live route has one, also when the policy has forgotten it', async () => {
    const world = await finish(await leaving('green'));
    world.policy = environmentPolicy('2');
    world.origins = undefined;
    world.distribution = distributionWith({ caching: { ...CACHING, keyHeaders: [] } });
    world.writes = [];
    expect((await problemsOf(world)).join()).toContain(
      '3 behaviour * of distribution E1EXAMPLE caches',
    );
    world.distribution = distributionWith();
    expect((await world.plan()).refusals).toEqual([]);
  });

  it('may cache nothing, and the plan says what origins will miss', async () => {
    const world = await leaving('green');
    const caching = { minimum: 0, maximum: 0, keyHeaders: [], inKey: [], forwarded: [] };
    const rootObject = 'index.html';
    world.distribution = {
      ...distributionWith({ methods: ['GET', 'HEAD'], caching }),
      rootObject,
    };
    const { plan } = await world.reconcile();
    expect(plan.refusals).toEqual([]);
    expect(plan.notes).toEqual([
      "origins don't get requests for /assets/*: those are the pool's",
      'origins get /index.html in the place of /: distribution E1EXAMPLE has it as its default root object',
      'behaviour * allows GET, HEAD only: origins get no other requests',
      'behaviour * keeps query strings, cookies, Authorization from origins; the origin request policy Managed-AllViewerExceptHostHeader passes them on',
    ]);
    world.distribution = distributionWith();
    expect((await world.plan()).notes.at(-1)).toContain(
      'warning: behaviour * caches, and cookies, Authorization reach origins without being in its key',
    );
  });
});
