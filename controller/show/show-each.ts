import { ConflictError } from '../core/errors.ts';
import { explainError } from '../core/report/failure.ts';
import { UNSHOWN, withShown } from '../core/state/unshown.ts';
import type { Context } from '../ports/context.ts';
import { openReverts } from './open-reverts.ts';
import { showDeployments } from './show-deployments.ts';
import type { ShownEnvironment, ShownRun } from './shown.ts';

/** Nothing is begun after so long; what is under way then is bounded by the adapter, to about as much again. */
const BUDGET_MILLISECONDS = 60_000;

/** What fails so often one after the other, for the same reason, fails for all. */
const FAILURES_IN_A_ROW = 3;

/** One environment after the other, each with its own mark; what went wrong, one text per cause. */
export async function showEach(context: Context, shown: ShownRun): Promise<readonly string[]> {
  const end = context.clock.now().getTime() + BUDGET_MILLISECONDS;
  const problems = new Set<string>();
  const environments = shown.environments.toSorted((a, b) => rankOf(a) - rankOf(b));
  let failed = 0;
  for (const [index, environment] of environments.entries()) {
    if (failed >= FAILURES_IN_A_ROW || context.clock.now().getTime() >= end) {
      const left = environments.slice(index);
      return [...problems, explainLeft(left, failed >= FAILURES_IN_A_ROW)];
    }
    // In order: GitHub slows down who writes much at once.
    const found = await showOne(context, shown, environment);
    // A policy that nobody can edit is told by every run; the others must not wait until it is mended.
    if (found.length === 0) failed = 0;
    else failed = found.some((problem) => problems.has(problem)) ? failed + 1 : 1;
    for (const problem of found) problems.add(problem);
  }
  return [...problems];
}

/** Somebody waits for the revert of what was rolled back, and the first run with many may not get to all. */
function rankOf({ stored }: ShownEnvironment): number {
  return stored.record.phase === 'held' ? 0 : 1;
}

async function showOne(
  context: Context,
  shown: ShownRun,
  environment: ShownEnvironment,
): Promise<readonly string[]> {
  const one = { ...shown, environments: [environment] };
  const problems: string[] = [];
  // One that fails says nothing about the other.
  for (const show of [showDeployments, openReverts]) {
    try {
      await show(context, one);
    } catch (error) {
      problems.push(explainError(error));
    }
  }
  if (problems.length > 0) return problems;
  try {
    const moved = await markShown(context, environment);
    return moved === undefined ? [] : await showOne(context, shown, moved);
  } catch (error) {
    return [explainError(error)];
  }
}

/**
 * Takes the mark away, or leaves one on what waits: its deployment ends when the policy changes its mind,
 * which nothing else would tell. Returns the environment as it is now when a run that moved it meanwhile
 * has shown that already: ours may have come after it. One that still has the mark is left to that run,
 * and so is a record that a run is at work on.
 */
async function markShown(
  context: Context,
  { subject, stored, plan, start }: ShownEnvironment,
): Promise<ShownEnvironment | undefined> {
  const { record, revision } = stored;
  const waits = start?.kind === 'kept-back';
  // A run that knows the policy looks again: another start may be shown as waiting.
  if (start === undefined || record.intent !== undefined) return undefined;
  if (waits === (record.unshown === true)) return undefined;
  const records = context.records(subject.app);
  try {
    await records.write(waits ? { ...record, ...UNSHOWN } : withShown(record), revision);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
  const now = await records.read(record.app, record.environment);
  if (now === undefined || now.record.unshown === true) return undefined;
  return { subject, plan, stored: now };
}

function explainLeft(left: readonly ShownEnvironment[], isFailing: boolean): string {
  const names = left.map(({ stored: { record } }) => `${record.app}/${record.environment}`);
  const why = isFailing ? 'after these failures nothing else was asked' : 'a minute was over';
  return `${names.length} environment(s) are not shown yet, because ${why}: ${names.join(', ')}.\n  next: The next run shows them.`;
}
