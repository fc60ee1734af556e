import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { HistoryEntry } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

const DEFAULT_LIMIT = 20;

export const history: Command = {
  name: 'history',
  summary: 'Every generation of an environment: who, when, from, to, why',
  help: `headgate history <app> <environment> [--limit <n>] [--policies <dir>] [--json]

  --limit <n>        the newest n (default: ${DEFAULT_LIMIT})
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             the entries as stored

Exit codes: 0 read, 2 the policy or the arguments are wrong.`,
  options: {
    limit: { type: 'string', default: String(DEFAULT_LIMIT) },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runHistory,
};

async function runHistory({ positionals, values }: Arguments, context: Context): Promise<ExitCode> {
  const limit = Number(values['limit']);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new UsageError(
      `--limit must be a whole number from 1 on, not ${values['limit']}.`,
      'For example: --limit 50',
    );
  }
  const { policies } = await loadPolicies(context.files, String(values['policies']));
  const { app, environment } = findSubject(policies, positionals, 'history');
  const entries = await context.records(app).readHistory(app.app, environment.name, limit);
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify(entries, undefined, 2)
      : entries.map(renderEntry).join('\n') || 'No history: never released.',
  );
  return EXIT.done;
}

function renderEntry(entry: HistoryEntry): string {
  const commit = entry.commit === undefined ? '' : ` at ${entry.commit.slice(0, 10)}`;
  return [
    `${entry.generation}  ${entry.at}  ${entry.event}  by ${entry.by}${commit}`,
    `    ${entry.from} -> ${entry.to}`,
    `    ${entry.why}`,
    ...entry.evidence.map((line) => `    evidence: ${line}`),
  ].join('\n');
}
