/** The policy file of an app as it is on GitHub now: the checkout of this run may be older. */
import { UsageError } from '../core/errors.ts';
import { readAppName } from '../core/github/edit-build.ts';
import type { GitHubRun } from '../core/github/run.ts';
import { EDGE_FILE } from '../core/policy/read-policies.ts';
import type { Repository } from '../ports/github.ts';

export interface Base {
  readonly branch: string;
  readonly commit: string;
}

/**
 * Where a pull request goes: to the branch that is reconciled. That is the branch of a push or a schedule,
 * unless it has been renamed since; anybody else asks, because a person may start a run on any branch.
 */
export async function findBase(
  repository: Pick<Repository, 'defaultBranch' | 'head'>,
  { eventName, ref }: Pick<GitHubRun, 'eventName' | 'ref'>,
): Promise<Base> {
  const isReconciled = eventName === 'push' || eventName === 'schedule';
  const own = isReconciled ? /^refs\/heads\/(.+)$/.exec(ref)?.[1] : undefined;
  const commit = own === undefined ? undefined : await repository.head(own);
  if (own !== undefined && commit !== undefined) return { branch: own, commit };
  const branch = await repository.defaultBranch();
  const head = await repository.head(branch);
  if (head !== undefined) return { branch, commit: head };
  throw new UsageError(
    `The default branch ${branch} has no commit, so no pull request can be made for it.`,
    'Look at the default branch in the settings of the repository.',
  );
}

export interface FoundPolicy {
  readonly path: string;
  readonly text: string;
  /** Of the file as git has it. */
  readonly sha: string;
}

export interface Searched {
  readonly app: string;
  /** From the root of the repository. */
  readonly directory: string;
  /** A commit or a branch. */
  readonly ref: string;
  /** Where it was when somebody last looked; it may have been renamed. */
  readonly expected: string | undefined;
}

/** undefined: no file of the directory names the app. One that nobody can read counts by its own name. */
export async function findPolicy(
  repository: Pick<Repository, 'readFile' | 'listFiles'>,
  { app, directory, ref, expected = `${app}.yaml` }: Searched,
): Promise<FoundPolicy | undefined> {
  const folder = directory.replace(/^(\.?\/+|\.$)+/, '').replace(/\/+$/, '');
  const read = async (name: string): Promise<FoundPolicy | undefined> => {
    const path = folder === '' ? name : `${folder}/${name}`;
    const file = await repository.readFile(path, ref);
    return file && { path, ...file };
  };
  const first = await read(expected);
  if (first !== undefined && readAppName(first.text) === app) return first;
  const names = await repository.listFiles(folder, ref);
  const others = names.filter(
    (name) => name.endsWith('.yaml') && name !== EDGE_FILE && name !== expected,
  );
  for (const name of others) {
    // One after the other: mostly there is nothing to look for.
    const file = await read(name);
    if (file !== undefined && readAppName(file.text) === app) return file;
  }
  return first !== undefined && readAppName(first.text) === undefined ? first : undefined;
}
