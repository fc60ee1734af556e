import * as z from 'zod';
import {
  nodeId,
  renderRepository,
  renderUser,
  stamp,
  type Identity,
  type Schema,
} from '../bodies.ts';
import {
  endpoint,
  invalid,
  notFound,
  pageOf,
  Refusal,
  type Answer,
  type Call,
} from '../endpoint.ts';
import { hashBlob } from '../git.ts';
import { renderLabel } from './labels.ts';
import type { PullState, State } from '../state.ts';

const ALL = '/repos/{owner}/{repo}/pulls';
const ONE = `${ALL}/{pull_number}`;
const LIMIT = 65_536;
const Body = z.string().max(LIMIT, `is too long (maximum is ${LIMIT} characters)`);

const Create = z.strictObject({
  title: z.string().min(1).max(256),
  head: z.string().min(1),
  base: z.string().min(1),
  body: Body.optional(),
  draft: z.boolean().optional(),
  maintainer_can_modify: z.boolean().optional(),
});
const Update = z.strictObject({
  title: z.string().min(1).max(256).optional(),
  body: Body.optional(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
});

export const pulls = [
  endpoint(`GET ${ALL}`, ['pull_requests=read'], (call) => {
    const { state, query } = call;
    const [wanted, head, base] = [
      query.get('state') ?? 'open',
      query.get('head'),
      query.get('base'),
    ];
    const found = state.pulls.filter(
      (pull) =>
        (wanted === 'all' || pull.state === wanted) &&
        (head === null || labelOf(pull, state) === head) &&
        (base === null || pull.base === base),
    );
    // Newest first, unless asked otherwise.
    const isAscending = query.get('direction') === 'asc';
    const sorted = isAscending ? found : found.toReversed();
    return {
      status: 200,
      body: pageOf(
        sorted.map((one) => renderSimple(one, state)),
        call,
      ),
    };
  }),
  endpoint(`POST ${ALL}`, ['pull_requests=write'], open, Create),
  endpoint(`GET ${ONE}`, ['pull_requests=read'], (call) => ({
    status: 200,
    body: render(findPull(call), call.state),
  })),
  endpoint(`GET ${ONE}/files`, ['pull_requests=read'], (call) => ({
    status: 200,
    body: pageOf(listFiles(findPull(call), call.state), call),
  })),
  endpoint(`PATCH ${ONE}`, ['pull_requests=write'], update, Update),
  endpoint(
    `GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls`,
    ['pull_requests=read'],
    (call) => {
      const { state, params } = call;
      const commit = state.git.find(params['commit_sha'] ?? '');
      if (commit === undefined) {
        throw new Refusal(422, `No commit found for SHA: ${params['commit_sha']}`);
      }
      const found = state.pulls.filter((pull) => brings(pull, commit.sha, state));
      return {
        status: 200,
        body: pageOf(
          found.map((one) => renderSimple(one, state)),
          call,
        ),
      };
    },
  ),
];

/** What its commits change, as lines that are in one and not in the other. */
function listFiles(pull: PullState, { git, links }: State): readonly Schema<'diff-entry'>[] {
  const before = git.parted(git.branches.get(pull.base) ?? '', pull.headSha);
  const after = git.find(pull.headSha)?.files ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => {
      const [old, now] = [before[name]?.split('\n') ?? [], after[name]?.split('\n') ?? []];
      const additions = now.filter((line) => !old.includes(line)).length;
      const deletions = old.filter((line) => !now.includes(line)).length;
      const status = before[name] === undefined ? 'added' : 'modified';
      const url = `${links.html}/blob/${pull.headSha}/${name}`;
      return {
        sha: hashBlob(after[name] ?? ''),
        filename: name,
        status: after[name] === undefined ? 'removed' : status,
        additions,
        deletions,
        changes: additions + deletions,
        blob_url: url,
        raw_url: url,
        contents_url: url,
      };
    });
}

function findPull({ state, params }: Call): PullState {
  const found = state.pulls.find(({ number }) => number === Number(params['pull_number']));
  if (found === undefined) throw notFound();
  return found;
}

/** A commit on the default branch: what merged it. Another: what has it, open or merged. */
function brings(pull: PullState, sha: string, { git, repository }: State): boolean {
  const isMerge = pull.mergeCommit === sha;
  const first = git.find(pull.mergeCommit ?? '')?.parents[0] ?? git.branches.get(pull.base) ?? '';
  const isInside = git.between(first, pull.headSha).some((commit) => commit.sha === sha);
  const main = git.branches.get(repository.defaultBranch) ?? '';
  if (git.isAncestor(sha, main)) return isMerge || (pull.mergeCommit !== undefined && isInside);
  return isInside;
}

function labelOf({ head, fork }: PullState, { repository }: State): string {
  return `${sourceOf(fork, repository).owner}:${head}`;
}

/** `mallory`, or `acme/copy`: an organization may fork its own repositories. */
function sourceOf(fork: string | undefined, { owner, name }: State['repository']) {
  const [itsOwner = owner, itsName = name] = fork?.split('/') ?? [];
  return { owner: itsOwner, name: itsName };
}

function open({ state, token }: Call, body: z.infer<typeof Create>): Answer {
  const isActions = token.identity.login === 'github-actions[bot]';
  if (isActions && !state.actionsMayOpenPullRequests) {
    throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  }
  const [head, base] = [state.git.branches.get(body.head), state.git.branches.get(body.base)];
  if (head === undefined) throw invalid('PullRequest', { code: 'invalid', field: 'head' });
  if (base === undefined) throw invalid('PullRequest', { code: 'invalid', field: 'base' });
  const custom = (message: string) => invalid('PullRequest', { code: 'custom', message });
  if (state.git.between(base, head).length === 0) {
    throw custom(`No commits between ${body.base} and ${body.head}`);
  }
  const label = `${state.repository.owner}:${body.head}`;
  const isOpen = ({ state: now, ...pull }: PullState) =>
    now === 'open' && pull.fork === undefined && pull.head === body.head && pull.base === body.base;
  if (state.pulls.some(isOpen)) throw custom(`A pull request already exists for ${label}.`);
  const pull = addPull(state, token.identity, { ...body, headSha: head });
  return { status: 201, body: render(pull, state) };
}

