import examples from '@octokit/webhooks-examples';
import { describe, expect, it } from 'vitest';
import { fromRoot, readFastLaneRun, readRun } from '../../../../controller/core/github/run.ts';

const ENV = {
  GITHUB_REPOSITORY: 'acme/releases',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_RUN_ID: '42',
  GITHUB_SHA: 'c0ffee',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_ACTOR: 'ada',
};

/** An event as GitHub sends it. */
function eventOf(name: string, action?: string): Record<string, unknown> {
  const all = examples as unknown as readonly { name: string; examples: object[] }[];
  const found = all
    .find((one) => one.name === name)
    ?.examples.find((one) => action === undefined || Reflect.get(one, 'action') === action);
  return structuredClone(found) as Record<string, unknown>;
}

it('tells the run from its variables', () => {
  expect(readRun(ENV, eventOf('push'))).toEqual({
    repository: 'acme/releases',
    eventName: 'push',
    sha: 'c0ffee',
    ref: 'refs/heads/main',
    runUrl: 'https://github.example/acme/releases/actions/runs/42',
    runId: 42,
    actor: 'ada',
    inputs: {},
  });
  const again = readRun({ ...ENV, GITHUB_RUN_ATTEMPT: '2' });
  expect(again?.runUrl).toMatch(/\/runs\/42\/attempts\/2$/);
  expect(readRun({ GITHUB_REPOSITORY: 'acme/releases' })).toMatchObject({
    runUrl: undefined,
    sha: '',
    actor: 'unknown',
  });
});

it.each([
  {},
  { GITHUB_REPOSITORY: '' },
  { GITHUB_REPOSITORY: 'acme/..' },
  { GITHUB_REPOSITORY: 'acme/releases/../../user' },
])('is none without the name of a repository: %j', (env) => expect(readRun(env)).toBeUndefined());

describe('a path from the root of the repository', () => {
  const root = '/runner/acme';
  const at = (directory: string, path: string) => {
    const run = readRun({ ...ENV, GITHUB_WORKSPACE: root }, undefined, directory);
    return fromRoot(run ?? {}, path);
  };

  it.each([
    [root, 'policies', 'policies'],
    [root, './policies//', 'policies'],
    [root, `${root}/policies/shop.yaml`, 'policies/shop.yaml'],
    [root, '.', ''],
    [`${root}/releases`, '../policies/', 'policies'],
    [`${root}/releases`, 'policies', 'releases/policies'],
    [`${root}/releases`, '../../other', '../../other'],
    [root, `${root}-other/policies`, `${root}-other/policies`],
  ])('is, in %s, of %s: %s', (directory, path, expected) => {
    expect(at(directory, path)).toBe(expected);
  });

  it('is what was given where nobody says what is checked out', () => {
    expect(fromRoot({}, './policies/')).toBe('policies');
    expect(fromRoot({}, '/srv/policies')).toBe('/srv/policies');
  });
});

describe('a pull request', () => {
  it('is read from the event', () => {
    const { pullRequest } = readRun(ENV, eventOf('pull_request', 'opened')) ?? {};
    expect(pullRequest).toEqual({
      number: 2,
      headSha: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      headRef: 'changes',
      baseRef: 'master',
      isFork: false,
      action: 'opened',
      isMerged: false,
    });
  });

  it('says whether it was merged', () => {
    const event = eventOf('pull_request', 'closed');
    Reflect.set(event['pull_request'] as object, 'merged', true);
    expect(readRun(ENV, event)?.pullRequest).toMatchObject({ action: 'closed', isMerged: true });
  });

  it.each([{ id: 9, fork: true }, null])('is a fork when its repository is another: %j', (repo) => {
    const event = eventOf('pull_request', 'opened');
    const { head } = event['pull_request'] as { head: object };
    Reflect.set(head, 'repo', repo);
    expect(readRun(ENV, event)?.pullRequest?.isFork).toBe(true);
  });

  it.each(['issue_comment', 'workflow_dispatch', 'push'])('is in no event %s', (name) => {
    expect(readRun(ENV, eventOf(name))).not.toHaveProperty('pullRequest');
  });
});

describe('inputs', () => {
  it('come from a workflow_dispatch, or from the client_payload of a repository_dispatch', () => {
    const byHand = { ...eventOf('workflow_dispatch'), inputs: { app: 'shop', to: '1042' } };
    expect(readRun(ENV, byHand)?.inputs).toEqual({ app: 'shop', to: '1042' });
    const payload = { app: 'shop', to: 1042, force: false, nested: { a: 1 }, none: null };
    const byProgram = { ...eventOf('repository_dispatch'), client_payload: payload };
    expect(readRun(ENV, byProgram)?.inputs).toEqual({ app: 'shop', to: '1042', force: 'false' });
  });

  it('are none where nothing is given', () => {
    expect(readRun(ENV, { inputs: null })?.inputs).toEqual({});
    expect(readRun(ENV)?.inputs).toEqual({});
  });
});

describe('the fast lane', () => {
  const env = {
    HEADGATE_GITHUB_REPOSITORY: 'acme/releases',
    HEADGATE_GITHUB_APP_ID: '7',
    HEADGATE_GITHUB_APP_KEY: 'ssm:/headgate/github',
  };

  it('shows things where it has a repository and an App', () => {
    const run = readFastLaneRun(env);
    expect(run).toMatchObject({ repository: 'acme/releases', inputs: { policies: 'policies' } });
    const there = readFastLaneRun({ ...env, HEADGATE_GITHUB_POLICIES: 'ops/policies' });
    expect(there?.inputs).toEqual({ policies: 'ops/policies' });
  });

  it.each(Object.keys(env))('shows nothing without %s', (name) => {
    expect(readFastLaneRun({ ...env, [name]: '' })).toBeUndefined();
  });
});

it('names the checks of pull requests that start none, as files and nothing else', () => {
  const named = (HEADGATE_CHECK_WORKFLOWS: string) =>
    readRun({ ...ENV, HEADGATE_CHECK_WORKFLOWS })?.checkWorkflows;
  expect(named('plan.yml, ci.yaml,')).toEqual(['plan.yml', 'ci.yaml']);
  expect(named('../../user, x.yml/dispatches')).toBeUndefined();
  expect(named('')).toBeUndefined();
});
