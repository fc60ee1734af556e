import { afterEach, describe, expect, it } from 'vitest';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import type { GitHubRun } from '../../../controller/core/github/run.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { openReverts } from '../../../controller/show/open-reverts.ts';
import type { ShownRun } from '../../../controller/show/shown.ts';
import { full } from '../../depth.ts';
import { startGitHub, type FakeGitHub, type FakeGitHubOptions } from '../../fakes/github/github.ts';
import { policyText, recordOf, rolledBack } from '../../fakes/rolled-back.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import { environmentPolicy, type World } from '../../fakes/world.ts';
import { connectTo } from '../adapters/github/connect-to.ts';

const FILE = 'policies/shop.yaml';
const EDGE = 'policies/edge.yaml';
const PLAN = '.github/workflows/plan.yml';
const BRANCH = 'headgate/revert/shop/prod/3';
const WORKFLOW = 'on:\n  workflow_dispatch:\n    inputs: { pull-request: { type: string } }\n';
const FILES = { [FILE]: policyText(), [EDGE]: 'apiVersion: headgate/v1\n', [PLAN]: WORKFLOW };
const PERMISSIONS = { contents: 'write', pull_requests: 'write', actions: 'write' } as const;

/** Each asks over HTTP some thirty times: `npm test` has time for the main story alone. */
let running: FakeGitHub | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

interface Stage {
  readonly world: World;
  readonly github: FakeGitHub;
  readonly notes: string[];
  /** One run's end; `more` says what is different about it. */
  readonly show: (more?: Partial<GitHubRun>) => Promise<void>;
}

async function stage({
  files,
  permissions = PERMISSIONS,
  ...options
}: FakeGitHubOptions & { permissions?: object } = {}): Promise<Stage> {
  const world = await rolledBack();
  const github = await startGitHub({ files: { ...FILES, ...files }, ...options });
  running = github;
  const notes: string[] = [];
  const token = github.workflowToken({ ...permissions, metadata: 'read' });
  const show = async (more: Partial<GitHubRun> = {}) => {
    const outside = world.context();
    const context: Context = {
      ...outside,
      terminal: {
        ...outside.terminal,
        note: (text) => notes.push(text),
        summary: async (text) => void notes.push(text),
      },
      clock: { ...outside.clock, sleep: async (time) => world.pass(time / 1000) },
      github: connectTo(github, { GITHUB_TOKEN: token }),
    };
    await openReverts(context, shownBy(world, more));
  };
  return { world, github, notes, show };
}

function shownBy(world: World, more: Partial<GitHubRun>): ShownRun {
  const stored = { record: recordOf(world), revision: '1' };
  return {
    run: {
      repository: 'acme/releases',
      eventName: 'schedule',
      sha: 'abc',
      ref: 'refs/heads/main',
      runUrl: 'https://github.com/acme/releases/actions/runs/7',
      actor: 'tester',
      inputs: {},
      ...more,
    },
    environments: [{ subject: subjectOf(world), stored, plan: undefined }],
    outcomes: [],
    plans: sealPlanSet([]),
    policies: { directory: 'policies', texts: [] },
  };
}

function commentsOn({ state }: FakeGitHub, number: number): readonly string[] {
  return state.comments.filter(({ issue }) => issue === number).map(({ body }) => body);
}

