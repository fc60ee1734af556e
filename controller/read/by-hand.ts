import { RefusedError } from '../core/errors.ts';
import { coupleTrains } from '../core/plan/couple.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { nameSubject, type Plan } from '../core/plan/plan.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { takeAlong } from '../core/plan/take-along.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { nameBuild, type Build } from '../core/state/build.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback } from './for-rollback.ts';
import { readMates } from './mates.ts';
import { readTarget } from './rollback-target.ts';

/** What a person asks for. */
export interface ByHand {
  readonly subject: EnvironmentSubject;
  /** All that the policies have: those that move together with it are among them. */
  readonly policies: readonly EnvironmentSubject[];
  /** The build to go back to, instead of stable. */
  readonly to: string | undefined;
  readonly reason: string;
}

export interface RollbacksByHand {
  readonly own: Plan;
  /** Of those that roll out together with it. */
  readonly mates: readonly Plan[];
  readonly notes: readonly string[];
}

/**
 * The rollback that a person asks for, and those of all that roll out together with it. A build to go back
 * to is for the one that is named: nobody knows which builds of the others belong to it.
 */
export async function planByHand(
  context: Context,
  { subject, policies, to: wanted, reason }: ByHand,
): Promise<RollbacksByHand> {
  const { facts, problems } = await readForRollback(context, subject);
  const { record } = facts.adoption;
  const [to, read] = await Promise.all([
    findTarget(context, facts, wanted),
    readMates(context, subject, { record, policies }),
  ]);
  const member = `${subject.app.app}/${subject.environment.name}`;
  const checked = to === undefined ? [] : [`${to.build} verified: manifest ${to.digest}`];
  const cause = { reason: 'manual', evidence: [reason, ...checked] } as const;
  const first = planRollback(facts, { ...cause, ...(to && { to }) });
  const plans = [
    first,
    ...takeAlong(read.mates, { member, cause: { ...cause, evidence: [reason] } }),
  ];
  const [own = first, ...mates] = coupleTrains(plans, [
    plans.map(({ subject: one }) => nameSubject(one)),
  ]);
  const staying = to === undefined ? [] : read.mates.flatMap(explainStaying);
  return { own, mates, notes: [...problems, ...read.problems, ...staying] };
}

async function findTarget(
  context: Context,
  facts: EnvironmentFacts,
  wanted: string | undefined,
): Promise<Build | undefined> {
  if (wanted === undefined) return undefined;
  const found = await readTarget(context, facts, wanted);
  if ('target' in found) return found.target;
  const { message, next } = found.refusal;
  throw new RefusedError(message, next);
}

function explainStaying({ app, environment, adoption }: EnvironmentFacts): readonly string[] {
  const { record } = adoption;
  if (record === undefined || record.rollout !== undefined) return [];
  const { app: name } = app;
  return [
    `${name}/${environment.name} moves together with it and stays at ${nameBuild(record.stable)}: nothing is rolling out there. ` +
      `If it must go back, too: headgate rollback ${name} ${environment.name} --to <build>`,
  ];
}
