import type { WriteRelease, WriteRoute } from '../core/plan/change.ts';
import { ConflictError, EXIT } from '../core/errors.ts';
import { nameSubject, type Plan, type PlanSet } from '../core/plan/plan.ts';
import { explainError } from '../core/report/failure.ts';
import type { Outcome } from '../core/report/outcome.ts';
import { parseRoute } from '../core/state/route.ts';
import type { Context } from '../ports/context.ts';
import { applyChanges, applyPlan } from './apply.ts';
import type { Around } from './around.ts';

/** A rollback that meets a moving edge is made anew from what it finds, this many times. */
export const ROLLBACK_ATTEMPTS = 5;

/**
 * Someone else's write must not stop a rollback: it is planned again on top of what they wrote.
 * `written`: its route, if that is at the edge already.
 */
export async function applyRollback(
  first: Plan,
  around: Around,
  written?: WriteRoute,
): Promise<Outcome> {
  const { context } = around;
  let plan = first;
  for (let attempt = 1; ; attempt++) {
    try {
      const changes = plan.changes.filter((change) => change !== written);
      await applyChanges(plan, changes, { context, session: { revision: undefined } });
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
export async function concludeRollback(
  plan: Plan,
  { error, again }: { readonly error: unknown; readonly again: Plan | undefined },
  around: Around,
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

async function replan(plan: Plan, around: Around): Promise<Plan | undefined> {
  const { set } = await around.makePlans();
  return findPlan(set, plan);
}

/** The plan of the same subject. */
export function findPlan(set: Pick<PlanSet, 'plans'>, { subject }: Plan): Plan | undefined {
  const name = nameSubject(subject);
  return set.plans.find((candidate) => nameSubject(candidate.subject) === name);
}
