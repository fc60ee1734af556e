import { ConflictError, EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import { gravestExit, type PlanSet } from '../core/plan/plan.ts';
import { listLeftOut } from '../core/policy/places.ts';
import { renderIssues } from '../core/report/issues.ts';
import { renderProblemsMarkdown } from '../core/report/markdown.ts';
import { renderOutcomes, renderOutcomesMarkdown } from '../core/report/outcome.ts';
import { applyAll } from '../apply/apply-all.ts';
import type { Context } from '../ports/context.ts';
import { planAll, type Planned } from '../read/plan-all.ts';
import type { Arguments, Command } from './command.ts';
import { describeFailures, explainFailures, exitCodeOf } from '../core/report/failure.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const reconcile: Command = {
  name: 'reconcile',
  summary: 'Make what is live follow the policies; one step per run',
  help: `headgate reconcile [--policies <dir>] [--plan <file>] [--json]

Reads the policies, the records, what is live, the alarms and the clock, and
carries out the one next plan of every environment: a release, the next step of
a rollout, a rollback, a repair, or nothing. Run it on every merge and on a
schedule; running it twice does no harm.

  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --plan <file>      carry out exactly this reviewed plan; exit 4 when it no
                     longer holds
  --json             the outcome as JSON

Exit codes: 0 done (also when held or waiting), 2 the policy is wrong,
3 something is refused as unsafe, 4 the live state moved meanwhile (run again),
5 rolled back. The gravest wins: 1, 2, 3, 4, 5, 0.`,
  options: {
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    plan: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  run: runReconcile,
};

async function runReconcile({ values }: Arguments, context: Context): Promise<ExitCode> {
  const loaded = await loadPolicies(context.files, String(values['policies']));
  const run = await context.surroundings.facts();
  const isComplete = loaded.issues.length === 0;
  const leftOut = listLeftOut(loaded.places, loaded.policies);
  const makePlans = (): Promise<Planned> =>
    planAll(context, loaded.policies, { run, isComplete, leftOut });
  const planned = await makePlans();
  if (values['plan'] !== undefined) {
    await requireReviewed(String(values['plan']), planned.set, context);
  }
  const outcomes = await applyAll(planned.set, {
    context,
    makePlans,
    failures: planned.failures,
  });
  const exitCode = gravestExit([
    ...(isComplete ? [] : [EXIT.usage]),
    ...planned.failures.map(({ error }) => exitCodeOf(error)),
    ...outcomes.map((outcome) => outcome.exitCode),
  ]);
  const { failures } = planned;
  const { terminal } = context;
  terminal.print(
    values['json'] === true
      ? renderJson({
          exitCode,
          outcomes,
          issues: loaded.issues,
          failures: describeFailures(failures),
        })
      : renderOutcomes(outcomes),
  );
  if (!isComplete) terminal.note(renderIssues(loaded.issues));
  for (const failure of explainFailures(failures)) terminal.note(failure);
  const problems = { issues: loaded.issues, failures };
  await terminal.summary(renderOutcomesMarkdown(outcomes) + renderProblemsMarkdown(problems));
  return exitCode;
}

function renderJson(result: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(result, undefined, 2);
}

/** A reviewed plan is carried out as it was seen, or not at all. */
async function requireReviewed(file: string, fresh: PlanSet, context: Context): Promise<void> {
  const reviewed = await readChecksum(file, context);
  if (reviewed === fresh.checksum) return;
  throw new ConflictError(
    `The plan in ${file} (checksum ${reviewed}) no longer holds: made now, it has checksum ${fresh.checksum}. Nothing was written.`,
    'Make and review a new plan: headgate plan --out <file>.',
  );
}

async function readChecksum(file: string, context: Context): Promise<string> {
  const next = 'Give the file that `headgate plan --out <file>` wrote.';
  const text = await context.files.readText(file);
  if (text === undefined) throw new UsageError(`There is no plan file ${file}.`, next);
  try {
    const value = JSON.parse(text) as Partial<PlanSet>;
    if (typeof value.checksum === 'string') return value.checksum;
  } catch (cause) {
    throw new UsageError(`${file} is not a plan: it is not JSON.`, next, { cause });
  }
  throw new UsageError(`${file} is not a plan: it has no checksum.`, next);
}
