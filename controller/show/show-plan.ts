/** A plan for reviewers at GitHub: the sticky comment of its pull request, and the check beside its commit. */
import { RefusedError } from '../core/errors.ts';
import { readReviewed } from '../core/github/reviewed-plan.ts';
import type { GitHubRun } from '../core/github/run.ts';
import {
  headlineOf,
  isNews,
  PLAN_MARKER,
  renderPlanReport,
  type PlanReport,
} from '../core/report/comment/comment.ts';
import type { About } from '../core/report/comment/footer.ts';
import { explainError } from '../core/report/failure.ts';
import type { Context } from '../ports/context.ts';
import type { Annotation } from '../core/report/comment/annotations.ts';
import type { Comment } from '../ports/github.ts';
import { findReviewed, type Reviewed } from './find-reviewed.ts';
import { tellProblem } from './tell-problem.ts';

/** What branch protection may require. */
const CHECK = 'headgate/plan';

export interface ShownPlan {
  readonly run: GitHubRun;
  readonly report: Omit<PlanReport, 'about'>;
  readonly annotations: readonly Annotation[];
  /** Whether the command ends well. */
  readonly isFine: boolean;
  /** As asked for; undefined: the run, or its branch, tells. */
  readonly pullRequest: number | undefined;
}

/** Where people find it: the comment, else the run. Never throws: one message for each thing that went wrong. */
export async function showPlan(context: Context, shown: ShownPlan): Promise<string | undefined> {
  const { run } = shown;
  const problems: string[] = [];
  const attempt = async <Result>(doing: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await doing();
    } catch (error) {
      problems.push(explainError(error));
      return undefined;
    }
  };
  const found = await attempt(() => findReviewed(context, run, shown.pullRequest));
  const target: Reviewed = found ?? {
    commit: run.sha,
    branch: undefined,
    base: undefined,
    number: undefined,
  };
  const about = aboutOf(run, target);
  const report = { ...shown.report, about };
  const { number } = target;
  const [comment] = await Promise.all([
    number === undefined
      ? undefined
      : attempt(() => writeComment(context, { report, run, target: { ...target, number } })),
    attempt(() => publishCheck(context, shown, report)),
  ]);
  for (const problem of new Set(problems))
    await tellProblem(context, run, problem + explainFork(run));
  return comment?.url ?? run.runUrl;
}

function aboutOf(run: GitHubRun, { commit, base }: Reviewed): About {
  return { commit, base, runUrl: run.runUrl, runId: run.runId };
}

interface Written {
  readonly report: PlanReport;
  readonly run: GitHubRun;
  readonly target: Reviewed & { readonly number: number };
}

async function writeComment(
  context: Context,
  { report, run, target }: Written,
): Promise<Comment | undefined> {
  const { comments } = context.github;
  const before = await comments.find(target.number, PLAN_MARKER);
  // A pull request that touches no policy wants no comment; the check says that there is nothing to do.
  if (before === undefined && !isNews(report)) return undefined;
  if (before !== undefined && (await isNewer(context, before, { run, target }))) {
    context.terminal.note('The comment shows the plan of a newer commit already, and stays.');
    return before;
  }
  return comments.write(target.number, renderPlanReport(report, 'comment'), before);
}

/** A slow run of an earlier push must not write over a later one. What a person edited into it proves nothing. */
async function isNewer(
  { github }: Context,
  { body }: Comment,
  { run, target }: Omit<Written, 'report'>,
): Promise<boolean> {
  const shown = readReviewed(body);
  if (shown?.run === undefined || run.runId === undefined) return false;
  if (shown.commit === target.commit || shown.run <= run.runId) return false;
  if (target.branch === undefined) return true;
  const requests = await github.pullRequests.ofBranch(target.branch);
  return requests.find(({ number }) => number === target.number)?.headSha !== target.commit;
}

async function publishCheck(
  { github }: Context,
  { run, annotations, isFine }: ShownPlan,
  report: PlanReport,
): Promise<void> {
  const commit = report.about?.commit ?? '';
  if (commit === '')
    throw new RefusedError(
      'This run is of no commit, so no check can be shown.',
      'Run it on a branch.',
    );
  await github.checks.publish({
    name: CHECK,
    commit,
    conclusion: isFine ? 'success' : 'failure',
    title: headlineOf(report),
    summary: renderPlanReport(report, 'check'),
    ...(run.runUrl !== undefined && { detailsUrl: run.runUrl }),
    annotations,
  });
}

function explainFork({ pullRequest }: GitHubRun): string {
  return pullRequest?.isFork === true
    ? '\n  GitHub gives pull requests from forks a token that only reads: the job summary has the whole plan.'
    : '';
}
