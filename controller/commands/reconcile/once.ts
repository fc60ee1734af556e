import { applyAll } from '../../apply/apply-all.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { onlyCode } from '../../core/plan/only-code.ts';
import { gravestExit, type PlanSet } from '../../core/plan/plan.ts';
import { listLeftOut } from '../../core/policy/places.ts';
import { describeFailures, explainFailures, exitCodeOf } from '../../core/report/failure.ts';
import { renderIssues } from '../../core/report/issues.ts';
import { renderProblemsMarkdown } from '../../core/report/markdown.ts';
import { renderOutcomes, renderOutcomesMarkdown, type Outcome } from '../../core/report/outcome.ts';
import type { Context } from '../../ports/context.ts';
import { planAll, type Planned } from '../../read/plan-all.ts';
import { copyLoaded } from '../copy-loaded.ts';
import type { LoadedPolicies } from '../load-policies.ts';

/** What one run came to. */
export interface Reconciled extends Pick<Planned, 'failures'> {
  readonly exitCode: ExitCode;
  readonly outcomes: readonly Outcome[];
  readonly planned: Planned;
}

interface Options {
  /** Throws when this plan must not be carried out. */
  readonly review?: (set: PlanSet) => Promise<void>;
  /** Nothing new is begun once it is aborted. */
  readonly signal?: AbortSignal;
  readonly only?: Part | undefined;
}

/** What a role may do of it: change edge code, or all the rest. */
export type Part = 'code' | 'routes';

/** Plans everything and carries it out: one step of every environment. */
export async function reconcileOnce(
  context: Context,
  loaded: LoadedPolicies,
  { review, signal, only }: Options = {},
): Promise<Reconciled> {
  const run = await context.surroundings.facts();
  const isComplete = loaded.issues.length === 0;
  const leftOut = listLeftOut(loaded.places, loaded.policies);
  const copies = await copyLoaded(context, loaded, run);
  const leavesCode = only === 'routes';
  const options = { run, isComplete, leftOut, copies, isCarriedOut: true, leavesCode };
  const makePlans = async (): Promise<Planned> => {
    const all = await planAll(context, loaded.policies, options);
    return only === 'code' ? { ...all, set: onlyCode(all.set) } : all;
  };
  const planned = await makePlans();
  await review?.(planned.set);
  const { failures } = planned;
  const outcomes = await applyAll(planned.set, {
    context,
    makePlans,
    failures,
    ...(signal && { signal }),
  });
  const exitCode = gravestExit([
    ...(isComplete ? [] : [EXIT.usage]),
    ...failures.map(({ error }) => exitCodeOf(error)),
    ...outcomes.map((outcome) => outcome.exitCode),
  ]);
  return { exitCode, outcomes, failures, planned };
}

/** Tells a person what a run came to, and the job summary. */
export async function tellReconciled(
  { terminal }: Pick<Context, 'terminal'>,
  { outcomes, failures }: Reconciled,
  { issues }: Pick<LoadedPolicies, 'issues'>,
): Promise<void> {
  if (issues.length > 0) terminal.note(renderIssues(issues));
  for (const failure of explainFailures(failures)) terminal.note(failure);
  const problems = { issues, failures };
  await terminal.summary(renderOutcomesMarkdown(outcomes) + renderProblemsMarkdown(problems));
}

/** The result of a run for standard output: for people, or `isJson`. */
export function renderReconciled(
  { exitCode, outcomes, failures }: Reconciled,
  { issues }: Pick<LoadedPolicies, 'issues'>,
  isJson: boolean,
): string {
  if (!isJson) return renderOutcomes(outcomes);
  const result = { exitCode, outcomes, issues, failures: describeFailures(failures) };
  return JSON.stringify(result, undefined, 2);
}
