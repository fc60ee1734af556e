import { afterEach, beforeEach, expect, it } from 'vitest';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import { showDeployments } from '../../../controller/show/show-deployments.ts';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, World } from '../../fakes/world.ts';
import { joinGitHub, runOf, statesAt } from './github-run.ts';

let fake: FakeGitHub;
let world: World;

beforeEach(async () => {
  fake = await startGitHub();
  fake.push('main', { 'a.txt': '1' });
  world = new World();
  world.publish('1', '2');
});
afterEach(() => fake.close());

/** The requests that one look takes, by method. */
async function show(): Promise<readonly string[]> {
  const { context } = joinGitHub(world, fake);
  const stored = await context.records(world.app).read('shop', 'prod');
  if (stored === undefined) throw new Error('never released');
  const one = { subject: subjectOf(world), stored, plan: undefined };
  const before = fake.asked.length;
  await showDeployments(context, {
    run: runOf(fake),
    environments: [one],
    outcomes: [],
    plans: sealPlanSet([]),
    policies: { directory: 'policies', texts: [] },
  });
  return fake.asked.slice(before).map(({ route }) => route.split(' ')[0] ?? '');
}

it('shows where it is served, where its log is, and that it is production', async () => {
  await world.reconcile();
  await show();
  expect(fake.state.deployments).toMatchObject([
    {
      environment: 'shop/prod',
      sha: fake.git.find('main')?.sha,
      isProduction: true,
      isTransient: false,
      payload: {
        app: 'shop',
        environment: 'prod',
        build: '1',
        digest: 'digest-of-100000',
        rollout: '2026-03-01T00:00:00.000Z',
      },
      statuses: [
        {
          state: 'success',
          environmentUrl: 'https://shop.example.com',
          logUrl: 'https://github.com/acme/releases/actions/runs/7',
        },
      ],
    },
  ]);
});

it('costs a few requests at each step, however many deployments there are', async () => {
  await world.reconcile();
  await show();
  for (const build of ['2', '1', '2']) {
    world.policy = environmentPolicy(build);
    world.pass(1);
    await world.reconcile();
    await show();
  }
  expect(statesAt(fake)).toEqual(['1 success', '2 inactive', '2 in_progress']);
  world.pass(61);
  await world.reconcile();
  // The list; states down to what everyone else gets; and the news.
  expect(await show()).toEqual(['GET', 'GET', 'GET', 'GET', 'POST']);
  expect(await show()).not.toContain('POST');
});

it("leaves alone what others deployed there, and makes nobody's inactive but ours", async () => {
  const { context } = joinGitHub(world, fake);
  const environment = 'shop/prod';
  const ref = runOf(fake).sha;
  const payload = { app: 'shop', environment: 'prod', build: '0', digest: '', rollout: 'x' };
  const other = await context.github.deployments.create({
    ref,
    payload,
    description: '',
    isProduction: false,
  });
  expect(other.environment).toBe(environment);
  const [theirs] = fake.state.deployments;
  if (theirs === undefined) throw new Error('not created');
  Object.assign(theirs, { payload: { task: 'theirs' } });
  await context.github.deployments.setState(other.id, { state: 'success', description: 'theirs' });
  await world.reconcile();
  await show();
  expect(fake.state.deployments.map(({ statuses }) => statuses.map(({ state }) => state))).toEqual([
    ['success'],
    ['success'],
  ]);
});
