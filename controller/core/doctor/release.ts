/** Whether the next release could be made, and taken back. */
import { madeAt } from '../../../edge/contract/kid.ts';
import { EXIT } from '../errors.ts';
import { findDisagreements } from '../plan/check-behaviours.ts';
import { findProblem } from '../plan/builds.ts';
import type { EnvironmentFacts } from '../plan/facts.ts';
import type { Plan } from '../plan/plan.ts';
import { nameBuild } from '../state/build.ts';
import type { DoctorFacts, EnvironmentLook } from './facts.ts';
import { found, type Finding } from './finding.ts';

const DAY = 86_400_000;
/** As policies/previews says of rotations: a key is for a quarter. */
const KEYS_DAYS = 90;

export function checkReleases({ environments, now }: DoctorFacts): readonly Finding[] {
  return environments.flatMap((look) => {
    const subject = `${look.subject.app.app}/${look.subject.environment.name}`;
    const { failure } = look;
    return [
      ...(failure === undefined
        ? []
        : [found('record-unreadable', { subject, what: failure.message, fix: failure.next })]),
      ...look.planned.flatMap(({ facts, plan }) => [
        ...checkPlan(subject, facts, plan),
        ...checkServed(subject, facts),
        ...checkLifts(subject, facts),
      ]),
      ...checkRollback(subject, look),
      ...checkKeys(subject, look, now),
    ];
  });
}

/** What a plan refuses, but for the distribution: that has findings of its own. */
function checkPlan(subject: string, facts: EnvironmentFacts, plan: Plan): readonly Finding[] {
  const { distribution } = facts;
  const told =
    distribution === undefined
      ? [`there is no distribution ${facts.environment.edge.distribution} in this account`]
      : findDisagreements(distribution, facts).map(({ message }) => message);
  return plan.refusals
    .filter(({ message }) => !told.includes(message))
    .map(({ message, next, exitCode }) =>
      found(exitCode === EXIT.unsafe ? 'plan-refuses' : 'policy-unmet', {
        subject,
        what: message,
        fix: next,
      }),
    );
}

function checkServed(subject: string, facts: EnvironmentFacts): readonly Finding[] {
  const { stable, rollout } = facts.adoption.record ?? {};
  const served = [stable, rollout?.canary].flatMap((build) => build ?? []);
  return served.flatMap((build) => {
    const problem = findProblem(facts, build);
    if (problem === undefined) return [];
    return [
      found('served-incomplete', {
        subject,
        what: `visitors get ${nameBuild(build)}, and ${problem.message}`,
        fix: problem.next,
      }),
    ];
  });
}

/** An environment on its first build has nothing to go back to, and nothing is wrong with that. */
function checkRollback(subject: string, { rollback }: EnvironmentLook): readonly Finding[] {
  return rollback.flatMap(({ target, isReady, next }) =>
    target === undefined || isReady
      ? []
      : [
          found('rollback-not-ready', {
            subject,
            what: `a rollback would go to ${target}, and could not`,
            evidence: next,
            fix: `headgate build verify shows what is missing; or release another build, which then is where a rollback goes.`,
          }),
        ],
  );
}

function checkLifts(
  subject: string,
  { environment, adoption }: EnvironmentFacts,
): readonly Finding[] {
  const barred = adoption.record?.quarantine ?? [];
  return environment.quarantine
    .filter(
      ({ lift, rollback }) =>
        !barred.some((one) => one.build.build === lift && one.rollback === rollback),
    )
    .map(({ lift, rollback }) =>
      found('lift-stale', {
        subject,
        what: `the policy lifts rollback ${rollback} of build ${lift}, which bars nothing any more`,
        fix: 'Remove the line: a later rollback of the same build needs a lift of its own.',
      }),
    );
}

function checkKeys(
  subject: string,
  { kids, subject: about }: EnvironmentLook,
  now: Date,
): readonly Finding[] {
  return kids.flatMap(([newest]) => {
    const days = newest === undefined ? 0 : (now.getTime() - madeAt(newest)) / DAY;
    if (days <= KEYS_DAYS) return [];
    return [
      found('keys-old', {
        subject,
        what: `its newest signing key is ${Math.floor(days)} days old`,
        fix: `headgate keys rotate ${about.app.app} ${about.environment.name}`,
      }),
    ];
  });
}
