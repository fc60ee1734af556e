import { ConflictError, UsageError } from '../../core/errors.ts';
import type { Repository } from '../../ports/github.ts';
import type { Octokit } from './client.ts';
import { NO_RETRIES } from './create-once.ts';
import { readFailure } from './failure.ts';
import type { Link } from './link.ts';
import type { Doing } from './translate-error.ts';

type File = NonNullable<Awaited<ReturnType<Repository['readFile']>>>;
type Change = Parameters<Repository['commitFile']>[0];

export function createRepository(link: Link): Repository {
  const { place } = link;
  return {
    defaultBranch: () =>
      link.ask({ what: 'the repository', permission: 'metadata: read' }, async (octokit) => {
        return (await octokit.rest.repos.get(place)).data.default_branch;
      }),
    head: (branch) =>
      link.ask(reading(`branch ${branch}`), (octokit) => headOf(octokit, link, branch)),
    readFile: (path, ref) =>
      link.ask(reading(path), (octokit) => readFile(octokit, link, { path, ref })),
    listFiles: (directory, ref) =>
      link.ask(reading(directory), async (octokit) => {
        const found = await read(octokit, link, { path: directory, ref });
        const entries = Array.isArray(found) ? found : [];
        return entries.flatMap(({ type, name }) => (type === 'file' ? [name] : []));
      }),
    commitFile: (change) =>
      link.ask({ what: `branch ${change.branch}`, permission: 'contents: write' }, (octokit) =>
        commitFile(octokit, link, change),
      ),
    dispatch: (workflow, branch, inputs) =>
      link.ask({ what: `workflow ${workflow}`, permission: 'actions: write' }, async (octokit) => {
        await octokit.rest.actions.createWorkflowDispatch({
          ...place,
          workflow_id: workflow,
          ref: branch,
          inputs: { ...inputs },
          ...NO_RETRIES,
        });
      }),
    startsWorkflows: async () => {
      const identity = await link.identify();
      return identity.kind === 'person' || identity.startsWorkflows;
    },
  };
}

function reading(what: string): Doing {
  return { what, permission: 'contents: read' };
}

async function headOf(
  octokit: Octokit,
  { place }: Link,
  branch: string,
): Promise<string | undefined> {
  const asked = octokit.rest.git.getRef({ ...place, ref: `heads/${branch}` });
  return (await unlessMissing(asked))?.object.sha;
}

interface At {
  readonly path: string;
  readonly ref: string;
}

async function read(octokit: Octokit, { place }: Link, { path, ref }: At) {
  return unlessMissing(octokit.rest.repos.getContent({ ...place, path, ref }));
}

async function readFile(octokit: Octokit, link: Link, at: At): Promise<File | undefined> {
  const found = await read(octokit, link, at);
  if (found === undefined || Array.isArray(found) || found.type !== 'file') return undefined;
  return { text: decode(found, at.path), sha: found.sha };
}

/** Nothing may be lost on the way there and back, so bytes that are no UTF-8 are refused, and a BOM stays. */
function decode({ content, encoding }: { content: string; encoding: string }, path: string) {
  // Of more than 1 MB GitHub sends no content here (documented).
  if (encoding !== 'base64') throw unreadable(path, 'is larger than 1 MB');
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return decoder.decode(Buffer.from(content, 'base64'));
  } catch {
    throw unreadable(path, 'is not UTF-8');
  }
}

function unreadable(path: string, why: string): UsageError {
  return new UsageError(`${path} ${why}, so it can't be edited here.`, 'Edit it by hand.');
}

async function unlessMissing<T>(asked: Promise<{ readonly data: T }>): Promise<T | undefined> {
  try {
    return (await asked).data;
  } catch (error) {
    if (readFailure(error)?.status === 404) return undefined;
    throw error;
  }
}

/**
 * By the contents API and without naming an author, so that GitHub signs an App's commit (documented). A
 * run that died between branch and commit is finished by the next.
 */
async function commitFile(octokit: Octokit, link: Link, change: Change): Promise<void> {
  const { place } = link;
  const { branch, from, path, text, sha, message } = change;
  const isNew = await createBranch(octokit, link, { branch, from });
  const present = isNew ? undefined : await readFile(octokit, link, { path, ref: branch });
  if (present?.text === text) return;
  if (!isNew && present?.sha !== sha) throw otherText(change);
  const content = Buffer.from(text).toString('base64');
  try {
    const put = { ...place, path, message, content, sha, branch };
    await octokit.rest.repos.createOrUpdateFileContents(put);
  } catch (error) {
    // Somebody was there in between: perhaps another run of ours, perhaps this one, and the answer got lost.
    if (![409, 422].includes(readFailure(error)?.status ?? 0)) throw error;
    const now = await readFile(octokit, link, { path, ref: branch });
    if (now?.text === text) return;
    if (now !== undefined && now.sha !== sha) throw otherText(change);
    throw error;
  }
}

function otherText({ branch, path }: Change): ConflictError {
  return new ConflictError(
    `${path} on branch ${branch} was changed by somebody else.`,
    `It is left as it is. Delete the branch ${branch} to have it made anew.`,
  );
}

/** false: it is there already. */
async function createBranch(
  octokit: Octokit,
  { place }: Link,
  { branch, from }: { readonly branch: string; readonly from: string },
): Promise<boolean> {
  try {
    await octokit.rest.git.createRef({ ...place, ref: `refs/heads/${branch}`, sha: from });
    return true;
  } catch (error) {
    if (!/reference already exists/i.test(readFailure(error)?.message ?? '')) throw error;
    return false;
  }
}
