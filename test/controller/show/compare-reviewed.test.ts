import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyPlan } from '../../../controller/apply/apply.ts';
import { EXIT } from '../../../controller/core/errors.ts';
import { renderPlanReport } from '../../../controller/core/report/comment/comment.ts';
import { compareReviewed } from '../../../controller/show/compare-reviewed.ts';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import type { AppWorld, Fleet } from '../../fakes/world.ts';
import { connectTo } from '../adapters/github/connect-to.ts';
import { ABOUT, ask, fleetOf, report } from '../core/report/comment/reports.ts';
import { runOf } from './github-run.ts';

let fake: FakeGitHub;
let fleet: Fleet;
let shop: AppWorld;
let number: number;

beforeEach(async () => {
  fake = await startGitHub({ files: { 'policies/shop.yaml': 'app: shop\n' } });
  fake.push('release-2', { 'policies/shop.yaml': 'app: shop # 2\n' });
  ({ number } = fake.openPullRequest({ head: 'release-2', title: 'Release 2' }));
  fleet = await fleetOf(['shop']);
  shop = fleet.at('shop');
  ask(shop, '2');
  const commit = fake.git.find('release-2')?.sha ?? '';
  const reviewed = await report(fleet, { about: { ...ABOUT, commit } });
  const token = fake.workflowToken({ pull_requests: 'write' });
  await connectTo(fake, { GITHUB_TOKEN: token }).comments.write(
    number,
    renderPlanReport(reviewed, 'comment'),
  );
});
afterEach(() => fake.close());

const bodies = () => fake.state.comments.map(({ body }) => body);

/** What the run of the merge does, and tells. */
async function merge({ eventName = 'push' } = {}) {
  const sha = fake.git.find('main')?.sha === undefined ? '' : fake.merge(number);
  return compare(sha, eventName);
}

async function compare(sha: string, eventName = 'push') {
  const plan = await shop.plan();
  await applyPlan(plan, shop.context());
  const token = fake.workflowToken({ pull_requests: 'write', contents: 'read' });
  const context = { ...shop.context(), github: connectTo(fake, { GITHUB_TOKEN: token }) };
  const { set } = await report(fleet);
  await compareReviewed(context, {
    run: { ...runOf(fake, eventName), sha },
    environments: [],
    outcomes: [{ plan, status: 'applied', exitCode: EXIT.done }],
    plans: { ...set, plans: [plan] },
    policies: { directory: 'policies', texts: [] },
  });
}

it('says nothing where the merge did what was reviewed', async () => {
  await merge();
  expect(bodies()).toHaveLength(1);
});

it('says on the merged pull request what came out otherwise, once', async () => {
  shop.fireAlarm();
  ask(shop, '2', { preview: { access: 'off', ttlSeconds: 60 } });
  const sha = fake.merge(number);
  await compare(sha);
  expect(bodies()).toHaveLength(2);
  expect(bodies()[1]).toMatch(/^<!-- headgate:applied -->\n/);
  expect(bodies()[1]).toContain('| **shop/prod** | build 2 at 5 %, stable 1 | build 1 | done |');
  ask(shop, '2', { preview: { access: 'open', ttlSeconds: 60 } });
  await compare(sha);
  expect(bodies()).toHaveLength(2);
});

it('names the commit that was reviewed, if another one was merged', async () => {
  const before = fake.git.find('release-2')?.sha.slice(0, 10);
  fake.push('release-2', { 'policies/shop.yaml': 'app: shop # 3\n' });
  ask(shop, '3');
  await merge();
  expect(bodies()[1]).toContain(`The plan above was made for \`${before}\``);
});

it('passes over a comment that somebody damaged, and runs of anything but a merge', async () => {
  const [comment] = fake.state.comments;
  ask(shop, '3');
  await merge({ eventName: 'schedule' });
  if (comment) comment.body = comment.body.replace('"version":1', '"version":"x"');
  await compare(fake.git.find('main')?.sha ?? '');
  expect(bodies()).toHaveLength(1);
});
