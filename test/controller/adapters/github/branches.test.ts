import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHub } from '../../../../controller/ports/github.ts';
import { startGitHub, type FakeGitHub } from '../../../fakes/github/github.ts';
import { connectTo } from './connect-to.ts';

const PATH = 'policies/shop.yaml';
const BRANCH = 'headgate/revert/shop/prod/7';
const HOME = '/repos/{owner}/{repo}';
const PERMISSIONS = { contents: 'write', pull_requests: 'write', actions: 'write' } as const;

let fake: FakeGitHub;
let github: GitHub;

beforeEach(async () => {
  const plan = 'on: { workflow_dispatch: { inputs: { pull-request: {} } } }\n';
  const files = { [PATH]: 'app: shop\n', 'policies/deep/a.yaml': '', 'README.md': '' };
  fake = await startGitHub({ files: { ...files, '.github/workflows/plan.yml': plan } });
  github = asWorkflow();
});
afterEach(() => fake.close());

const asWorkflow = () => connectTo(fake, { GITHUB_TOKEN: fake.workflowToken(PERMISSIONS) });
const textOf = (branch: string) => fake.git.find(`refs/heads/${branch}`)?.files[PATH];

describe('the repository', () => {
  it('names its default branch, also after it is renamed', async () => {
    expect(await github.repository.defaultBranch()).toBe('main');
    fake.renameBranch('main', 'trunk');
    expect(await github.repository.defaultBranch()).toBe('trunk');
    expect(await github.repository.head('main')).toBeUndefined();
    expect(await github.repository.head('trunk')).toBe(fake.git.branches.get('trunk'));
  });

  it('reads files and names those of a directory', async () => {
    const text = '\uFEFFapp: shöp\r\n'.repeat(50);
    fake.push('main', { [PATH]: text });
    const { repository } = github;
    expect((await repository.readFile(PATH, 'main'))?.text).toBe(text);
    expect(await repository.readFile('policies/gone.yaml', 'main')).toBeUndefined();
    expect(await repository.readFile('policies', 'main')).toBeUndefined();
    expect(await repository.listFiles('policies', 'main')).toEqual(['shop.yaml']);
    expect(await repository.listFiles('nowhere', 'main')).toEqual([]);
    expect(await repository.listFiles(PATH, 'main')).toEqual([]);
  });

  it('starts a workflow with its inputs, and says what is missing for it', async () => {
    await github.repository.dispatch('plan.yml', 'main', { 'pull-request': '7' });
    expect(fake.state.dispatches).toEqual([
      { workflow: 'plan.yml', ref: 'main', inputs: { 'pull-request': '7' } },
    ]);
    await expect(github.repository.dispatch('gone.yml', 'main', {})).rejects.toMatchObject({
      message: expect.stringContaining('workflow gone.yml') as string,
      next: expect.stringContaining('`actions: write`') as string,
    });
  });
});

describe('a file committed on a branch of its own', () => {
  const prepare = async (text = 'app: shop2\n') => {
    const from = (await github.repository.head('main')) ?? '';
    const { sha = '' } = (await github.repository.readFile(PATH, from)) ?? {};
    return { branch: BRANCH, from, path: PATH, text, sha, message: 'Revert' };
  };

  it('is one commit, signed by GitHub, and nothing on the base', async () => {
    const change = await prepare('app: shöp\r\n');
    await github.repository.commitFile(change);
    expect(textOf(BRANCH)).toBe(change.text);
    expect(textOf('main')).toBe('app: shop\n');
    expect(fake.git.between(change.from, fake.git.branches.get(BRANCH) ?? '')).toHaveLength(1);
    const put = fake.asked.find(({ route }) => route.startsWith('PUT'));
    expect(put?.body).not.toHaveProperty('author');
    expect(put?.answer).toMatchObject({ commit: { verification: { verified: true } } });
  });

  it('stays as it is when it is committed again, also by two runs at once', async () => {
    const change = await prepare();
    const other = asWorkflow();
    await Promise.all([github.repository.commitFile(change), other.repository.commitFile(change)]);
    const head = fake.git.branches.get(BRANCH) ?? '';
    await github.repository.commitFile(change);
    expect(fake.git.branches.get(BRANCH)).toBe(head);
    expect(fake.git.between(change.from, head)).toHaveLength(1);
  });

  it.each(['POST', 'PUT'])('is finished though the answer to the %s gets lost', async (method) => {
    const change = await prepare();
    fake.faults.set('lost-answer', { route: `${method} ${HOME}`, times: 1 });
    await github.repository.commitFile(change);
    expect(textOf(BRANCH)).toBe(change.text);
    expect(fake.git.between(change.from, fake.git.branches.get(BRANCH) ?? '')).toHaveLength(1);
  });

  it('is finished where a run died between branch and commit', async () => {
    const change = await prepare();
    fake.push(BRANCH, {});
    await github.repository.commitFile(change);
    expect(textOf(BRANCH)).toBe(change.text);
  });

  it('that a person edited is left alone', async () => {
    const change = await prepare();
    await github.repository.commitFile(change);
    fake.push(BRANCH, { [PATH]: 'app: by hand\n' });
    await expect(github.repository.commitFile(change)).rejects.toMatchObject({ exitCode: 4 });
    expect(textOf(BRANCH)).toBe('app: by hand\n');
  });

  it('that the rules forbid is refused with the way out', async () => {
    const change = await prepare();
    fake.state.protectedBranches.add('headgate/**');
    await expect(github.repository.commitFile(change)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`forbid branch ${BRANCH}: Repository rule viol`) as string,
      next: expect.stringContaining('bypass list') as string,
    });
  });
});

