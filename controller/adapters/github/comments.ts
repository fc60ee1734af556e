import type { Comment, Comments } from '../../ports/github.ts';
import type { Octokit } from './client.ts';
import { createOnce, NO_RETRIES } from './create-once.ts';
import { isLimit, readFailure, textOf } from './failure.ts';
import type { Identity, Link } from './link.ts';
import type { Doing } from './translate-error.ts';

type Listed = Awaited<ReturnType<Octokit['rest']['issues']['listComments']>>['data'][number];

/**
 * A comment is ours when its first line is the marker and its author is of our kind. The token of an App's
 * installation doesn't say whose it is (`GET /user` is refused), and a repository may go over from
 * GITHUB_TOKEN to an App of its own: so for Apps our kind is every App (`type: Bot`, which no person can be).
 * For a person's token it is that person. So somebody who pastes our marker is never overwritten.
 */
export function createComments(link: Link): Comments {
  return {
    async find(pullRequest, marker) {
      const identity = await link.identify();
      return link.ask(doing(pullRequest), async (octokit) => {
        const listed = await list(octokit, link, pullRequest);
        const newest = listed.findLast((one) => isOurs(one, marker, identity));
        return newest && toComment(newest);
      });
    },
    async write(pullRequest, body, comment) {
      const identity = await link.identify();
      return link.ask(doing(pullRequest), async (octokit) => {
        const updated = comment && (await update(octokit, link, { id: comment.id, body }));
        return toComment(updated ?? (await create(octokit, link, { pullRequest, body, identity })));
      });
    },
  };
}

function doing(pullRequest: number): Doing {
  return {
    what: `the comments on pull request ${pullRequest}`,
    permission: 'pull-requests: write',
  };
}

function list(octokit: Octokit, { place }: Link, pullRequest: number): Promise<Listed[]> {
  const all = { ...place, issue_number: pullRequest, per_page: 100 };
  return octokit.paginate(octokit.rest.issues.listComments, all);
}

function isOurs({ body, user }: Listed, marker: string, identity: Identity): boolean {
  if (firstLine(body ?? '') !== marker) return false;
  return identity.kind === 'app' ? user?.type === 'Bot' : user?.login === identity.login;
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').trimEnd();
}

/** undefined: somebody deleted it since it was found, or it belongs to an App that lets nobody change it. */
async function update(
  octokit: Octokit,
  { place }: Link,
  { id, body }: { readonly id: number; readonly body: string },
): Promise<Listed | undefined> {
  try {
    const changed = await octokit.rest.issues.updateComment({ ...place, comment_id: id, body });
    return changed.data;
  } catch (error) {
    const failure = readFailure(error);
    const isRefused = failure?.status === 403 && !isLimit(failure);
    if (isRefused || failure?.status === 404) return undefined;
    throw error;
  }
}

/**
 * Two runs may both have found none. The newest stays, whoever wrote it: each run takes away what its own
 * author wrote before, so that readers and the next run see one.
 */
async function create(
  octokit: Octokit,
  link: Link,
  {
    pullRequest,
    body,
    identity,
  }: { readonly pullRequest: number; readonly body: string; readonly identity: Identity },
): Promise<Listed> {
  const { place } = link;
  const marker = firstLine(body);
  const find = async () =>
    (await list(octokit, link, pullRequest)).findLast((one) => isOurs(one, marker, identity));
  const made = await createOnce(async () => {
    const sent = { ...place, issue_number: pullRequest, body, ...NO_RETRIES };
    return (await octokit.rest.issues.createComment(sent)).data;
  }, find);
  const listed = await list(octokit, link, pullRequest);
  const isSameAuthor = ({ user }: Listed) => textOf(user?.login) === textOf(made.user?.login);
  const ours = listed.filter((one) => isOurs(one, marker, identity) && isSameAuthor(one));
  for (const { id } of ours.slice(0, -1)) await remove(octokit, link, id);
  return ours.at(-1) ?? made;
}

async function remove(octokit: Octokit, { place }: Link, id: number): Promise<void> {
  try {
    await octokit.rest.issues.deleteComment({ ...place, comment_id: id });
  } catch (error) {
    // The other run was quicker.
    if (readFailure(error)?.status !== 404) throw error;
  }
}

function toComment({ id, html_url: url, body }: Listed): Comment {
  return { id, url, body: body ?? '' };
}
