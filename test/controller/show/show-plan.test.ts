import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHubRun } from '../../../controller/core/github/run.ts';
import { readReviewed } from '../../../controller/core/github/reviewed-plan.ts';
import { showPlan } from '../../../controller/show/show-plan.ts';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import type { AppWorld, Fleet } from '../../fakes/world.ts';
import { connectTo } from '../adapters/github/connect-to.ts';
import { ask, fleetOf, report } from '../core/report/comment/reports.ts';

let fake: FakeGitHub;
let fleet: Fleet;
let shop: AppWorld;
let number: number;

const PERMISSIONS = { pull_requests: 'write', checks: 'write', contents: 'read' } as const;

beforeEach(async () => {
  fake = await startGitHub({ files: { 'policies/shop.yaml': 'app: shop\n' } });
  fake.push('release-2', { 'policies/shop.yaml': 'app: shop # 2\n' });
  ({ number } = fake.openPullRequest({ head: 'release-2', title: 'Release 2' }));
  fleet = await fleetOf(['shop']);
  shop = fleet.at('shop');
  ask(shop, '2');
});
afterEach(() => fake.close());

const headSha = () => fake.git.find('release-2')?.sha ?? '';

function runOf(runId: number, changes: Partial<GitHubRun> = {}): GitHubRun {
  return {
    repository: fake.repository,
    eventName: 'pull_request',
    sha: headSha(),
    ref: `refs/pull/${number}/merge`,
    runUrl: `https://github.com/acme/releases/actions/runs/${runId}`,
    runId,
    actor: 'mona',
    inputs: {},
    pullRequest: {
      number,
      headSha: headSha(),
      headRef: 'release-2',
      baseRef: 'main',
      isFork: false,
      action: 'synchronize',
      isMerged: false,
    },
    ...changes,
  };
}

/** Of a branch, as a person or a dispatch starts it. */
function dispatched(runId: number): GitHubRun {
  const { pullRequest: _event, ...run } = runOf(runId, {
    eventName: 'workflow_dispatch',
    ref: 'refs/heads/release-2',
  });
  return run;
}

interface Options {
  readonly permissions?: Parameters<FakeGitHub['workflowToken']>[0];
  readonly pullRequest?: number;
}

async function show(run: GitHubRun, { permissions = PERMISSIONS, pullRequest }: Options = {}) {
  const notes: string[] = [];
  const summaries: string[] = [];
  const base = fleet.context();
  const context = {
    ...base,
    github: connectTo(fake, { GITHUB_TOKEN: fake.workflowToken(permissions) }),
    terminal: {
      ...base.terminal,
      note: (text: string) => void notes.push(text),
      summary: async (text: string) => void summaries.push(text),
    },
  };
  const annotation = {
    path: 'policies/shop.yaml',
    line: 1,
    level: 'notice',
    title: 'shop/prod',
    message: 'moves',
  } as const;
  const { about: _about, ...shown } = await report(fleet);
  const link = await showPlan(context, {
    run,
    report: shown,
    annotations: [annotation],
    isFine: true,
    pullRequest,
  });
  return { link, notes, summaries };
}

const comments = () => fake.state.comments.map(({ body }) => body);

