import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import { fromRoot, type GitHubRun } from '../core/github/run.ts';
import { gravestExit, type PlanSet } from '../core/plan/plan.ts';
import { addReviews } from '../core/plan/review.ts';
import { listLeftOut } from '../core/policy/places.ts';
import { listAnnotations } from '../core/report/comment/annotations.ts';
import { renderPlanReport, type PlanReport } from '../core/report/comment/comment.ts';
import type { About } from '../core/report/comment/footer.ts';
import { describeFailures, explainFailures, exitCodeOf } from '../core/report/failure.ts';
import { renderIssues } from '../core/report/issues.ts';
import { renderPlanSet } from '../core/report/plan-text.ts';
import type { Context } from '../ports/context.ts';
import { planAll } from '../read/plan-all.ts';
import type { Arguments, Command } from './command.ts';
import { copyLoaded } from './copy-loaded.ts';
import { loadPolicies, POLICIES_DIRECTORY, type LoadedPolicies } from './load-policies.ts';
import { readGitHubRun } from './require-github.ts';

const EXAMPLE = 'headgate plan --github --pull-request 12';

export const plan: Command = {
  name: 'plan',
  summary: 'Say what reconcile would do, and why; writes nothing',
  help: `headgate plan [--policies <dir>] [--out <file>] [--json]
              [--github [--pull-request <number>]]

Reads the policies and what is live, and prints for every environment what
would be written, in order. \`headgate reconcile --plan <file>\` later carries
out exactly this, or exits 4.

  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --out <file>       save the plan
  --json             the plan as JSON
  --github           in a workflow: keeps one comment in the pull request, and
                     shows the check headgate/plan with notes beside the lines
                     of the policies. When GitHub fails, that is a warning
  --pull-request <number>  for a run that is of a branch (workflow_dispatch):
                     which of its pull requests (default: the open one)

Exit codes: 0 planned, 2 the policy is wrong, 3 something is refused as unsafe.`,
  options: {
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
    github: { type: 'boolean', default: false },
    'pull-request': { type: 'string' },
  },
  run: runPlan,
};

async function runPlan({ values }: Arguments, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const run = await readGitHubRun(context, values);
  if (run === undefined && values['pull-request'] !== undefined) {
    throw new UsageError(
      '--pull-request says where the plan is shown: it needs --github.',
      EXAMPLE,
    );
  }
  const pullRequest = readNumber(values['pull-request'] ?? run?.inputs['pull-request']);
  const loaded = await loadPolicies(context.files, String(values['policies']));
  const report = await makeReport(context, loaded);
  const { set, failures } = report;
  const exitCode = gravestExit([
    ...(loaded.issues.length > 0 ? [EXIT.usage] : []),
    ...failures.map(({ error }) => exitCodeOf(error)),
    ...set.plans.flatMap(({ refusals }) => refusals.map((refusal) => refusal.exitCode)),
  ]);
  terminal.print(
    values['json'] === true ? renderJson(report) : renderPlanSet(set, failures.length),
  );
  await terminal.summary(
    renderPlanReport({ ...report, about: run && describeRun(run) }, 'summary'),
  );
  if (loaded.issues.length > 0) terminal.note(renderIssues(loaded.issues));
  for (const failure of explainFailures(failures)) terminal.note(failure);
  // Last: whatever GitHub does, the plan has been told.
  const link = run && (await show(context, { run, report, loaded, pullRequest, exitCode }));
  if (values['out'] !== undefined) await save(context, String(values['out']), { set, link });
  return exitCode;
}

type Report = Omit<PlanReport, 'about'>;

async function makeReport(context: Context, loaded: LoadedPolicies): Promise<Report> {
  const run = await context.surroundings.facts();
  const planned = await planAll(context, loaded.policies, {
    run,
    isComplete: loaded.issues.length === 0,
    leftOut: listLeftOut(loaded.places, loaded.policies),
    copies: await copyLoaded(context, loaded, run),
  });
  const set = addReviews(planned.set, planned.environments);
  return { set, issues: loaded.issues, failures: planned.failures };
}

interface Given {
  readonly run: GitHubRun;
  readonly report: Report;
  readonly loaded: LoadedPolicies;
  readonly pullRequest: number | undefined;
  readonly exitCode: ExitCode;
}

async function show(context: Context, given: Given): Promise<string | undefined> {
  const { run, report, loaded, pullRequest, exitCode } = given;
  // Without `--github` nothing of it is loaded.
  const { showPlan } = await import('../show/show-plan.ts');
  // GitHub knows files from the root of the repository.
  const annotations = listAnnotations({ ...report, about: undefined }, loaded).map((one) => ({
    ...one,
    path: fromRoot(run, one.path),
  }));
  return showPlan(context, {
    run,
    report,
    annotations,
    isFine: exitCode === EXIT.done,
    pullRequest,
  });
}

function describeRun({ pullRequest, sha, runUrl, runId }: GitHubRun): About {
  return { commit: pullRequest?.headSha ?? sha, base: pullRequest?.baseRef, runUrl, runId };
}

async function save(
  { files }: Context,
  file: string,
  { set, link }: { readonly set: PlanSet; readonly link: string | undefined },
): Promise<void> {
  const saved = link === undefined ? set : { ...set, link };
  await files.writeText(file, `${JSON.stringify(saved, undefined, 2)}\n`);
}

function readNumber(text: string | boolean | undefined): number | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const number = /^#?\d{1,9}$/.test(text) ? Number(text.replace('#', '')) : 0;
  if (number > 0) return number;
  throw new UsageError(`"${text}" is not the number of a pull request.`, EXAMPLE);
}

function renderJson({ set, issues, failures }: Report): string {
  return JSON.stringify({ ...set, issues, failures: describeFailures(failures) }, undefined, 2);
}
