import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../../controller/adapters/github/connect.ts';
import { createPace } from '../../../../controller/adapters/github/pace.ts';
import { createPatience } from '../../../../controller/adapters/github/patience.ts';
import { startGitHub, type FakeGitHub } from '../../../fakes/github/github.ts';
import { connectTo } from './connect-to.ts';

/** As GitHub hands them out: PKCS#1. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const PERMISSIONS = { contents: 'read', pull_requests: 'write' } as const;
const MARKER = '<!-- headgate:plan -->';

let fake: FakeGitHub;

beforeEach(async () => {
  fake = await startGitHub();
});
afterEach(() => fake.close());

function install(): Readonly<Record<string, string>> {
  const { appId } = fake.installApp({ slug: 'headgate', key: publicKey, permissions: PERMISSIONS });
  return { HEADGATE_GITHUB_APP_ID: String(appId), HEADGATE_GITHUB_APP_KEY: privateKey };
}

describe('as a GitHub App', () => {
  it('signs in with its key, once, and does what its installation may', async () => {
    // Also where Actions has put a token for somebody else.
    const github = connectTo(fake, { ...install(), GITHUB_TOKEN: 'ghs_other' });
    await Promise.all([github.repository.defaultBranch(), github.repository.head('main')]);
    expect(await github.repository.startsWorkflows()).toBe(true);
    const logins = fake.asked.filter(({ route }) => route.startsWith('GET /repos/{owner}/{repo}'));
    expect(logins.map(({ login }) => login)).toContain('headgate[bot]');
    const handedOut = fake.asked.filter(({ route }) => route.endsWith('/access_tokens'));
    expect(handedOut).toHaveLength(1);
    const denied = github.repository.dispatch('plan.yml', 'main', {});
    await expect(denied).rejects.toMatchObject({
      next: expect.stringContaining('give the GitHub App that permission') as string,
    });
  });

  it('goes on with the comment that the workflow token wrote before', async () => {
    fake.push('edit', { 'a.txt': '1' });
    const { number } = fake.openPullRequest({ head: 'edit', title: 'Edit' });
    const token = fake.workflowToken({ pull_requests: 'write' });
    const before = connectTo(fake, { GITHUB_TOKEN: token });
    const made = await before.comments.write(number, `${MARKER}\nplan`);
    const asApp = connectTo(fake, install());
    expect(await asApp.comments.find(number, MARKER)).toEqual(made);
  });

  it('reads its key from the parameter that the variable names, or in one line', async () => {
    const env = install();
    const named = { ...env, HEADGATE_GITHUB_APP_KEY: 'ssm:/headgate/github' };
    const github = connectTo(fake, named, { secrets: { '/headgate/github': privateKey } });
    expect(await github.repository.defaultBranch()).toBe('main');
    const line = privateKey.replaceAll('\n', '\\n');
    const inLine = connectTo(fake, { ...env, HEADGATE_GITHUB_APP_KEY: line });
    expect(await inLine.repository.defaultBranch()).toBe('main');
  });

  it.each([
    ['ssm:/headgate/gone', 'There is no parameter /headgate/gone'],
    ['ssm:/headgate/text', 'The parameter /headgate/text holds no RSA private key'],
    ['-----BEGIN RSA PRIVATE KEY-----', 'HEADGATE_GITHUB_APP_KEY holds no RSA private key'],
  ])('says what is wrong with the key %s and never quotes it', async (key, message) => {
    const secrets = { '/headgate/text': 'hunter2' };
    const github = connectTo(fake, { ...install(), HEADGATE_GITHUB_APP_KEY: key }, { secrets });
    const error: unknown = await github.repository
      .defaultBranch()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message) as string,
    });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    expect(fake.asked).toEqual([]);
  });

  it('says so when it is not installed here, or the key is of another App', async () => {
    const env = install();
    const elsewhere = connectTo({ url: fake.url, repository: 'acme/other' }, env);
    await expect(elsewhere.repository.defaultBranch()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The GitHub App \d+ is not installed on acme\/other\.$/,
      ) as string,
    });
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const wrong = connectTo(fake, { ...env, HEADGATE_GITHUB_APP_KEY: other.privateKey });
    await expect(wrong.repository.defaultBranch()).rejects.toMatchObject({
      exitCode: 2,
      next: expect.stringContaining('belong together') as string,
    });
  });
});

describe('with a token', () => {
  it.each([
    ['of a workflow', () => fake.workflowToken(PERMISSIONS), false],
    ['of a person', () => fake.personToken('ada'), true],
  ])('%s it is known whether its pull requests start workflows', async (_, token, starts) => {
    const github = connectTo(fake, { GITHUB_TOKEN: token() });
    expect(await github.repository.startsWorkflows()).toBe(starts);
  });
});

it('works below the path of Enterprise Server', async () => {
  const enterprise = await startGitHub({ prefix: '/api/v3' });
  const github = connectTo(enterprise, { GITHUB_TOKEN: enterprise.workflowToken(PERMISSIONS) });
  expect(await github.repository.defaultBranch()).toBe('main');
  await enterprise.close();
});

it.each([
  [{}, 'There is nothing to sign in to GitHub with.'],
  [{ GITHUB_TOKEN: '', HEADGATE_GITHUB_APP_ID: '' }, 'There is nothing to sign in to GitHub with.'],
  [
    { HEADGATE_GITHUB_APP_ID: '7' },
    'HEADGATE_GITHUB_APP_ID is set without HEADGATE_GITHUB_APP_KEY.',
  ],
])('needs credentials: %j', async (env, message) => {
  const asked = connectTo(fake, env).repository.defaultBranch();
  await expect(asked).rejects.toMatchObject({ exitCode: 2, message });
});

it.each([undefined, 'releases', 'acme/releases/x'])('needs a repository, not %s', (name) => {
  const surroundings = { env: { GITHUB_REPOSITORY: name }, readSecret: async () => undefined };
  expect(() => connect({ ...surroundings, variable: 'GITHUB_REPOSITORY' })).toThrow(
    expect.objectContaining({ exitCode: 2 }),
  );
});

it('waits a minute an hour for limits, and no more', () => {
  let now = 0;
  const patience = createPatience(() => now);
  expect([patience.spend(40), patience.spend(30), patience.spend(20)]).toEqual([true, false, true]);
  now = 3_600_000;
  expect(patience.spend(60)).toBe(true);
});

it('sends a few writes at once and many at a pace', async () => {
  vi.useFakeTimers();
  const start = Date.now();
  try {
    const sent: number[] = [];
    const pace = createPace({ burst: 3, interval: 40 }).key('');
    const writes = Array.from({ length: 5 }, () =>
      pace.schedule({}, async () => void sent.push(Date.now() - start)),
    );
    await vi.runAllTimersAsync();
    await Promise.all(writes);
    expect(sent).toEqual([0, 0, 0, 40, 80]);
  } finally {
    vi.useRealTimers();
  }
});
