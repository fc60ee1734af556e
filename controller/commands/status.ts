import { EXIT, type ExitCode } from '../core/errors.ts';
import { gravestExit, nameSubject } from '../core/plan/plan.ts';
import { describeFailures, explainFailures, exitCodeOf } from '../core/report/failure.ts';
import { renderIssues } from '../core/report/issues.ts';
import { describeStatus, renderStatus } from '../core/report/status.ts';
import type { Context } from '../ports/context.ts';
import { planEnvironments } from '../read/plan-all.ts';
import type { Arguments, Command } from './command.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const status: Command = {
  name: 'status',
  summary: 'What is served, since when and why, and what comes next',
  help: `headgate status [--policies <dir>] [--json]

  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             {"environments": [...], "issues": [...], "failures": [...]}

Exit codes: 0 read, 2 the policy is wrong.`,
  options: {
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  run: runStatus,
};

async function runStatus({ values }: Arguments, context: Context): Promise<ExitCode> {
  const loaded = await loadPolicies(context.files, String(values['policies']));
  const run = await context.surroundings.facts();
  const { done, failures } = await planEnvironments(context, loaded.policies, run);
  const environments = done.map(({ facts, plan }) => ({
    name: nameSubject(plan.subject),
    ...describeStatus(facts, plan),
  }));
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify(
          { environments, issues: loaded.issues, failures: describeFailures(failures) },
          undefined,
          2,
        )
      : environments.map(renderStatus).join('\n\n'),
  );
  if (loaded.issues.length > 0) context.terminal.note(renderIssues(loaded.issues));
  for (const failure of explainFailures(failures)) context.terminal.note(failure);
  return gravestExit([
    ...(loaded.issues.length > 0 ? [EXIT.usage] : []),
    ...failures.map(({ error }) => exitCodeOf(error)),
  ]);
}