describe('after a rollback', () => {
  it('one pull request changes one value, and starts its checks', async () => {
    const { github, show, notes } = await stage();
    await show();
    const [pull, ...others] = github.state.pulls;
    expect(others).toEqual([]);
    expect(pull).toMatchObject({
      state: 'open',
      head: BRANCH,
      base: 'main',
      title: expect.stringContaining('shop/prod to 1'),
    });
    expect([...(pull?.labels ?? [])]).toEqual(['headgate:revert']);
    const { files } = github.git.find(`refs/heads/${BRANCH}`) ?? {};
    expect(files).toEqual({ ...FILES, [FILE]: policyText('1') });
    const inputs = { 'pull-request': String(pull?.number) };
    expect(github.state.dispatches).toMatchObject([{ workflow: 'plan.yml', ref: BRANCH, inputs }]);
    // In the log, and in the job summary.
    expect(notes.join()).toContain(`note: shop/prod: revert pull request #${pull?.number}: http`);
    expect(notes.join()).toContain(`- shop/prod: [revert pull request #${pull?.number}](http`);
  });

  it('is there with its checks where the label is not, and may not be made', async () => {
    const { github, show } = await stage();
    github.state.labels.clear();
    await expect(show()).rejects.toMatchObject({
      message: expect.stringContaining('does not have the label headgate:revert yet') as string,
    });
    expect(github.state.pulls).toMatchObject([{ state: 'open', head: BRANCH }]);
    expect(github.state.dispatches).toHaveLength(1);
    await show();
    expect(github.state.dispatches).toHaveLength(1);
  });

  it('says so where somebody had made its branch before, with more in it', async () => {
    const { github, show } = await stage();
    github.push(BRANCH, { [FILE]: policyText('1'), [EDGE]: 'apiVersion: headgate/v1\n# more\n' });
    await show();
    await show();
    const [pull] = github.state.pulls;
    const said = commentsOn(github, pull?.number ?? 0).filter((text) => text.includes('not as'));
    expect(said).toEqual([
      expect.stringContaining('changes more than that one line: `policies/edge.yaml` (+1 -0)'),
    ]);
  });

  it('runs again, and two at once, find it', async () => {
    const { github, show } = await stage();
    await Promise.all([show(), show()]);
    await show();
    expect(github.state.pulls).toHaveLength(1);
    const before = github.asked.length;
    await show();
    expect(github.asked.slice(before).every(({ route }) => route.startsWith('GET '))).toBe(true);
  });

  it.runIf(full)('one that a person closed stays closed', async () => {
    const { github, show } = await stage();
    await show();
    for (const pull of github.state.pulls) pull.state = 'closed';
    await show();
    expect(github.state.pulls).toMatchObject([{ state: 'closed' }]);
  });

  it.runIf(full)('is closed when the hold ends otherwise, and says why', async () => {
    const { github, world, show } = await stage();
    await show();
    // A person took the label away.
    github.state.pulls[0]?.labels.clear();
    world.alarm = 'OK';
    world.policy = environmentPolicy('3');
    await world.reconcile();
    await show();
    const [pull] = github.state.pulls;
    expect(pull).toMatchObject({ state: 'closed', mergeCommit: undefined });
    expect(commentsOn(github, pull?.number ?? 0).at(-1)).toContain(
      'shop/prod is held no longer: Build 3',
    );
  });

  it('a newer rollback closes the older one and names the new one', async () => {
    const { github, world, show } = await stage();
    await show();
    world.alarm = 'OK';
    world.policy = environmentPolicy('3');
    await world.reconcile();
    world.fireAlarm();
    await world.reconcile();
    github.push('main', { [FILE]: policyText('3') });
    // The runs in between did not get through to GitHub.
    await show();
    const [older, newer] = github.state.pulls;
    expect(older).toMatchObject({ state: 'closed' });
    expect(newer).toMatchObject({ state: 'open', head: 'headgate/revert/shop/prod/5' });
    expect(commentsOn(github, older?.number ?? 0).at(-1)).toMatch(
      new RegExp(`rolled back again.*#${newer?.number}`),
    );
  });
});

