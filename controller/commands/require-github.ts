import { UsageError } from '../core/errors.ts';
import { A_RUN, type GitHubRun } from '../core/github/run.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments } from './command.ts';

/** The run that `--github` shows things for; undefined without it: then nothing of GitHub is asked. */
export async function readGitHubRun(
  { surroundings }: Pick<Context, 'surroundings'>,
  values: Arguments['values'],
): Promise<GitHubRun | undefined> {
  if (values['github'] !== true) return undefined;
  const run = await surroundings.github();
  if (run !== undefined) return run;
  throw new UsageError(
    `--github needs ${A_RUN}.`,
    'Leave --github out, or run it in a step of a workflow with `env: { GITHUB_TOKEN: ${{ github.token }} }`.',
  );
}
