import { UsageError } from '../core/errors.ts';
import type { GitHubRun } from '../core/github/run.ts';
import { explainError } from '../core/report/failure.ts';
import type { Context } from '../ports/context.ts';
import { tellProblem } from './tell-problem.ts';

/** Where the comment stands. */
export interface CommentPlace {
  readonly run: GitHubRun;
  readonly pullRequest: number;
  /** The commit that the run is for. */
  readonly commit: string;
}

/** The pull request that a run belongs to: its comments are the only ones that it may write. */
export function placeOfRun(run: GitHubRun): CommentPlace {
  const { pullRequest } = run;
  if (pullRequest !== undefined) {
    return { run, pullRequest: pullRequest.number, commit: pullRequest.headSha };
  }
  throw new UsageError(
    `This run is of ${run.eventName || 'no event'}, and the link goes into a comment of a pull request.`,
    'Run it on `pull_request`, as .github/workflows/preview.yml does, or leave --github out.',
  );
}

interface CommentText {
  readonly marker: string;
  /** Begins with the marker. */
  readonly body: string;
  /** Where there is none, there is nothing to correct. */
  readonly onlyUpdate?: boolean;
}

/** Writes it, or puts it in the place of the one that is there. What goes wrong is told, and decides nothing. */
export async function writeComment(
  context: Context,
  { run, pullRequest }: CommentPlace,
  { marker, body, onlyUpdate = false }: CommentText,
): Promise<void> {
  try {
    const { comments } = context.github;
    const present = await comments.find(pullRequest, marker);
    if (present === undefined && onlyUpdate) return;
    if (present?.body === body) return;
    await comments.write(pullRequest, body, present);
  } catch (error) {
    await tellProblem(
      context,
      run,
      `The preview's comment of pull request ${pullRequest}: ${explainError(error)}`,
    );
  }
}
