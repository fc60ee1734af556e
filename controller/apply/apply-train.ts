/**
 * The plans of one train: all intents, then one KeyValueStore write with the routes of all, then each
 * member's rest. That write is the commit: an intent that the store doesn't show is void, and after it any
 * run finishes every member by its own record.
 */
import type { Change, WriteRoute } from '../core/plan/change.ts';
import { nameSubject, type Plan } from '../core/plan/plan.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import { applyChanges } from './apply.ts';
import type { Around } from './around.ts';
import { findBlock } from './block.ts';
import { concludeDone, concludeFailed } from './conclude.ts';
import { rollBackTrain } from './roll-back-train.ts';
import type { RecordSession } from './write-record.ts';
import { writeRoutes } from './write-route.ts';

interface Member {
  readonly plan: Plan;
  /** What comes before its route, and after it. */
  readonly before: readonly Change[];
  readonly route: WriteRoute;
  readonly after: readonly Change[];
  readonly session: RecordSession;
}

/** Those that drop out before the commit. One that must go together with all others keeps all of them back. */
interface Run {
  readonly context: Context;
  readonly members: readonly Member[];
  readonly isWhole: boolean;
  readonly dropped: Map<Plan, Outcome>;
}

/** Carries out the plans of one train, and says of each what became of it. */
export async function applyTrain(
  plans: readonly Plan[],
  before: readonly Outcome[],
  around: Around,
): Promise<readonly Outcome[]> {
  if (plans.some(({ direction }) => direction === 'rollback')) return rollBackTrain(plans, around);
  const { context } = around;
  const isWhole = plans.some(({ train }) => train?.together === true);
  const run: Run = { context, members: plans.flatMap(splitPlan), isWhole, dropped: new Map() };
  for (const plan of plans) {
    const block = findBlock(plan, before, around);
    if (block !== undefined) run.dropped.set(plan, { plan, status: 'skipped', ...block });
  }
  for (const member of run.members) {
    if (findGoing(run).includes(member)) await writeBefore(member, run);
  }
  await writeAllRoutes(run);
  const done = await writeRest(run);
  return plans.map((plan) => done.get(plan) ?? run.dropped.get(plan) ?? keepBack(plan, run));
}

function splitPlan(plan: Plan): readonly Member[] {
  const index = plan.changes.findIndex(({ kind }) => kind === 'write-route');
  const route = plan.changes[index];
  if (route?.kind !== 'write-route') return [];
  const before = plan.changes.slice(0, index);
  const after = plan.changes.slice(index + 1);
  return [{ plan, before, route, after, session: { revision: undefined } }];
}

function findGoing({ members, dropped, isWhole }: Run): readonly Member[] {
  if (isWhole && dropped.size > 0) return [];
  return members.filter(({ plan }) => !dropped.has(plan));
}

async function writeBefore({ plan, before, session }: Member, run: Run): Promise<void> {
  try {
    await applyChanges(plan, before, { context: run.context, session });
  } catch (error) {
    run.dropped.set(plan, concludeFailed(plan, error));
  }
}

/** The commit. */
async function writeAllRoutes(run: Run): Promise<void> {
  const { context, isWhole, dropped } = run;
  const going = findGoing(run);
  const [first, ...others] = going.map(({ route }) => route);
  if (first === undefined) return;
  try {
    const how = { isRollback: false, isWhole };
    const leftOut = await writeRoutes([first, ...others], context, how);
    for (const { plan, route } of going) {
      const error = leftOut.get(route);
      if (error !== undefined) dropped.set(plan, concludeFailed(plan, error));
    }
  } catch (error) {
    for (const { plan } of going) dropped.set(plan, concludeFailed(plan, error));
  }
}

/** What a member lacks now its next run finishes: that keeps no other back. */
async function writeRest(run: Run): Promise<ReadonlyMap<Plan, Outcome>> {
  const done = new Map<Plan, Outcome>();
  for (const { plan, after, session } of findGoing(run)) {
    try {
      await applyChanges(plan, after, { context: run.context, session });
      done.set(plan, concludeDone(plan));
    } catch (error) {
      done.set(plan, concludeFailed(plan, error));
    }
  }
  return done;
}

/** Of a train that goes whole or not at all. */
function keepBack(plan: Plan, { dropped }: Run): Outcome {
  const [cause] = dropped.values();
  if (cause === undefined) throw new Error(`${nameSubject(plan.subject)} was not carried out`);
  const problem = `not moved: it moves together with ${nameSubject(cause.plan.subject)}, which could not: ${cause.problem ?? cause.status}`;
  return { plan, status: 'skipped', exitCode: cause.exitCode, problem };
}