describe.runIf(full)('where it goes', () => {
  it('a base that was renamed is asked for', async () => {
    const { github, show } = await stage();
    github.renameBranch('main', 'trunk');
    await show();
    expect(github.state.pulls).toMatchObject([{ base: 'trunk' }]);
  });

  it('a run that a person started on another branch goes to the default one', async () => {
    const { github, show } = await stage();
    github.push('experiment', { [FILE]: 'app: [' });
    await show({ eventName: 'workflow_dispatch', ref: 'refs/heads/experiment' });
    expect(github.state.pulls).toMatchObject([{ base: 'main' }]);
  });

  it('a file that was renamed is found by its app', async () => {
    const { github, show } = await stage();
    github.push('main', {
      [FILE]: null,
      'policies/a.yaml': 'app: other\n',
      'policies/shop-web.yaml': policyText(),
    });
    await show();
    const { files } = github.git.find(`refs/heads/${BRANCH}`) ?? {};
    expect(files).toMatchObject({ 'policies/shop-web.yaml': policyText('1') });
    expect(github.state.pulls).toHaveLength(1);
  });

  it('a policy that has moved on, or is gone, is left alone, and it is said', async () => {
    const { github, show, notes } = await stage({ files: { [FILE]: policyText('3') } });
    await show();
    expect(notes.join()).toMatch(
      /no revert pull request: on main policies\/shop.yaml names another build already, 3/,
    );
    github.push('main', { [FILE]: null });
    await show();
    expect(notes.join()).toMatch(/no file in policies of main is the policy of shop/);
    expect(github.state.pulls).toEqual([]);
    expect([...github.git.branches.keys()]).toEqual(['main']);
  });

  it('a file that is not valid now is said, and looked at again', async () => {
    const { github, show } = await stage({ files: { [FILE]: policyText().replace('[{', '[{{') } });
    await expect(show()).rejects.toThrow(/shop\/prod: no revert pull request: .*not valid YAML/);
    github.push('main', { [FILE]: policyText() });
    await show();
    expect(github.state.pulls).toHaveLength(1);
  });
});

describe.runIf(full)('what others did meanwhile', () => {
  it('a branch that a person gave another build is left, and that is said once', async () => {
    const { github, show } = await stage();
    await show();
    const before = commentsOn(github, github.state.pulls[0]?.number ?? 0).length;
    github.push(BRANCH, { [FILE]: policyText('3') });
    await show();
    await show();
    const comments = commentsOn(github, github.state.pulls[0]?.number ?? 0);
    expect(comments.slice(before)).toMatchObject([
      expect.stringMatching(/no longer names `1` for prod: .*3/),
    ]);
    expect(github.git.find(`refs/heads/${BRANCH}`)?.files).toMatchObject({
      [FILE]: policyText('3'),
    });
  });

  it('a branch of a run that died is taken up, one with something else is not', async () => {
    const { github, show } = await stage();
    github.push(BRANCH, { [FILE]: policyText('3') });
    await expect(show()).rejects.toThrow(
      /headgate\/revert\/shop\/prod\/3 is there with something else/,
    );
    expect(github.state.pulls).toEqual([]);
    // Written by us from an older base: git merges it.
    github.push(BRANCH, { [FILE]: `${policyText('1')}# end\n` });
    await show();
    expect(github.state.pulls).toHaveLength(1);
  });

  it('a base that changed after it was read is the merge conflict that it is, and nothing is lost', async () => {
    const { github, show } = await stage();
    await show();
    github.push('main', { [FILE]: policyText('3') });
    expect(() => github.merge(github.state.pulls[0]?.number ?? 0)).toThrow('conflicts');
    expect(github.git.find('refs/heads/main')?.files).toMatchObject({ [FILE]: policyText('3') });
  });
});

describe.runIf(full)('what GitHub refuses', () => {
  it('a rule that protects the branch: one message, and the next run makes it good', async () => {
    const { github, show } = await stage();
    github.state.protectedBranches.add('headgate/**');
    await expect(show()).rejects.toThrow(/headgate\/revert\/shop\/prod\/3/);
    expect(github.state.pulls).toEqual([]);
    github.state.protectedBranches.delete('headgate/**');
    await show();
    expect(github.state.pulls).toHaveLength(1);
  });

  it('checks that could not be started are started by the next run, once', async () => {
    const { github, show } = await stage();
    github.faults.set('no-scope', {
      route: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    });
    await expect(show()).rejects.toThrow();
    expect(github.state.pulls).toHaveLength(1);
    github.faults.clear();
    await show({ checkWorkflows: ['plan.yml'] });
    await show();
    expect(github.state.dispatches).toHaveLength(1);
  });

  it('a token that may not write: one message', async () => {
    const { github, show } = await stage({
      permissions: { contents: 'read', pull_requests: 'read' },
    });
    await expect(show()).rejects.toMatchObject({ next: expect.stringMatching(/contents: write/) });
    expect(github.state.pulls).toEqual([]);
  });
});
