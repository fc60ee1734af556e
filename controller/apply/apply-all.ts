import { ConflictError, EXIT, type ExitCode } from '../core/errors.ts';
import {
  gravestExit,
  nameSubject,
  type Plan,
  type PlanSet,
  type Subject,
} from '../core/plan/plan.ts';
import { explainError, exitCodeOf, type Failure } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';
import { parseRoute } from '../core/state/route.ts';
import type { WriteRelease, WriteRoute } from '../core/plan/change.ts';
import type { Context } from '../ports/context.ts';
import { applyPlan } from './apply.ts';
import { tellAll } from './tell.ts';

/** A rollback that meets a moving edge is made anew from what it finds, this many times. */
const ROLLBACK_ATTEMPTS = 5;

interface Surroundings {
  readonly context: Context;
  /** Reads everything again. */
  readonly makePlans: () => Promise<{ readonly set: PlanSet }>;
  /** What could not be planned at all. */
  readonly failures?: readonly Failure[];
  /** Aborted: what is under way is finished, and nothing but rollbacks is begun any more. */
  readonly signal?: AbortSignal;
}

const NOT_BEGUN = 'not begun, because this run was asked to end; the next reconcile does it';

/** Carries out every plan in order; one that fails leaves the others going. */
export async function applyAll(set: PlanSet, around: Surroundings): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const plan of set.plans) {
    const { terminal } = around.context;
    if (plan.changes.length > 0) {
      terminal.progress(`${nameSubject(plan.subject)}: ${plan.changes.length} write(s)`);
    }
    // In order: rollbacks first, and no route before the edge code it may need.
    outcomes.push(await applyOne(plan, outcomes, around));
  }
  await tellAll(
    outcomes.flatMap(({ plan }) => plan.tell ?? []),
    around.context,
  );
  return outcomes;
}

async function applyOne(
  plan: Plan,
  before: readonly Outcome[],
  around: Surroundings,
): Promise<Outcome> {
  const isEnding = around.signal?.aborted === true && plan.direction !== 'rollback';
  if (isEnding && plan.changes.length > 0) {
    return { plan, status: 'skipped', exitCode: EXIT.done, problem: NOT_BEGUN };
  }
  const blocked = plan.direction === 'forward' ? findBlock(plan, before, around) : undefined;
  if (blocked !== undefined) return { plan, status: 'skipped', ...blocked };
  try {
    if (plan.direction === 'rollback') return await applyRollback(plan, around);
    await applyPlan(plan, around.context);
    return summarise(plan);
  } catch (error) {
    return { plan, status: 'failed', exitCode: exitCodeOf(error), problem: explainError(error) };
  }
}

function summarise(plan: Plan): Outcome {
  if (plan.refusals.length > 0) {
    const exitCode = gravestExit(plan.refusals.map((refusal) => refusal.exitCode));
    return { plan, status: 'refused', exitCode };
  }
  const status = plan.changes.length > 0 ? 'applied' : 'unchanged';
  return { plan, status, exitCode: EXIT.done };
}

/** Someone else's write must not stop a rollback: it is planned again on top of what they wrote. */
async function applyRollback(first: Plan, around: Surroundings): Promise<Outcome> {
  let plan = first;
  for (let attempt = 1; ; attempt++) {
    try {
      await applyPlan(plan, around.context);
      return { plan, status: 'applied', exitCode: EXIT.rolledBack };
    } catch (error) {
      const isMoved = error instanceof ConflictError && attempt < ROLLBACK_ATTEMPTS;
      const again = isMoved ? await replan(plan, around) : undefined;
      if (again?.direction !== 'rollback') return concludeRollback(plan, { error, again }, around);
      plan = again;
    }
  }
}

/** What the edge serves decides whether it rolled back: by us before `error`, or by someone else. */
async function concludeRollback(
  plan: Plan,
  { error, again }: { readonly error: unknown; readonly again: Plan | undefined },
  around: Surroundings,
): Promise<Outcome> {
  if (!(await isRolledBack(plan, around.context))) throw error;
  const outcome = { plan, status: 'applied', exitCode: EXIT.rolledBack } as const;
  if (again === undefined) return { ...outcome, problem: explainError(error) };
  // What is left to do is the record. A forward plan is another run's: it was never shown.
  if (again.direction === 'repair') await applyPlan(again, around.context);
  return outcome;
}

async function isRolledBack(plan: Plan, context: Context): Promise<boolean> {
  const change = plan.changes.find(
    ({ kind }) => kind === 'write-route' || kind === 'write-release',
  );
  if (change?.kind !== 'write-route' && change?.kind !== 'write-release') return false;
  try {
    const live = await readRoutes(change, context);
    return live.every((text) => (parseRoute(text)?.rollback?.gen ?? 0) > plan.base);
  } catch {
    // Unreadable: nothing may be claimed, and the caller throws the error that led here.
    return false;
  }
}

async function readRoutes(
  change: WriteRoute | WriteRelease,
  { routes, parameters }: Context,
): Promise<readonly (string | undefined)[]> {
  if (change.kind === 'write-release') {
    return [(await parameters(change.region).read([change.name])).get(change.name)?.value];
  }
  const { values } = await routes.read(change.store, change.hosts);
  return change.hosts.map((host) => values.get(host));
}

async function replan(plan: Plan, around: Surroundings): Promise<Plan | undefined> {
  const { set } = await around.makePlans();
  const name = nameSubject(plan.subject);
  return set.plans.find((candidate) => nameSubject(candidate.subject) === name);
}

type Block = Pick<Outcome, 'exitCode'> & { readonly problem: string };

/** What a plan relies on could not be planned or carried out. */
function findBlock(
  { group, subject: own }: Plan,
  before: readonly Outcome[],
  around: Surroundings,
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
  { failures = [] }: Surroundings,
): ExitCode | undefined {
  const failed = before.find(({ status, plan }) => status === 'failed' && isAsked(plan.subject));
  const unplanned = failures.find(({ subject }) => isAsked(subject));
  return failed?.exitCode ?? (unplanned && exitCodeOf(unplanned.error));
}
