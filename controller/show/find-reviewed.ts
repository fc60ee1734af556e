import { RefusedError } from '../core/errors.ts';
import type { GitHubRun } from '../core/github/run.ts';
import type { Context } from '../ports/context.ts';

/** What a plan is shown beside. */
export interface Reviewed {
  /** undefined: there is no pull request. */
  readonly number: number | undefined;
  /** Its head when the run began; else what the run is of. */
  readonly commit: string;
  /** The branch that is to be merged, if it is in this repository. */
  readonly branch: string | undefined;
  readonly base: string | undefined;
}

/**
 * The pull request of a run: the event's; else the one that somebody named, or that is open, of the branch
 * which the run is on. A run by hand or by dispatch has none in its event.
 */
export async function findReviewed(
  { github }: Pick<Context, 'github'>,
  run: GitHubRun,
  given: number | undefined,
): Promise<Reviewed> {
  const { pullRequest: event, sha, ref } = run;
  if (event !== undefined && (given === undefined || given === event.number)) {
    const branch = event.isFork ? undefined : event.headRef;
    return { number: event.number, commit: event.headSha, branch, base: event.baseRef };
  }
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const isAsked = given !== undefined || run.eventName === 'workflow_dispatch';
  const none = { number: undefined, commit: sha, branch, base: undefined };
  if (!isAsked || branch === undefined) return given === undefined ? none : refuse(given, ref);
  const requests = await github.pullRequests.ofBranch(branch);
  const found = requests.find(({ number, state }) =>
    given === undefined ? state === 'open' : number === given,
  );
  if (found === undefined) return given === undefined ? none : refuse(given, ref);
  // The commit that was planned: the branch may have moved on since.
  return { number: found.number, commit: sha, branch, base: found.base };
}

/** What is checked out is another branch's: its plan beside that pull request would be a lie. */
function refuse(number: number, ref: string): never {
  throw new RefusedError(
    `Pull request ${number} is not of ${ref}, which this run is on.`,
    'Run the workflow on the branch of the pull request: gh workflow run plan.yml --ref <branch> -f pull-request=<number>',
  );
}
