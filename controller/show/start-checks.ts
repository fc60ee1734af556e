/** Checks of pull requests that GITHUB_TOKEN opens: their workflows don't start, or wait for a person's approval. */
import type { GitHubRun } from '../core/github/run.ts';
import { toCode } from '../core/report/markdown.ts';
import type { GitHub, PullRequest } from '../ports/github.ts';

const DEFAULT_WORKFLOWS = ['plan.yml'];
/** Of the comment that says they were started, so that the run after one that died knows. */
const STARTED = '<!-- headgate:checks -->';

/**
 * Starts them on the pull request's own branch, so that their results stand at its newest commit, where
 * required checks are looked for. Once: the comment that says so is written after it.
 */
export async function startChecks(
  { comments, repository }: Pick<GitHub, 'comments' | 'repository'>,
  { number, head }: Pick<PullRequest, 'number' | 'head'>,
  { checkWorkflows = DEFAULT_WORKFLOWS }: Pick<GitHubRun, 'checkWorkflows'>,
): Promise<void> {
  if (await repository.startsWorkflows()) return;
  if ((await comments.find(number, STARTED)) !== undefined) return;
  for (const workflow of checkWorkflows) {
    await repository.dispatch(workflow, head, { 'pull-request': String(number) });
  }
  const names = checkWorkflows.map(toCode).join(', ');
  const text =
    `Headgate started ${names} for this branch: workflows don't start by themselves for pull requests that ` +
    'GITHUB_TOKEN opens. Runs that wait for approval need none. Closing and reopening this starts them again.';
  await comments.write(number, `${STARTED}\n${text}\n`);
}