describe('the comment', () => {
  it('is written once, and kept up to date in its place', async () => {
    const first = await show(runOf(7));
    expect(first.notes).toEqual([]);
    expect(comments()).toHaveLength(1);
    expect(comments()[0]).toMatch(/^<!-- headgate:plan -->\n/);
    expect(readReviewed(comments()[0] ?? '')).toMatchObject({ commit: headSha(), run: 7 });
    fake.push('release-2', { 'policies/shop.yaml': 'app: shop # 3\n' });
    ask(shop, '3');
    const second = await show(runOf(8));
    expect(second.link).toBe(first.link);
    expect(comments()).toHaveLength(1);
    expect(comments()[0]).toContain('build 3 (5');
  });

  it('of a newer commit is left alone by a slow run of an older one', async () => {
    const slow = runOf(7);
    fake.push('release-2', { 'policies/shop.yaml': 'app: shop # 3\n' });
    await show(runOf(8));
    const [newest] = comments();
    ask(shop, '3');
    const { notes } = await show(slow);
    expect(comments()).toEqual([newest]);
    expect(notes.join()).toContain('newer commit');
  });

  it('into which a person wrote a later run is written over by a run of the head', async () => {
    await show(runOf(7));
    const [comment] = fake.state.comments;
    if (comment)
      comment.body = comment.body.replace('"run":7', '"run":999').replace(headSha(), 'f00');
    await show(runOf(8));
    expect(readReviewed(comments()[0] ?? '')).toMatchObject({ commit: headSha(), run: 8 });
  });

  it('that a person deleted comes back', async () => {
    await show(runOf(7));
    const [comment] = fake.state.comments;
    if (comment) fake.deleteComment(comment.id);
    await show(runOf(8));
    expect(comments()).toHaveLength(1);
  });

  it('is spared a pull request in which nothing happens; the check comes all the same', async () => {
    ask(shop, '1');
    const { link } = await show(runOf(7));
    expect(comments()).toEqual([]);
    expect(link).toBe('https://github.com/acme/releases/actions/runs/7');
    expect(fake.state.checks.at(-1)).toMatchObject({ conclusion: 'success' });
  });

  it('is spared one in which an environment is held as before', async () => {
    await shop.reconcile();
    shop.fireAlarm();
    await shop.reconcile();
    expect(shop.storedRecord?.phase).toBe('held');
    await show(runOf(7));
    expect(comments()).toEqual([]);
    ask(shop, '1');
    await show(runOf(8));
    expect(comments()).toHaveLength(1);
  });
});

describe('the pull request of a run by dispatch', () => {
  it('is the one that is named, or the open one of the branch', async () => {
    await show(dispatched(7), { pullRequest: number });
    await show(dispatched(8));
    expect(comments()).toHaveLength(1);
    expect(readReviewed(comments()[0] ?? '')).toMatchObject({ run: 8 });
  });

  it('is shown the commit that was planned, not one that came meanwhile', async () => {
    const run = dispatched(7);
    fake.push('release-2', { 'policies/shop.yaml': 'app: shop # 3\n' });
    await show(run, { pullRequest: number });
    expect(fake.state.checks.at(-1)).toMatchObject({ headSha: run.sha });
    expect(readReviewed(comments()[0] ?? '')).toMatchObject({ commit: run.sha });
  });

  it('must be of the branch that the run is on', async () => {
    const { notes } = await show(dispatched(7), { pullRequest: number + 1 });
    expect(notes.join()).toContain(`Pull request ${number + 1} is not of refs/heads/release-2`);
    expect(comments()).toEqual([]);
  });
});

describe('the check', () => {
  it('stands beside the head of the pull request, with its notes', async () => {
    await show(runOf(7));
    expect(fake.state.checks).toMatchObject([
      {
        name: 'headgate/plan',
        conclusion: 'success',
        annotations: [{ path: 'policies/shop.yaml' }],
      },
    ]);
  });
});

describe('what goes wrong at GitHub', () => {
  it('is one message, and the plan is made', async () => {
    await fake.down();
    const { notes, summaries, link } = await show(runOf(7));
    expect(notes).toHaveLength(1);
    expect(summaries.join()).toContain('GitHub');
    expect(link).toContain('/actions/runs/7');
    await fake.up();
  });

  it('without a right to write it says so, and of a fork why', async () => {
    const run = runOf(7);
    const fork = run.pullRequest && { ...run, pullRequest: { ...run.pullRequest, isFork: true } };
    const { notes } = await show(fork ?? run, {
      permissions: { pull_requests: 'read', checks: 'read', contents: 'read' },
    });
    expect(notes.join('\n')).toContain('forks');
    expect(notes.length).toBeLessThanOrEqual(2);
    expect(comments()).toEqual([]);
  });
});
