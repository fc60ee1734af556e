import { EXIT, type ExitCode } from '../core/errors.ts';
import { gravestExit, nameSubject } from '../core/plan/plan.ts';
import { explainFailure, exitCodeOf } from '../core/report/failure.ts';
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
  --json             the same as JSON

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
  const statuses = done.map(({ facts, plan }) => ({
    name: nameSubject(plan.subject),
    ...describeStatus(facts, plan),
  }));
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify(statuses, undefined, 2)
      : statuses.map(renderStatus).join('\n\n'),
  );
  if (loaded.issues.length > 0) context.terminal.note(renderIssues(loaded.issues));
  for (const failure of failures) context.terminal.note(explainFailure(failure));
  return gravestExit([
    ...(loaded.issues.length > 0 ? [EXIT.usage] : []),
    ...failures.map(({ error }) => exitCodeOf(error)),
  ]);
}
