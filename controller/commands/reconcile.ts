import { ConflictError, UsageError, type ExitCode } from '../core/errors.ts';
import type { GitHubRun } from '../core/github/run.ts';
import type { PlanSet } from '../core/plan/plan.ts';
import { explainStale, readPlanFile } from '../core/report/stale-plan.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { loadPolicies, POLICIES_DIRECTORY, type LoadedPolicies } from './load-policies.ts';
import { readDuration } from './read-duration.ts';
import { readGitHubRun } from './require-github.ts';
import { reconcileOnce, renderReconciled, tellReconciled, type Part } from './reconcile/once.ts';
import { createShower, type Shower } from './reconcile/shower.ts';
import { createTeller, type Teller } from './reconcile/teller.ts';
import { watchRollouts } from './reconcile/watch.ts';

/** Seconds between two looks of a watch. */
const INTERVAL = '10s';

export const reconcile: Command = {
  name: 'reconcile',
  summary: 'Make what is live follow the policies; one step per run',
  help: `headgate reconcile [--policies <dir>] [--plan <file>] [--json] [--github]
                   [--watch [--interval <duration>] [--for <duration>]]
                   [--only code | --only routes]

Reads the policies, the records, what is live, the alarms and the clock, and
carries out the one next plan of every environment: a release, the next step of
a rollout, a rollback, a repair, or nothing. Run it on every merge and on a
schedule; running it twice does no harm.

  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --plan <file>      carry out exactly this reviewed plan; exit 4 when it no
                     longer holds
  --json             the outcome as JSON; with --watch a line of JSON for
                     everything that happens
  --github           in a workflow: shows deployments, opens revert pull
                     requests, says where another plan than the reviewed one was
                     carried out. When GitHub fails, that is a warning, and the
                     next run makes it good

Policies of an older commit than those in force move nothing forward (exit 4):
an old workflow that is run again must not bring them back.

With --watch it then stays while something rolls, takes each step when it is due
and rolls back seconds after an alarm. Run it beside other runs, never in their
place: it ends when another one moved the rollout or the policies moved, and on
SIGTERM or SIGINT (Ctrl-C) it finishes what it is writing and ends with 0.

  --watch            go on until nothing rolls any more
  --interval <duration>  between two looks, a request or two each (default: ${INTERVAL})
  --for <duration>   at most so long: the next run goes on

Edge code may be another role's (policies/roles.md). Then one job runs with
--only routes, and beside it one with --only code: what needs code that isn't
published yet waits, and the next run goes on. Only the first of the two steps,
guards and rolls back.

  --only routes      releases, steps, rollbacks, settings; no edge code
  --only code        edge code and what runs on behaviours; nothing else

Exit codes: 0 done (also when held or waiting), 2 the policy is wrong,
3 something is refused as unsafe, 4 the live state moved meanwhile (run again),
5 rolled back. The gravest wins: 1, 2, 3, 4, 5, 0. With --watch: of the last
run, and 5 when what it watched was rolled back, by whomever.`,
  options: {
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    plan: { type: 'string' },
    json: { type: 'boolean', default: false },
    github: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    interval: { type: 'string' },
    for: { type: 'string' },
    only: { type: 'string' },
  },
  run: runReconcile,
};

async function runReconcile({ values }: Arguments, context: Context): Promise<ExitCode> {
  const directory = String(values['policies']);
  const watching = readWatching(values);
  const only = readPart(values);
  const run = await readGitHubRun(context, values);
  const loaded = await loadPolicies(context.files, directory);
  if (watching !== undefined) {
    return runWatching(context, loaded, { values, run, only, ...watching });
  }
  const done = await reconcileOnce(context, loaded, { ...reviewing(values, context), only });
  context.terminal.print(renderReconciled(done, loaded, values['json'] === true));
  await tellReconciled(context, done, loaded);
  const shower = createShower(context, loaded, { run, directory });
  shower.show(done);
  await shower.ended();
  return done.exitCode;
}

type Values = Arguments['values'];

