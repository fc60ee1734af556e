import { Octokit } from '@octokit/rest';
import { createAppAuth } from '@octokit/auth-app';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { full } from '../../depth.ts';
import { startGitHub, type FakeGitHub } from './github.ts';

/** What the fake is strict about, as the real GitHub would be: asked by GitHub's own client. */
let github: FakeGitHub;

beforeEach(async () => {
  github = await startGitHub({ files: { 'policies/shop.yaml': 'app: shop\n' } });
});
afterEach(() => github.close());

const place = { owner: 'acme', repo: 'releases' };
const log = { debug() {}, info() {}, warn() {}, error() {} };
const connect = (auth: string) => new Octokit({ auth, baseUrl: github.url, log });

it('gives a token what its permissions say and names what is missing', async () => {
  const { rest } = connect(github.workflowToken({ contents: 'read' }));
  const { data } = await rest.repos.get(place);
  expect(data.default_branch).toBe('main');
  const wanted = rest.issues.createComment({ ...place, issue_number: 1, body: 'hello' });
  await expect(wanted).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('Resource not accessible by integration') as string,
    response: {
      headers: { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' },
    },
  });
  await expect(connect('ghs_forged').rest.repos.get(place)).rejects.toMatchObject({ status: 401 });
});

it('hands out tokens to an App that signs with its key, and to nobody else', async () => {
  const generate = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 1024,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
  const { privateKey, publicKey } = generate();
  const permissions = { contents: 'write' } as const;
  const { appId } = github.installApp({ slug: 'headgate', key: publicKey, permissions });
  const as = (key: string) =>
    new Octokit({
      authStrategy: createAppAuth,
      auth: { appId, privateKey: key },
      baseUrl: github.url,
      log,
    });
  const { data } = await as(privateKey).rest.apps.getRepoInstallation(place);
  const token = await as(privateKey).rest.apps.createInstallationAccessToken({
    installation_id: data.id,
  });
  const { rest } = connect(token.data.token);
  const ref = { ...place, ref: 'refs/heads/fix', sha: github.git.branches.get('main') ?? '' };
  await rest.git.createRef(ref);
  await expect(rest.git.createRef(ref)).rejects.toMatchObject({ status: 422 });
  const forged = as(generate().privateKey).rest.apps.getAuthenticated();
  await expect(forged).rejects.toMatchObject({ status: 401 });
});

it('commits a file where the branch is free, and only over what was read', async () => {
  const { rest } = connect(github.workflowToken({ contents: 'write' }));
  const path = 'policies/shop.yaml';
  const content = Buffer.from('app: shop2\n').toString('base64');
  const { data } = await rest.repos.getContent({ ...place, path, ref: 'main' });
  const { sha } = data as { sha: string };
  const change = { ...place, path, content, message: 'Change', sha };
  await expect(
    rest.repos.createOrUpdateFileContents({ ...change, branch: 'main' }),
  ).rejects.toMatchObject({ status: 409 });
  github.push('fix', {});
  await rest.repos.createOrUpdateFileContents({ ...change, branch: 'fix' });
  expect(github.git.find('fix')?.files[path]).toBe('app: shop2\n');
  await expect(
    rest.repos.createOrUpdateFileContents({ ...change, branch: 'fix' }),
  ).rejects.toMatchObject({ status: 409 });
});

it('pages lists, and merges what does not conflict', async () => {
  const { rest, paginate } = connect(github.personToken('ada'));
  github.push('one', { 'policies/shop.yaml': 'app: one\n' });
  github.push('two', { 'policies/shop.yaml': 'app: two\n' });
  const one = github.openPullRequest({ head: 'one', title: 'One' });
  const two = github.openPullRequest({ head: 'two', title: 'Two' });
  for (let nth = 0; nth < 105; nth += 1) github.commentAs('bob', one.number, `comment ${nth}`);
  const listed = { ...place, issue_number: one.number, per_page: 50 };
  expect(await paginate(rest.issues.listComments, listed)).toHaveLength(105);
  const merged = github.merge(one.number);
  expect(() => github.merge(two.number)).toThrow('conflicts');
  const found = await rest.repos.listPullRequestsAssociatedWithCommit({
    ...place,
    commit_sha: merged,
  });
  expect(found.data.map(({ number }) => number)).toEqual([one.number]);
});

it('deploys only what asks for no merge and no green checks', async () => {
  const token = github.workflowToken({ deployments: 'write', checks: 'write' });
  const { rest } = connect(token);
  const sha = github.git.branches.get('main') ?? '';
  await rest.checks.create({ ...place, name: 'headgate/plan', head_sha: sha });
  const wanted = { ...place, ref: sha, environment: 'shop/prod', production_environment: true };
  await expect(rest.repos.createDeployment(wanted)).rejects.toMatchObject({ status: 409 });
  const ready = { ...wanted, required_contexts: [], auto_merge: false };
  const { data } = await rest.repos.createDeployment(ready);
  expect(data).toMatchObject({ environment: 'shop/prod', sha });
});

it('loses answers, refuses, and fails when asked for what it does not know', async () => {
  const { rest, request } = connect(github.personToken('ada'));
  github.push('one', {});
  github.push('one', { 'a.txt': '1' });
  const { number } = github.openPullRequest({ head: 'one', title: 'One' });
  github.faults.set('lost-answer', { times: 1 });
  const body = { ...place, issue_number: number, body: 'hello' };
  await expect(rest.issues.createComment(body)).rejects.toThrow();
  expect(github.state.comments.map((comment) => comment.body)).toEqual(['hello']);
  await github.down();
  await expect(rest.repos.get(place)).rejects.toThrow();
  await github.up();
  await request('GET /emojis').catch(() => undefined);
  await expect(github.close()).rejects.toThrow('GET /emojis');
  github = await startGitHub();
});

it.runIf(full)('is held to the published description, and so is who asks', async () => {
  const wrong = await startGitHub({ files: {} });
  wrong.push('one', { 'a.txt': '1' });
  const { number } = wrong.openPullRequest({ head: 'one', title: 7 as never });
  const auth = wrong.personToken('ada');
  const { rest } = new Octokit({ auth, baseUrl: wrong.url, log });
  await rest.pulls.get({ ...place, pull_number: number });
  await rest.pulls.list({ ...place, sort: 'age' as never });
  const closed = wrong.close();
  await expect(closed).rejects.toThrow(
    'GET /repos/{owner}/{repo}/pulls/{pull_number} (200): answer/title must be string',
  );
  await expect(closed).rejects.toThrow('(200): ?sort must be equal to one of the allowed values');
});
