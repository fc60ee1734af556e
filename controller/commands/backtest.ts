import type { AlarmRecord } from '../core/backtest/alarm-record.ts';
import { readAlarmRecord, readHistory } from '../core/backtest/recorded.ts';
import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import { gravestExit, type Subject } from '../core/plan/plan.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import { ASSUMPTIONS, renderBacktest, renderBacktestMarkdown } from '../core/report/backtest.ts';
import { describeFailures, exitCodeOf, explainFailures } from '../core/report/failure.ts';
import { renderIssues } from '../core/report/issues.ts';
import type { Context } from '../ports/context.ts';
import { attemptEach } from '../read/attempt-each.ts';
import { backtestOne, type BacktestGiven } from '../read/backtest.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';
import { readDuration } from './read-duration.ts';

const SINCE = '30d';

export const backtest: Command = {
  name: 'backtest',
  summary: 'What these policies would have done with past rollouts',
  help: `headgate backtest [<app> <environment>] [--since <duration>]
                  [--alarms <file>] [--history <file>]
                  [--policies <dir>] [--json]

Replays past rollouts with the policies as they are now: the builds and times of
the history, the changes of the policies' alarms that CloudWatch remembers, with
\`guard.beacon\` what the edge logged of visitors, and the code that decides in
reconcile. Says when each would have advanced, waited or rolled back, and why,
beside what was done, and what it assumes. Writes nothing.

  headgate backtest shop prod --since 14d

  --since <duration>  rollouts that began so long ago at most (default: ${SINCE})
  --alarms <file>    alarms' changes from a file, instead of from CloudWatch:
                     what \`headgate backtest --json\` printed, or its "recorded"
  --history <file>   the history from a file: what \`headgate history --json\`
                     printed; needs an app and an environment
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             {"environments": [...], "recorded": {...}, ...}

Exit codes: 0 replayed, whatever came out, 2 the policy or the arguments are
wrong, or something could not be read.`,
  options: {
    since: { type: 'string', default: SINCE },
    alarms: { type: 'string' },
    history: { type: 'string' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runBacktest,
};

async function runBacktest(args: Arguments, context: Context): Promise<ExitCode> {
  const { positionals, values } = args;
  const loaded = await loadPolicies(context.files, String(values['policies']));
  const subjects =
    positionals.length === 0
      ? subjectsOf(loaded.policies)
      : [findSubject(loaded.policies, positionals, 'backtest')];
  const given = await readGiven(args, context);
  const { done, failures } = await attemptEach(subjects, nameOf, (subject) =>
    backtestOne(context, subject, given),
  );
  const reports = done.map(({ report }) => report);
  const { issues } = loaded;
  const result = {
    environments: reports,
    assumptions: ASSUMPTIONS,
    recorded: joinRecords(done.map(({ recorded }) => recorded)),
    issues,
    failures: describeFailures(failures),
  };
  const { terminal } = context;
  terminal.print(
    values['json'] === true ? JSON.stringify(result, undefined, 2) : renderBacktest(reports),
  );
  await terminal.summary(renderBacktestMarkdown(reports));
  if (issues.length > 0) terminal.note(renderIssues(issues));
  for (const failure of explainFailures(failures)) terminal.note(failure);
  return gravestExit([
    ...(issues.length > 0 ? [EXIT.usage] : []),
    ...failures.map(({ error }) => exitCodeOf(error)),
  ]);
}

function nameOf({ app, environment }: EnvironmentSubject): Subject {
  return { kind: 'environment', app: app.app, environment: environment.name };
}

async function readGiven(
  { positionals, values }: Arguments,
  context: Context,
): Promise<BacktestGiven> {
  const now = context.clock.now();
  const sinceSeconds = readDuration('since', values['since']) ?? 0;
  const since = new Date(now.getTime() - sinceSeconds * 1000);
  const alarms = await readFileOf(context, values['alarms'], readAlarmRecord);
  const history = await readFileOf(context, values['history'], readHistory);
  if (history === undefined || positionals.length > 0) return { now, since, alarms, history };
  throw new UsageError(
    '--history is the history of one environment.',
    'Say which: headgate backtest shop prod --history history.json',
  );
}

type Reader<Value> = (text: string) => { readonly value: Value } | { readonly problem: string };

async function readFileOf<Value>(
  { files }: Pick<Context, 'files'>,
  file: Arguments['values'][string],
  read: Reader<Value>,
): Promise<Value | undefined> {
  if (typeof file !== 'string') return undefined;
  const next = 'headgate backtest --help says what may be in it.';
  const text = await files.readText(file);
  if (text === undefined) throw new UsageError(`There is no file ${file}.`, next);
  const found = read(text);
  if ('value' in found) return found.value;
  throw new UsageError(`${file} can't be used: ${found.problem}.`, next);
}

/** Environments may share alarms. */
function joinRecords(records: readonly AlarmRecord[]): AlarmRecord {
  return {
    transitions: listOnce(records.flatMap(({ transitions }) => transitions)),
    states: listOnce(records.flatMap(({ states }) => states)),
  };
}

function listOnce<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