describe('a pull request', () => {
  const request = {
    head: BRANCH,
    base: 'main',
    title: 'Revert shop/prod',
    body: 'why',
  };
  beforeEach(() => fake.push(BRANCH, { [PATH]: 'app: shop2\n' }));

  it('is opened, and found by branch, its beginning and commit', async () => {
    const { pullRequests } = github;
    expect(await pullRequests.ofBranch(BRANCH)).toEqual([]);
    const opened = await pullRequests.open(request);
    expect(opened).toMatchObject({ number: 1, state: 'open', isMerged: false, head: BRANCH });
    expect(await pullRequests.ofBranch(BRANCH)).toEqual([opened]);
    expect(await pullRequests.openBelow('headgate/revert/')).toEqual([opened]);
    expect(await pullRequests.openBelow('headgate/revert/shop/dev/')).toEqual([]);
    expect(await pullRequests.stateOf(1)).toBe('open');
    const merged = fake.merge(opened.number);
    const found = await pullRequests.ofCommit(merged);
    expect(found).toMatchObject([{ number: 1, state: 'closed', isMerged: true, base: 'main' }]);
    expect(await pullRequests.stateOf(1)).toBe('closed');
    expect(await pullRequests.stateOf(2)).toBeUndefined();
    expect(await pullRequests.openBelow('headgate/revert/')).toEqual([]);
  });

  it.each(['mallory', 'acme/copy'])("is not that of %s's branch of that name", async (fork) => {
    fake.openPullRequest({ head: BRANCH, title: 'Look alike', fork });
    expect(await github.pullRequests.ofBranch(BRANCH)).toEqual([]);
    expect(await github.pullRequests.openBelow('headgate/')).toEqual([]);
  });

  it('is found behind a hundred others', async () => {
    const opened = await github.pullRequests.open(request);
    fake.push('other', { 'a.txt': '' });
    for (let nth = 0; nth < 105; nth += 1) fake.openPullRequest({ head: 'other', title: `${nth}` });
    expect(await github.pullRequests.openBelow('headgate/revert/')).toEqual([opened]);
  });

  it('is open once: the second run is told', async () => {
    const both = [github, asWorkflow()].map(({ pullRequests }) => pullRequests.open(request));
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { exitCode: 4 },
    });
    expect(fake.state.pulls).toHaveLength(1);
  });

  it('tells what merging it changes', async () => {
    const { number } = await github.pullRequests.open(request);
    fake.push('main', { 'README.md': 'more\n' });
    expect(await github.pullRequests.files(number)).toEqual([{ path: PATH, added: 1, deleted: 1 }]);
  });

  it('gets a label, which some tokens may only use and not make', async () => {
    const { number } = await github.pullRequests.open(request);
    await github.pullRequests.addLabel(number, 'headgate:revert');
    expect([...(fake.state.pulls[0]?.labels ?? [])]).toEqual(['headgate:revert']);
    await expect(github.pullRequests.addLabel(number, 'new')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('does not have the label new yet') as string,
      next: expect.stringContaining('gh label create') as string,
    });
  });

  it('whose answer gets lost is there once', async () => {
    fake.faults.set('lost-answer', { route: `POST ${HOME}/pulls`, times: 1 });
    const opened = await github.pullRequests.open(request);
    expect(await github.pullRequests.openBelow('headgate/revert/')).toEqual([opened]);
    expect(fake.state.pulls).toHaveLength(1);
  });

  it('has a body that GitHub takes, however much there is to say', async () => {
    await github.pullRequests.open({
      ...request,
      title: 't'.repeat(300),
      body: 'b'.repeat(70_000),
    });
    expect(fake.state.pulls[0]?.body).toMatch(/b\n\n\(cut: GitHub takes no more\)$/);
  });

  it('names what GitHub finds wrong, such as a base that was renamed', async () => {
    fake.renameBranch('main', 'trunk');
    await expect(github.pullRequests.open(request)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('Validation Failed (base: invalid)') as string,
    });
  });

  it('that Actions may not open names the setting', async () => {
    fake.state.actionsMayOpenPullRequests = false;
    await expect(github.pullRequests.open(request)).rejects.toMatchObject({
      next: expect.stringContaining('"Allow GitHub Actions to create and approve') as string,
    });
  });

  it('is closed with a last word, once', async () => {
    const { number } = await github.pullRequests.open(request);
    await github.pullRequests.close(number, 'A newer one is open.');
    await github.pullRequests.close(number, 'A newer one is open.');
    expect(fake.state.pulls[0]?.state).toBe('closed');
    expect(fake.state.comments.map(({ body }) => body)).toEqual(['A newer one is open.']);
  });
});
