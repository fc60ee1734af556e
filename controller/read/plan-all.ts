import { planEnvironment } from '../core/plan/environment.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { FloorSubject } from '../core/plan/floor.ts';
import { featuresOf } from '../core/plan/features.ts';
import { planGroup, type GroupFacts } from '../core/plan/group.ts';
import type { PlannedGroup } from '../core/plan/group-plan.ts';
import { associateLeft, associateVersion } from '../core/plan/associate-plan.ts';
import {
  nameSubject,
  sealPlanSet,
  type Plan,
  type PlanSet,
  type Subject,
} from '../core/plan/plan.ts';
import { planTogether } from '../core/plan/plan-together.ts';
import type { Guarded } from '../core/plan/together-group.ts';
import { waitForCode } from '../core/plan/wait-for-code.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import type { LeftOut } from '../core/policy/places.ts';
import { OldPoliciesError } from '../core/policy/in-force.ts';
import type { PolicyCopy } from '../core/policy/policy-copy.ts';
import type { EdgeGroup, Policies } from '../core/policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Failure } from '../core/report/failure.ts';
import { judgeRollout } from '../core/rollout/verdict.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { planWholeApp } from './app.ts';
import { attemptEach } from './attempt-each.ts';
import { readEnvironment } from './environment.ts';
import { readObservations } from './observations.ts';
import { readForRollback } from './for-rollback.ts';
import { readGroup } from './group.ts';
import { readLeftBehind } from './left-behind.ts';
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
}

/**
 * Reads everything once and makes every plan. One subject's failure stays its own.
 * `isComplete`: the policies had no issues, so the environments given are all there are.
 */
export async function planAll(
  context: Context,
  policies: Policies,
  { run, isComplete, leftOut = [], copies = [], isCarriedOut = false }: Run,
): Promise<Planned> {
  const environments = await planEnvironments(context, policies, run);
  const unread = findUnread(policies, environments.failures);
  const members = { unread, planned: environments.done, name: nameEnvironment };
  const [guarded, remembered, left, groups, apps] = await Promise.all([
    attemptEach(unread, nameEnvironment, (subject) => planGuardAlone(context, subject)),
    attemptEach(leftOut, nameLeftOut, (place) => planRemembered(context, place)),
    readLeftBehind(context, members),
    attemptEach(policies.groups, nameGroup, (group) =>
      readOneGroup(context, group, { policies, environments: environments.done, isComplete }),
    ),
    attemptEach(
      policies.apps,
      (app) => ({ kind: 'app', app: app.app }),
      (app) => planWholeApp(context, app, { copies, isCarriedOut }),
    ),
  ]);
  const isOld = apps.failures.some(({ error }) => error instanceof OldPoliciesError);
  const plannedGroups = planGroups(policies, groups.done, isComplete && !isOld);
  const plans = [
    ...[...plannedGroups].map(([name, planned]) => {
      const own = left.filter(({ group }) => group.name === name);
      return associateLeft(planned, own).plan;
    }),
    ...apps.done,
    ...planTogether(
      { planned: environments.done, guarded: [...guarded.done, ...remembered.done].flat() },
      policies,
      (plan, facts) => finishPlan(plan, facts, plannedGroups.get(facts.group.name)),
    ),
  ];
  const read = [environments, remembered, groups, apps];
  const failures = read.flatMap((one) => one.failures);
  return { set: sealPlanSet(plans), failures, environments: environments.done };
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

/** What depends on the code that its group runs. */
function finishPlan(plan: Plan, facts: EnvironmentFacts, group: PlannedGroup | undefined): Plan {
  return associateVersion(waitForCode(plan, facts, group), facts, group);
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
  run: RunFacts,
): Promise<{
  readonly done: readonly PlannedEnvironment[];
  readonly failures: readonly Failure[];
}> {
  const subjects = subjectsOf(policies);
  const ahead = await readAhead(context, subjects);
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

interface Members {
  readonly policies: Policies;
  readonly environments: readonly PlannedEnvironment[];
  readonly isComplete: boolean;
}

function readOneGroup(
  context: Context,
  group: EdgeGroup,
  { policies, environments, isComplete }: Members,
): Promise<GroupFacts> {
  const members = environments.filter(({ facts }) => facts.group.name === group.name);
  const all = subjectsOf(policies).filter((subject) => subject.group.name === group.name);
  return readGroup(context, group, {
    features: featuresOf(
      all,
      members.map(({ facts }) => facts.adoption.record),
    ),
    subjects: members.flatMap(floorSubject),
    isComplete: isComplete && members.length === all.length,
    distributions: all.map(({ environment }) => environment.edge.distribution),
    routes: members.flatMap(({ facts }) => liveRoutes(facts)),
  });
}

/** In the order of the file, each after what the ones before it have shown. */
function planGroups(
  policies: Policies,
  read: readonly GroupFacts[],
  isComplete: boolean,
): ReadonlyMap<string, PlannedGroup> {
  const planned = new Map<string, PlannedGroup>();
  let waits = isComplete ? undefined : 'until all policies are right: a feature may be missing';
  for (const { name } of policies.groups) {
    const facts = read.find(({ group }) => group.name === name);
    const next = facts && planGroup(facts, waits);
    if (next) planned.set(name, next);
    if (next?.isSettled !== true) waits ??= `until group ${name} has its new code live and quiet`;
  }
  return planned;
}

export function nameEnvironment({ app, environment }: EnvironmentSubject): Subject {
  return { kind: 'environment', app: app.app, environment: environment.name };
}

export function nameGroup(group: EdgeGroup): Subject {
  return { kind: 'group', group: group.name };
}

/** As it will be once the plan is carried out: a first release gets its floor in the same run. */
function floorSubject({ facts, plan }: PlannedEnvironment): readonly FloorSubject[] {
  const record = nextRecord(plan) ?? facts.adoption.record;
  if (record === undefined) return [];
  const { region, bucket, root, spa } = facts.app;
  return [{ region, bucket, root, spa, hosts: record.hosts, record, now: facts.now }];
}

/** Of every host, and the one that the record means to be there. */
function liveRoutes({ live, adoption }: EnvironmentFacts): readonly (string | undefined)[] {
  return [...live.values.values(), live.parameters.route?.value, adoption.record?.route];
}

function nextRecord(plan: Plan): EnvironmentRecord | undefined {
  return plan.changes.find((change) => change.kind === 'write-record')?.record;
}
