import type { Change } from '../core/plan/change.ts';
import { isCodeChange, type CodeChange } from '../core/plan/code-change.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Context } from '../ports/context.ts';
import { associate } from './associate.ts';
import { publishFunction } from './publish-function.ts';
import { associateVersion } from './associate-version.ts';
import { publishVersion } from './publish-version.ts';
import { confirmRelease, writeRelease } from './write-release.ts';
import { writeParameter } from './write-parameter.ts';
import { writeIntent, writeRecord, type RecordSession } from './write-record.ts';
import { writeGolden, writeRoute } from './write-route.ts';

/**
 * Carries out a plan, change by change. Each write is fenced by what the plan was made against:
 * ConflictError when the live state moved, and nothing after it is written. Stopping after any
 * single write is safe: the next run finishes it or voids it.
 */
export async function applyPlan(plan: Plan, context: Context): Promise<void> {
  await applyChanges(plan, plan.changes, { context, session: { revision: undefined } });
}

/** Some of the plan's changes. `session`: what those before them left behind. */
export async function applyChanges(
  plan: Plan,
  changes: readonly Change[],
  under: { readonly context: Context; readonly session: RecordSession },
): Promise<void> {
  for (const change of changes) {
    // One after the other: the order of the writes is the protocol.
    await applyChange(change, plan, under);
  }
}

async function applyChange(
  change: Change,
  plan: Plan,
  { context, session }: { context: Context; session: RecordSession },
): Promise<void> {
  if (isCodeChange(change)) return applyCodeChange(change, plan, context);
  switch (change.kind) {
    case 'write-settings':
      return context.builds(change.place).writeSettings(change.app, change.settings);
    case 'write-policy-copy':
      return context.policyCopies(change.place).write(change.copy, change.revision);
    case 'write-intent':
      return writeIntent(change, context, session);
    case 'write-route':
      return writeRoute(change, context, plan.direction === 'rollback');
    case 'write-release':
      return writeRelease(change, context, { session, isRollback: plan.direction === 'rollback' });
    case 'confirm-release':
      return confirmRelease(change, context);
    case 'write-parameter':
      return writeParameter(change, context);
    case 'write-record':
      return writeRecord(change, context, { session, isRollback: plan.direction === 'rollback' });
    case 'append-history':
      return context
        .records(change.place)
        .appendHistory(change.app, change.environment, change.entry);
  }
}

async function applyCodeChange(change: CodeChange, plan: Plan, context: Context): Promise<void> {
  switch (change.kind) {
    case 'write-golden':
      return writeGolden(change, context);
    case 'publish-function':
      return publishFunction(change, context, plan.direction !== 'rollback');
    case 'publish-version':
      return publishVersion(change, context, plan.direction !== 'rollback');
    case 'write-code-record':
      return context.codeRecords(change.place).write(change.record, change.revision);
    case 'associate':
      return associate(change, context);
    case 'associate-version':
      return associateVersion(change, context);
  }
}
