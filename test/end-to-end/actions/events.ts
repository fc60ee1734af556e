import examples from '@octokit/webhooks-examples';
import type { FakeGitHub } from '../../fakes/github/github.ts';

type Json = Readonly<Record<string, unknown>>;

/** What starts workflows, with the payload that GitHub puts at GITHUB_EVENT_PATH. */
export interface WorkflowEvent {
  readonly name: string;
  readonly payload: Json;
  readonly ref: string;
  /** The commit the run is of, GITHUB_SHA. */
  readonly sha: string;
  readonly changed: readonly string[];
  readonly isFork?: boolean;
}

/** Published examples of GitHub's payloads, told of our repository. */
function example(name: string, fits: (one: Json) => boolean, github: FakeGitHub): Json {
  const known = examples as unknown as readonly { name: string; examples: readonly Json[] }[];
  const found = known.find((one) => one.name === name)?.examples.find(fits);
  if (found === undefined) throw new Error(`no example of ${name}`);
  const [owner = '', repository = ''] = github.repository.split('/');
  const text = JSON.stringify(found)
    .replaceAll(/(Codertocat|octo-org)\/(Hello-World|octo-repo)/g, github.repository)
    .replaceAll(/"(Hello-World|octo-repo)"/g, JSON.stringify(repository))
    .replaceAll(/"(Codertocat|octo-org)"/g, JSON.stringify(owner));
  const adapted = JSON.parse(text) as Json;
  const inside = adapted['repository'] as Json;
  const { defaultBranch } = github.state.repository;
  return { ...adapted, repository: { ...inside, default_branch: defaultBranch } };
}

/** The branch was pushed to, or a pull request merged into it. */
export function push(
  github: FakeGitHub,
  branch = github.state.repository.defaultBranch,
): WorkflowEvent {
  const commit = github.git.find(`refs/heads/${branch}`)!;
  const before = github.git.find(commit.parents[0] ?? '');
  const ref = `refs/heads/${branch}`;
  const payload = {
    ...example('push', (one) => String(one['ref']).startsWith('refs/heads/'), github),
    ref,
    before: before?.sha ?? '0'.repeat(40),
    after: commit.sha,
  };
  return {
    name: 'push',
    payload,
    ref,
    sha: commit.sha,
    changed: differ(before?.files, commit.files),
  };
}

/** What a pull request's runs test is GitHub's own merge of it; that of a closed one is the base. */
export function pullRequest(github: FakeGitHub, number: number, action: string): WorkflowEvent {
  const pull = github.state.pulls.find((one) => one.number === number)!;
  const base = github.git.branches.get(pull.base)!;
  const sha = pull.state === 'open' ? github.testMerge(number) : base;
  const found = example('pull_request', (one) => one['action'] === 'opened', github);
  const given = found['pull_request'] as { head: Json; base: Json };
  const repository = (id: number, owner: string) => ({
    ...(given.base['repo'] as Json),
    id,
    full_name: `${owner}/${github.state.repository.name}`,
    default_branch: github.state.repository.defaultBranch,
  });
  const { id, owner } = github.state.repository;
  const payload = {
    ...found,
    action,
    number,
    pull_request: {
      ...given,
      number,
      title: pull.title,
      state: pull.state,
      merged: pull.mergeCommit !== undefined,
      merge_commit_sha: sha,
      head: {
        ...given.head,
        ref: pull.head,
        sha: pull.headSha,
        repo: repository(pull.fork === undefined ? id : id + 1, pull.fork ?? owner),
      },
      base: { ...given.base, ref: pull.base, sha: base, repo: repository(id, owner) },
    },
  };
  const changed = differ(github.git.find(base)?.files, github.git.find(sha)?.files ?? {});
  const isFork = pull.fork !== undefined;
  return { name: 'pull_request', payload, ref: `refs/pull/${number}/merge`, sha, changed, isFork };
}

/** Documented is `schedule` alone. */
export function schedule(github: FakeGitHub): WorkflowEvent {
  return { name: 'schedule', payload: { schedule: '*/5 * * * *' }, ...onDefaultBranch(github) };
}

export function repositoryDispatch(
  github: FakeGitHub,
  action: string,
  client_payload: Json = {},
): WorkflowEvent {
  const branch = github.state.repository.defaultBranch;
  const found = example('repository_dispatch', () => true, github);
  const payload = { ...found, action, branch, client_payload };
  return { name: 'repository_dispatch', payload, ...onDefaultBranch(github) };
}

export function workflowDispatch(
  github: FakeGitHub,
  branch: string,
  inputs: Readonly<Record<string, string>>,
): WorkflowEvent {
  const ref = `refs/heads/${branch}`;
  const payload = { ...example('workflow_dispatch', () => true, github), ref, inputs };
  const { sha } = github.git.find(ref)!;
  return { name: 'workflow_dispatch', payload, ref, sha, changed: [] };
}

function onDefaultBranch(github: FakeGitHub): Pick<WorkflowEvent, 'ref' | 'sha' | 'changed'> {
  const branch = github.state.repository.defaultBranch;
  return { ref: `refs/heads/${branch}`, sha: github.git.branches.get(branch)!, changed: [] };
}

function differ(
  before: Readonly<Record<string, string>> = {},
  after: Readonly<Record<string, string>>,
) {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]);
}
