import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { Policies } from '../core/policy/policy.ts';
import { renderAnnotations, renderIssues } from '../core/report/issues.ts';
import type { Context } from '../ports/context.ts';
import { checkBefore } from '../read/check-before.ts';
import type { Arguments, Command } from './command.ts';
import { loadPolicies, POLICIES_DIRECTORY, type LoadedPolicies } from './load-policies.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'Check the policy files',
  help: `headgate validate [--policies <dir>] [--json | --annotations]

Reads ${POLICIES_DIRECTORY}/edge.yaml and every app file beside it and prints everything
that is wrong at once, each with its place and a valid example. Needs no
credentials.

  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             {"apps": 1, "environments": 2, "issues": [...]}
  --annotations      also as GitHub Actions annotations, at their lines in the
                     pull request

Exit codes: 0 all fine, 2 something is wrong.`,
  options: {
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
    annotations: { type: 'boolean', default: false },
  },
  run: runValidate,
};

async function runValidate({ values }: Arguments, context: Context): Promise<ExitCode> {
  const { json, annotations } = values;
  if (json && annotations) {
    throw new UsageError(
      '--json and --annotations exclude each other.',
      'Use --annotations in a workflow, --json in a script.',
    );
  }
  const directory = String(values['policies'] ?? POLICIES_DIRECTORY);
  const loaded = await loadChecked(context, directory);
  context.terminal.print(json ? renderJson(loaded) : renderText(loaded));
  if (annotations && loaded.issues.length > 0) {
    context.terminal.print(renderAnnotations(loaded.issues));
  }
  return loaded.issues.length > 0 ? EXIT.usage : EXIT.done;
}

async function loadChecked(context: Context, directory: string): Promise<LoadedPolicies> {
  const loaded = await loadPolicies(context.files, directory);
  const issues = await checkBefore(context, loaded.policies);
  return { ...loaded, issues: [...loaded.issues, ...issues] };
}

function renderText({ policies, issues }: LoadedPolicies): string {
  if (issues.length === 0) return `${renderCounts(policies)}: fine`;
  return `${renderIssues(issues)}\n${count(issues.length, 'issue')}; usable without what they refuse: ${renderCounts(policies)}`;
}

function renderJson({ policies, issues }: LoadedPolicies): string {
  const { apps, environments } = countPolicies(policies);
  return JSON.stringify({ apps, environments, issues }, undefined, 2);
}

function renderCounts(policies: Policies): string {
  const { apps, environments } = countPolicies(policies);
  return `${count(apps, 'app')}, ${count(environments, 'environment')}`;
}

function countPolicies({ apps }: Policies) {
  return { apps: apps.length, environments: apps.flatMap((app) => app.environments).length };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
