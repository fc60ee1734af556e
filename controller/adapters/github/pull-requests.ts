import { ConflictError } from '../../core/errors.ts';
import { cutText } from '../../core/report/cut.ts';
import type { PullRequest, PullRequests } from '../../ports/github.ts';
import type { Octokit } from './client.ts';
import { createOnce, NO_RETRIES } from './create-once.ts';
import { readFailure } from './failure.ts';
import type { Link } from './link.ts';
import type { Doing } from './translate-error.ts';

type Listed = Pick<
  Awaited<ReturnType<Octokit['rest']['pulls']['list']>>['data'][number],
  'number' | 'html_url' | 'title' | 'state' | 'merged_at' | 'head' | 'base'
>;

/** Observed: longer ones are refused with 422. */
const BODY_LENGTH = 65_536;
const TITLE_LENGTH = 256;
const CUT = '\n\n(cut: GitHub takes no more)';

const WRITE = 'pull-requests: write';
const READ: Doing = { what: 'pull requests', permission: WRITE };
const LOOK: Doing = { what: 'pull requests', permission: 'pull-requests: read' };

export function createPullRequests(link: Link): PullRequests {
  const { place } = link;
  return {
    ofBranch: (branch) => link.ask(READ, (octokit) => ofBranch(octokit, link, branch)),
    openBelow: (prefix) => link.ask(READ, (octokit) => openBelow(octokit, link, prefix)),
    stateOf: (number) => link.ask(LOOK, (octokit) => stateOf(octokit, link, number)),
    ofCommit: (commit) =>
      link.ask(READ, async (octokit) => {
        const asked = { ...place, commit_sha: commit, per_page: 100 };
        const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(asked);
        return data.map(toPullRequest);
      }),
    open: (request) =>
      link.ask({ what: `the pull request of ${request.head}`, permission: WRITE }, (octokit) =>
        openRequest(octokit, link, request),
      ),
    files: (number) =>
      link.ask(READ, async (octokit) => {
        const asked = { ...place, pull_number: number, per_page: 100 };
        const listed = await octokit.paginate(octokit.rest.pulls.listFiles, asked);
        return listed.map(({ filename: path, additions: added, deletions: deleted }) => ({
          path,
          added,
          deleted,
        }));
      }),
    addLabel: (number, label) =>
      link.ask({ what: `the label ${label}`, permission: WRITE }, async (octokit) => {
        await octokit.rest.issues.addLabels({ ...place, issue_number: number, labels: [label] });
      }),
    close: (number, why) =>
      link.ask({ what: `pull request ${number}`, permission: WRITE }, (octokit) =>
        closeRequest(octokit, link, { number, why }),
      ),
  };
}

/**
 * A fork may have a branch of the same name, also one of the same owner: GitHub is asked by owner and branch
 * alone. Of a fork that is deleted it tells no repository, whatever its types say.
 */
function isOwn({ head, base }: Listed): boolean {
  const from: { readonly full_name: string } | null = head.repo;
  return from?.full_name === base.repo.full_name;
}

async function ofBranch(
  octokit: Octokit,
  { place }: Link,
  branch: string,
): Promise<readonly PullRequest[]> {
  const head = `${place.owner}:${branch}`;
  const asked = { ...place, head, state: 'all' as const, per_page: 100 };
  const listed = await octokit.paginate(octokit.rest.pulls.list, asked);
  return listed
    .filter(isOwn)
    .map(toPullRequest)
    .toSorted((a, b) => b.number - a.number);
}

async function openBelow(
  octokit: Octokit,
  { place }: Link,
  prefix: string,
): Promise<readonly PullRequest[]> {
  const asked = { ...place, state: 'open' as const, per_page: 100 };
  const listed = await octokit.paginate(octokit.rest.pulls.list, asked);
  return listed.filter((one) => one.head.ref.startsWith(prefix) && isOwn(one)).map(toPullRequest);
}

async function stateOf(
  octokit: Octokit,
  { place }: Link,
  number: number,
): Promise<PullRequest['state'] | undefined> {
  try {
    return (await octokit.rest.pulls.get({ ...place, pull_number: number })).data.state;
  } catch (error) {
    if (readFailure(error)?.status === 404) return undefined;
    throw error;
  }
}

async function closeRequest(
  octokit: Octokit,
  { place }: Link,
  { number, why }: { readonly number: number; readonly why: string },
): Promise<void> {
  const { data } = await octokit.rest.pulls.get({ ...place, pull_number: number });
  if (data.state === 'closed') return;
  const comment = { ...place, issue_number: number, body: why, ...NO_RETRIES };
  await octokit.rest.issues.createComment(comment);
  await octokit.rest.pulls.update({ ...place, pull_number: number, state: 'closed' });
}

async function openRequest(
  octokit: Octokit,
  link: Link,
  request: Parameters<PullRequests['open']>[0],
): Promise<PullRequest> {
  const { head, base, title, body } = request;
  const asked = {
    ...link.place,
    head,
    base,
    title: cutText(title, TITLE_LENGTH),
    body: cutText(body, BODY_LENGTH, CUT),
    ...NO_RETRIES,
  };
  return createOnce(
    async () => toPullRequest((await create(octokit, asked)).data),
    async () => (await ofBranch(octokit, link, head)).find(({ state }) => state === 'open'),
  );
}

type Create = NonNullable<Parameters<Octokit['rest']['pulls']['create']>[0]>;

async function create(octokit: Octokit, asked: Create) {
  try {
    return await octokit.rest.pulls.create(asked);
  } catch (error) {
    const message = readFailure(error)?.message ?? '';
    if (!/pull request already exists/i.test(message)) throw error;
    throw new ConflictError(
      `There is a pull request of ${asked.head} already: another run opened it.`,
    );
  }
}

function toPullRequest(listed: Listed): PullRequest {
  const { number, html_url: url, title, state, merged_at: mergedAt, head, base } = listed;
  return {
    number,
    url,
    title,
    state: state === 'open' ? 'open' : 'closed',
    isMerged: mergedAt !== null,
    head: head.ref,
    headSha: head.sha,
    base: base.ref,
  };
}
