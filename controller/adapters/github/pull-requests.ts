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

export function createPullRequests(link: Link): PullRequests {
  const { place } = link;
  return {
    ofBranch: (branch) => link.ask(READ, (octokit) => ofBranch(octokit, link, branch)),
    openBelow: (prefix) =>
      link.ask(READ, async (octokit) => {
        const asked = { ...place, state: 'open' as const, per_page: 100 };
        const listed = await octokit.paginate(octokit.rest.pulls.list, asked);
        const found = listed.filter((one) => one.head.ref.startsWith(prefix) && isOwn(one));
        return found.map(toPullRequest);
      }),
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
    close: (number, why) =>
      link.ask({ what: `pull request ${number}`, permission: WRITE }, async (octokit) => {
        const { data } = await octokit.rest.pulls.get({ ...place, pull_number: number });
        if (data.state === 'closed') return;
        await octokit.rest.issues.createComment({
          ...place,
          issue_number: number,
          body: why,
          ...NO_RETRIES,
        });
        await octokit.rest.pulls.update({ ...place, pull_number: number, state: 'closed' });
      }),
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

/** The label is there first: a pull request that is open without it would not be found by it. */
async function openRequest(
  octokit: Octokit,
  link: Link,
  request: Parameters<PullRequests['open']>[0],
): Promise<PullRequest> {
  const { place } = link;
  const { head, base, title, body, labels } = request;
  for (const label of labels) await ensureLabel(octokit, link, label);
  const asked = {
    ...place,
    head,
    base,
    title: cutText(title, TITLE_LENGTH),
    body: cutText(body, BODY_LENGTH, CUT),
    ...NO_RETRIES,
  };
  const opened = await createOnce(
    async () => toPullRequest((await create(octokit, asked)).data),
    async () => (await ofBranch(octokit, link, head)).find(({ state }) => state === 'open'),
  );
  if (labels.length > 0) {
    const labelled = { ...place, issue_number: opened.number, labels: [...labels] };
    await octokit.rest.issues.addLabels(labelled);
  }
  return opened;
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

async function ensureLabel(octokit: Octokit, { place }: Link, name: string): Promise<void> {
  try {
    await octokit.rest.issues.getLabel({ ...place, name });
  } catch (error) {
    if (readFailure(error)?.status !== 404) throw error;
    await createLabel(octokit, { ...place, name });
  }
}

async function createLabel(
  octokit: Octokit,
  label: { readonly owner: string; readonly repo: string; readonly name: string },
): Promise<void> {
  try {
    await octokit.rest.issues.createLabel(label);
  } catch (error) {
    // Another run made it in between.
    if (!/already_exists/.test(readFailure(error)?.message ?? '')) throw error;
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
