import { EXIT, type ExitCode } from '../core/errors.ts';
import { gravestExit } from '../core/plan/plan.ts';
import { listLeftOut } from '../core/policy/places.ts';
import { renderIssues } from '../core/report/issues.ts';
import { renderProblemsMarkdown } from '../core/report/markdown.ts';
import { renderPlanMarkdown } from '../core/report/plan-markdown.ts';
import { renderPlanSet } from '../core/report/plan-text.ts';
import type { Context } from '../ports/context.ts';
import { planAll, type Planned } from '../read/plan-all.ts';
import type { Arguments, Command } from './command.ts';
import { copyLoaded } from './copy-loaded.ts';
import { describeFailures, explainFailures, exitCodeOf } from '../core/report/failure.ts';
import { loadPolicies, POLICIES_DIRECTORY, type LoadedPolicies } from './load-policies.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'Say what reconcile would do, and why; writes nothing',
  help: `headgate plan [--policies <dir>] [--out <file>] [--json]

Reads the policies and what is live, and prints for every environment what
would be written, in order. \`headgate reconcile --plan <file>\` later carries
out exactly this, or exits 4.

  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --out <file>       save the plan
  --json             the plan as JSON

Exit codes: 0 planned, 2 the policy is wrong, 3 something is refused as unsafe.`,
  options: {
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  run: runPlan,
};

async function runPlan({ values }: Arguments, context: Context): Promise<ExitCode> {
  const loaded = await loadPolicies(context.files, String(values['policies']));
  const run = await context.surroundings.facts();
  const planned = await planAll(context, loaded.policies, {
    run,
    isComplete: loaded.issues.length === 0,
    leftOut: listLeftOut(loaded.places, loaded.policies),
    copies: await copyLoaded(context, loaded, run),
  });
  const { terminal } = context;
  if (values['out'] !== undefined) {
    await context.files.writeText(
      String(values['out']),
      `${JSON.stringify(planned.set, undefined, 2)}\n`,
    );
  }
  if (values['json'] === true) terminal.print(renderJson(loaded, planned));
  else terminal.print(renderPlanSet(planned.set, planned.failures.length));
  const problems = { issues: loaded.issues, failures: planned.failures };
  await terminal.summary(renderPlanMarkdown(planned.set) + renderProblemsMarkdown(problems));
  if (loaded.issues.length > 0) terminal.note(renderIssues(loaded.issues));
  for (const failure of explainFailures(planned.failures)) terminal.note(failure);
  return gravestExit([
    ...(loaded.issues.length > 0 ? [EXIT.usage] : []),
    ...planned.failures.map(({ error }) => exitCodeOf(error)),
    ...planned.set.plans.flatMap(({ refusals }) => refusals.map(({ exitCode }) => exitCode)),
  ]);
}

function renderJson(loaded: LoadedPolicies, planned: Planned): string {
  const failures = describeFailures(planned.failures);
  return JSON.stringify({ ...planned.set, issues: loaded.issues, failures }, undefined, 2);
}
