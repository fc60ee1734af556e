import { RefusedError } from '../core/errors.ts';
import { coupleTrains } from '../core/plan/couple.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { nameSubject, sealPlanSet, type Plan, type PlanSet } from '../core/plan/plan.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { takeAlong } from '../core/plan/take-along.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { nameBuild, type Build } from '../core/state/build.ts';
import { findEjection } from '../core/state/pause.ts';
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
  const left = explainLeft(member, facts);
  return { own, mates, notes: [...left, ...problems, ...read.problems, ...staying] };
}

export function setOf({ own, mates }: RollbacksByHand): PlanSet {
  return sealPlanSet([own, ...mates]);
}

/** Where the one that is named has nothing to go back from, nobody goes along. */
export function requireRollback({ own, mates }: RollbacksByHand): void {
  if (own.direction === 'rollback') return;
  const rolling = mates.map(({ subject }) => nameSubject(subject));
  const others = rolling.map((name) => `headgate rollback ${name.replace('/', ' ')}`);
  const next =
    others.length > 0
      ? `${rolling.join(', ')} moves together with it, and is rolling out: ${others.join(', ')}.`
      : 'To serve an earlier build at once: --to <build>. Any other, name in the policy and reconcile.';
  throw new RefusedError(`${nameSubject(own.subject)}: ${own.why}`, next);
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

/** What an ejection leaves reads no routes. */
function explainLeft(member: string, { adoption }: EnvironmentFacts): readonly string[] {
  const build = findEjection(adoption.record?.pause);
  if (build === undefined) return [];
  return [
    `${member} was ejected on build ${build}: where that is done, its visitors are served without Headgate, and no rollback reaches them (\`headgate eject\` tells by what)`,
  ];
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
