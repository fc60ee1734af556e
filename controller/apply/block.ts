import { EXIT, type ExitCode } from '../core/errors.ts';
import type { Plan, Subject } from '../core/plan/plan.ts';
import { exitCodeOf } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { Around } from './around.ts';

const NOT_BEGUN = 'not begun, because this run was asked to end; the next reconcile does it';

export type Block = Pick<Outcome, 'exitCode'> & { readonly problem: string };

/** Why a plan is not begun; undefined: it may go. */
export function findBlock(
  plan: Plan,
  before: readonly Outcome[],
  around: Around,
): Block | undefined {
  const { direction, changes } = plan;
  const isEnding = around.signal?.aborted === true && direction !== 'rollback';
  if (isEnding && changes.length > 0) return { exitCode: EXIT.done, problem: NOT_BEGUN };
  return direction === 'forward' ? findReliance(plan, before, around) : undefined;
}

/** What it relies on could not be planned or carried out. */
function findReliance(
  { group, subject: own }: Plan,
  before: readonly Outcome[],
  around: Around,
): Block | undefined {
  const ofGroup = findFailed(
    (subject) => subject.kind === 'group' && subject.group === group,
    before,
    around,
  );
  if (ofGroup !== undefined) {
    const problem = `waits for edge group ${group}, whose edge code could not be published`;
    return { exitCode: ofGroup, problem };
  }
  // A fast lane that goes on with the former policy would take the move back.
  const ofApp = findFailed(
    (subject) => own.kind === 'environment' && subject.kind === 'app' && subject.app === own.app,
    before,
    around,
  );
  if (ofApp === undefined) return undefined;
  const problem = 'waits for the settings and policies of its app, which could not be stored';
  return { exitCode: ofApp, problem };
}

function findFailed(
  isAsked: (subject: Subject) => boolean,
  before: readonly Outcome[],
  { failures = [] }: Around,
): ExitCode | undefined {
  const failed = before.find(({ status, plan }) => status === 'failed' && isAsked(plan.subject));
  const unplanned = failures.find(({ subject }) => isAsked(subject));
  return failed?.exitCode ?? (unplanned && exitCodeOf(unplanned.error));
}