interface Watching {
  readonly intervalSeconds: number;
  readonly forSeconds: number | undefined;
}

/** undefined: this run is all there is. */
function readWatching(values: Values): Watching | undefined {
  const interval = readDuration('interval', values['interval']);
  const forSeconds = readDuration('for', values['for']);
  if (values['watch'] === true) {
    return { intervalSeconds: interval ?? readDuration('interval', INTERVAL) ?? 0, forSeconds };
  }
  if (interval === undefined && forSeconds === undefined) return undefined;
  throw new UsageError(
    '--interval and --for say how to watch.',
    'headgate reconcile --watch --for 25m',
  );
}

/** undefined: all of it. */
function readPart({ only, plan, watch, github }: Values): Part | undefined {
  if (only === undefined) return undefined;
  if (only !== 'code' && only !== 'routes') {
    throw new UsageError('--only takes code or routes.', 'headgate reconcile --only routes');
  }
  if (plan !== undefined) {
    throw new UsageError(
      'A reviewed plan is carried out whole: --plan and --only exclude each other.',
      'headgate reconcile --plan <file>',
    );
  }
  if (only === 'code' && watch === true) {
    throw new UsageError(
      '--watch follows rollouts, which --only code leaves alone.',
      'headgate reconcile --watch --only routes',
    );
  }
  if (only === 'code' && github === true) {
    throw new UsageError(
      'Edge code has nothing that --github would show.',
      'headgate reconcile --only code',
    );
  }
  return only;
}

interface Given extends Watching {
  readonly values: Values;
  readonly run: GitHubRun | undefined;
  readonly only: Part | undefined;
}

async function runWatching(
  context: Context,
  loaded: LoadedPolicies,
  given: Given,
): Promise<ExitCode> {
  const { values, run, only, ...times } = given;
  const directory = String(values['policies']);
  const shower = createShower(context, loaded, { run, directory });
  const listening = context.signals.listen();
  const { signal } = listening;
  try {
    const teller = showing(createTeller(context, loaded, values['json'] === true), shower);
    const reviewed = reviewing(values, context);
    const reconciled = await reconcileOnce(context, loaded, { ...reviewed, signal, only });
    await teller.ran(reconciled);
    const options = { ...times, signal, teller, directory, only };
    return await watchRollouts(context, { loaded, reconciled }, options);
  } finally {
    await shower.ended();
    listening.release();
  }
}

/** GitHub is shown what the terminal was told. */
function showing(teller: Teller, shower: Shower): Teller {
  return {
    ...teller,
    async ran(run) {
      await teller.ran(run);
      shower.show(run);
    },
  };
}

function reviewing(values: Values, context: Context) {
  const file = values['plan'];
  if (file === undefined) return {};
  return { review: (set: PlanSet) => requireReviewed(String(file), set, context) };
}

/** A reviewed plan is carried out as it was seen, or not at all. */
async function requireReviewed(file: string, fresh: PlanSet, context: Context): Promise<void> {
  const reviewed = await readReviewedFile(file, context);
  if (reviewed.checksum === fresh.checksum) return;
  const { link } = reviewed;
  const where = link === undefined ? '' : ` It was reviewed at ${link}.`;
  const differs = explainStale(reviewed.plans, fresh).map((line) => `\n  ${line}`);
  throw new ConflictError(
    `The plan in ${file} (checksum ${reviewed.checksum}) no longer holds: made now, it has checksum ${fresh.checksum}. Nothing was written.${where}${differs.join('')}`,
    'Make and review a new plan: headgate plan --out <file>.',
  );
}

async function readReviewedFile(file: string, context: Context) {
  const next = 'Give the file that `headgate plan --out <file>` wrote.';
  const text = await context.files.readText(file);
  if (text === undefined) throw new UsageError(`There is no plan file ${file}.`, next);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${file} is not a plan: it is not JSON.`, next, { cause });
  }
  const reviewed = readPlanFile(value);
  if (reviewed !== undefined) return reviewed;
  throw new UsageError(`${file} is not a plan: it has no checksum.`, next);
}
