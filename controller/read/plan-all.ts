import { planEnvironment } from '../core/plan/environment.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import {
  nameSubject,
  sealPlanSet,
  type Plan,
  type PlanSet,
  type Subject,
} from '../core/plan/plan.ts';
import { planTogether } from '../core/plan/plan-together.ts';
import type { Guarded } from '../core/plan/together-group.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import type { LeftOut } from '../core/policy/places.ts';
import { OldPoliciesError } from '../core/policy/in-force.ts';
import type { PolicyCopy } from '../core/policy/policy-copy.ts';
import type { Policies } from '../core/policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Failure } from '../core/report/failure.ts';
import { judgeRollout } from '../core/rollout/verdict.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { planWholeApp } from './app.ts';
import { attemptEach } from './attempt-each.ts';
import { readEnvironment, type Reading } from './environment.ts';
import { readObservations } from './observations.ts';
import { readForRollback } from './for-rollback.ts';
import { readLeftBehind } from './left-behind.ts';
import { readGroups, readReleasedCode } from './plan-groups.ts';
import { readAhead } from './read-ahead.ts';

export interface Planned {
  readonly set: PlanSet;
  readonly failures: readonly Failure[];
  /** Those that could be read; their plans are in the set. */
  readonly environments: readonly Pick<PlannedEnvironment, 'facts'>[];
}

export interface PlannedEnvironment {
  readonly facts: EnvironmentFacts;
  readonly plan: Plan;
}

interface Run {
  readonly run: RunFacts;
  readonly isComplete: boolean;
  /** Environments whose policies have issues: their guard goes on. */
  readonly leftOut?: readonly LeftOut[];
  /** What the fast lane is to go by. */
  readonly copies?: readonly PolicyCopy[];
  /** Visitors will move by these plans: an app that has newer policies in force fails. */
  readonly isCarriedOut?: boolean;
  /** Edge code is left alone, and what depends on code that isn't published waits. */
  readonly leavesCode?: boolean;
}

/**
 * Reads everything once and makes every plan. One subject's failure stays its own.
 * `isComplete`: the policies had no issues, so the environments given are all there are.
 */
export async function planAll(
  context: Context,
  policies: Policies,
  { run, isComplete, leftOut = [], copies = [], isCarriedOut = false, leavesCode = false }: Run,
): Promise<Planned> {
  const environments = await planEnvironments(context, policies, run);
  const unread = findUnread(policies, environments.failures);
  const members = { unread, planned: environments.done, name: nameEnvironment };
  const [guarded, remembered, left, groups, apps] = await Promise.all([
    attemptEach(unread, nameEnvironment, (subject) => planGuardAlone(context, subject)),
    attemptEach(leftOut, nameLeftOut, (place) => planRemembered(context, place)),
    readLeftBehind(context, members),
    leavesCode
      ? readReleasedCode(context, policies.groups)
      : readGroups(context, { policies, environments: environments.done, isComplete }),
    attemptEach(
      policies.apps,
      (app) => ({ kind: 'app', app: app.app }),
      (app) => planWholeApp(context, app, { copies, isCarriedOut }),
    ),
  ]);
  const isOld = apps.failures.some(({ error }) => error instanceof OldPoliciesError);
  const { plans, finish } = groups.plan(isComplete && !isOld, left);
  const planned = environments.done;
  const moves = planTogether(
    { planned, guarded: [...guarded.done, ...remembered.done].flat() },
    policies,
    finish,
  );
  const failures = [environments, remembered, groups, apps].flatMap((one) => one.failures);
  const set = sealPlanSet([...plans, ...apps.done, ...moves]);
  return { set, failures, environments: planned };
}

export function findUnread(
  policies: Policies,
  failures: readonly Failure[],
): readonly EnvironmentSubject[] {
  const failed = new Set(failures.map(({ subject }) => nameSubject(subject)));
  return subjectsOf(policies).filter((subject) =>
    failed.has(nameSubject(nameEnvironment(subject))),
  );
}

export type GuardedEnvironment = Guarded;

/** Forward moves fail closed, rollback stays open: the alarms and the live route are enough for it. */
export async function planGuardAlone(
  context: Context,
  subject: EnvironmentSubject,
  evidence: readonly string[] = [],
): Promise<readonly GuardedEnvironment[]> {
  const { facts } = await readForRollback(context, subject);
  const { record } = facts.adoption;
  if (record?.rollout === undefined) return [];
  if (facts.pause !== undefined) return [{ facts, plan: undefined }];
  const { guard } = subject.environment;
  const seen = await readObservations(context, guard.alarms, record);
  const verdict = judgeRollout(seen, guard, facts.now);
  const cause = { reason: 'alarm', evidence: [...verdict.evidence, ...evidence] } as const;
  return [{ facts, plan: verdict.kind === 'fail' ? planRollback(facts, cause) : undefined }];
}

/** A typing error must not disarm the guard: the record remembers the alarms of the last move. */
export async function planRemembered(
  context: Context,
  place: LeftOut,
): Promise<readonly GuardedEnvironment[]> {
  const stored = await context.records(place).read(place.app, place.environment);
  if (stored === undefined) return [];
  const subject = subjectOfRecord(stored.record, place);
  return planGuardAlone(context, subject, [
    'its policy has an issue: judged by the alarms of its last move',
  ]);
}

export function nameLeftOut({ app, environment }: LeftOut): Subject {
  return { kind: 'environment', app, environment };
}

/** The environments' part alone. */
export async function planEnvironments(
  context: Context,
  policies: Policies,
  run: Reading,
): Promise<{
  readonly done: readonly PlannedEnvironment[];
  readonly failures: readonly Failure[];
}> {
  const subjects = subjectsOf(policies);
  const ahead = await readAhead(context, subjects, run);
  let count = 0;
  return attemptEach(subjects, nameEnvironment, async (subject) => {
    const { app, environment } = subject;
    count += 1;
    context.terminal.progress(
      `reading ${app.app}/${environment.name}, ${count} of ${subjects.length}`,
    );
    const facts = await readEnvironment(ahead, subject, run);
    return { facts, plan: planEnvironment(facts) };
  });
}

export function nameEnvironment({ app, environment }: EnvironmentSubject): Subject {
  return { kind: 'environment', app: app.app, environment: environment.name };
}
