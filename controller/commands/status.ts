import { EXIT, type ExitCode } from '../core/errors.ts';
import { nameSubject, gravestExit, type Plan } from '../core/plan/plan.ts';
import { planEnvironment, type EnvironmentFacts } from '../core/plan/environment.ts';
import { explainFailure, exitCodeOf } from '../core/report/failure.ts';
import { renderIssues } from '../core/report/issues.ts';
import { describeStatus, renderStatus } from '../core/report/status.ts';
import type { Context } from '../ports/context.ts';
import { readEnvironment } from '../read/environment.ts';
import { subjectsOf } from '../core/policy/subjects.ts';
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
  const read: { facts: EnvironmentFacts; plan: Plan }[] = [];
  const codes: ExitCode[] = loaded.issues.length > 0 ? [EXIT.usage] : [];
  for (const subject of subjectsOf(loaded.policies)) {
    const name = { app: subject.app.app, environment: subject.environment.name } as const;
    try {
      // One environment after the other keeps the load on SSM and S3 low.
      // oxlint-disable-next-line no-await-in-loop -- see above
      const facts = await readEnvironment(context, subject, run);
      read.push({ facts, plan: planEnvironment(facts) });
    } catch (error) {
      context.terminal.note(explainFailure({ subject: { kind: 'environment', ...name }, error }));
      codes.push(exitCodeOf(error));
    }
  }
  const statuses = read.map(({ facts, plan }) => ({
    name: nameSubject(plan.subject),
    ...describeStatus(facts, plan),
  }));
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify(statuses, undefined, 2)
      : statuses.map(renderStatus).join('\n\n'),
  );
  if (loaded.issues.length > 0) context.terminal.note(renderIssues(loaded.issues));
  return gravestExit(codes);
}
