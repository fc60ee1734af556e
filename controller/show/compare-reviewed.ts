import { comparePlans } from '../core/github/compare-plans.ts';
import { readReviewed } from '../core/github/reviewed-plan.ts';
import { APPLIED_MARKER, renderApplied } from '../core/report/comment/applied.ts';
import { PLAN_MARKER } from '../core/report/comment/comment.ts';
import type { Context } from '../ports/context.ts';
import type { PullRequest } from '../ports/github.ts';
import type { ShownRun } from './shown.ts';

/**
 * After a merge: tells its pull request where this run did something else than the plan that was reviewed.
 * Nothing is decided by that comment, which people may have edited: a damaged one is passed over.
 */
export async function compareReviewed(context: Context, shown: ShownRun): Promise<void> {
  const { run } = shown;
  if (run.eventName !== 'push' || run.sha === '') return;
  const found = await context.github.pullRequests.ofCommit(run.sha);
  for (const pullRequest of found.filter(({ isMerged }) => isMerged)) {
    await compareOne(context, shown, pullRequest);
  }
}

async function compareOne(
  { github }: Context,
  { run, plans, outcomes }: ShownRun,
  { number, headSha }: PullRequest,
): Promise<void> {
  const comment = await github.comments.find(number, PLAN_MARKER);
  const reviewed = comment && readReviewed(comment.body);
  if (reviewed === undefined) return;
  const differences = comparePlans(reviewed, plans.plans, outcomes);
  if (differences.length === 0) return;
  const body = renderApplied({
    differences,
    reviewed,
    head: headSha,
    checksum: plans.checksum,
    runUrl: run.runUrl,
  });
  // One of an earlier attempt at this run is replaced.
  const before = await github.comments.find(number, APPLIED_MARKER);
  await github.comments.write(number, body, before);
}