/** Also the door for tests: people's pull requests, and those of forks. */
export function addPull(
  state: State,
  author: Identity,
  request: {
    readonly title: string;
    readonly head: string;
    readonly headSha: string;
    readonly base: string;
    readonly body?: string | undefined;
    readonly fork?: string | undefined;
  },
): PullState {
  const { title, head, headSha, base, body, fork } = request;
  const pull: PullState = {
    id: state.nextId(),
    number: state.pulls.length + 1,
    author,
    createdAt: state.now(),
    updatedAt: state.now(),
    head,
    fork,
    headSha,
    base,
    title,
    body: body ?? null,
    state: 'open',
    closedAt: undefined,
    mergeCommit: undefined,
    labels: new Set(),
  };
  state.pulls.push(pull);
  return pull;
}

function update(call: Call, body: z.infer<typeof Update>): Answer {
  const { state } = call;
  const pull = findPull(call);
  if (body.base !== undefined && !state.git.branches.has(body.base)) {
    throw invalid('PullRequest', { code: 'invalid', field: 'base' });
  }
  if (body.state === 'open' && pull.state === 'closed') {
    if (pull.mergeCommit !== undefined || !state.git.branches.has(pull.head)) {
      throw invalid('PullRequest', { code: 'invalid', field: 'state' });
    }
  }
  pull.title = body.title ?? pull.title;
  pull.body = body.body ?? pull.body;
  pull.base = body.base ?? pull.base;
  pull.state = body.state ?? pull.state;
  pull.closedAt = pull.state === 'closed' ? (pull.closedAt ?? state.now()) : undefined;
  pull.updatedAt = state.now();
  return { status: 200, body: render(pull, state) };
}

function renderSimple(pull: PullState, state: State): Schema<'pull-request-simple'> {
  const { links, repository, git } = state;
  const home = `repos/${repository.owner}/${repository.name}`;
  const page = `${links.html}/${repository.owner}/${repository.name}/pull/${pull.number}`;
  const urls = urlsOf(pull, `${links.api}/${home}`, page);
  const source = {
    ...repository,
    ...sourceOf(pull.fork, repository),
    isFork: pull.fork !== undefined,
  };
  const owner = (login: string) => renderUser({ login, id: 9, app: undefined }, links);
  const baseSha = git.find(pull.mergeCommit ?? '')?.parents[0] ?? git.branches.get(pull.base) ?? '';
  return {
    ...urls,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: renderUser(pull.author, links),
    body: pull.body,
    labels: [...pull.labels].map((name) => ({ ...renderLabel(name, state), description: '' })),
    milestone: null,
    active_lock_reason: null,
    created_at: stamp(pull.createdAt),
    updated_at: stamp(pull.updatedAt),
    closed_at: pull.closedAt === undefined ? null : stamp(pull.closedAt),
    merged_at: pull.mergeCommit === undefined ? null : stamp(pull.closedAt ?? pull.updatedAt),
    merge_commit_sha: pull.mergeCommit ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: {
      label: labelOf(pull, state),
      ref: pull.head,
      sha: pull.headSha,
      repo: renderRepository(source, links),
      user: owner(source.owner),
    },
    base: {
      label: `${repository.owner}:${pull.base}`,
      ref: pull.base,
      sha: baseSha,
      repo: renderRepository(repository, links),
      user: owner(repository.owner),
    },
    _links: {
      comments: { href: urls.comments_url },
      commits: { href: urls.commits_url },
      statuses: { href: urls.statuses_url },
      html: { href: urls.html_url },
      issue: { href: urls.issue_url },
      review_comments: { href: urls.review_comments_url },
      review_comment: { href: urls.review_comment_url },
      self: { href: urls.url },
    },
    author_association: pull.author.app === undefined ? 'MEMBER' : 'NONE',
    auto_merge: null,
    draft: false,
  };
}

function urlsOf({ number, headSha }: PullState, home: string, page: string) {
  return {
    url: `${home}/pulls/${number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: `${home}/issues/${number}`,
    commits_url: `${home}/pulls/${number}/commits`,
    review_comments_url: `${home}/pulls/${number}/comments`,
    review_comment_url: `${home}/pulls/comments{/number}`,
    comments_url: `${home}/issues/${number}/comments`,
    statuses_url: `${home}/statuses/${headSha}`,
  };
}

function render(pull: PullState, state: State): Schema<'pull-request'> {
  const simple = renderSimple(pull, state);
  const { git, comments, links } = state;
  const author = renderUser(pull.author, links);
  return {
    ...simple,
    user: author,
    head: { ...simple.head, user: author },
    base: { ...simple.base, user: author },
    state: pull.state,
    merged: pull.mergeCommit !== undefined,
    mergeable:
      pull.state === 'open' ? git.merge(simple.base.sha, pull.headSha) !== undefined : null,
    mergeable_state: 'unknown',
    rebaseable: null,
    merged_by: pull.mergeCommit === undefined ? null : author,
    comments: comments.filter(({ issue }) => issue === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: git.between(simple.base.sha, pull.headSha).length,
    additions: 0,
    deletions: 0,
    changed_files: 1,
  };
}
