import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import { describeHistory, renderHistory } from '../core/report/history.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { findRecordPlace } from './find-record-place.ts';
import { POLICIES_DIRECTORY } from './load-policies.ts';

const DEFAULT_LIMIT = 20;

export const history: Command = {
  name: 'history',
  summary: 'Every generation of an environment: who, when, from, to, why',
  help: `headgate history <app> <environment> [--limit <n>] [--json]
                [--policies <dir> | --bucket <bucket> --region <region>]

Newest first: every release, step, rollback, hold and pause, with its evidence,
how long it lasted, and how long the rollout took that it ended. Works while the
policy has an issue: of that, app, bucket and region are enough.

  --limit <n>        the newest n (default: ${DEFAULT_LIMIT})
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --bucket, --region where the history is, when no policy says so
  --json             the entries as stored, and how many seconds each lasted

Exit codes: 0 read, 2 the policy or the arguments are wrong.`,
  options: {
    limit: { type: 'string', default: String(DEFAULT_LIMIT) },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    bucket: { type: 'string' },
    region: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runHistory,
};

async function runHistory(args: Arguments, context: Context): Promise<ExitCode> {
  const { values } = args;
  const limit = Number(values['limit']);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new UsageError(
      `--limit must be a whole number from 1 on, not ${values['limit']}.`,
      'For example: --limit 50',
    );
  }
  const { app, environment, ...place } = await findRecordPlace(args, context, 'history');
  const entries = await context.records(place).readHistory(app, environment, limit);
  const lines = describeHistory(entries, context.clock.now());
  context.terminal.print(
    values['json'] === true ? JSON.stringify(lines, undefined, 2) : renderHistory(lines),
  );
  return EXIT.done;
}
