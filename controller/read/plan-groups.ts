/** The edge groups' part of a run's plans, and what it means for those of environments. */
import { associateLeft, associateVersion, type LeftBehind } from '../core/plan/associate-plan.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { featuresOf } from '../core/plan/features.ts';
import type { FloorSubject } from '../core/plan/floor.ts';
import type { PlannedGroup } from '../core/plan/group-plan.ts';
import { planGroup, type GroupFacts } from '../core/plan/group.ts';
import type { Plan, Subject } from '../core/plan/plan.ts';
import { settleFirst } from '../core/plan/settle-first.ts';
import { waitForCode } from '../core/plan/wait-for-code.ts';
import { withoutCode } from '../core/plan/without-code.ts';
import type { EdgeGroup, Policies } from '../core/policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Failure } from '../core/report/failure.ts';
import type { CodeRecord } from '../core/state/code-record.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';
import { attemptEach } from './attempt-each.ts';
import { readGroup } from './group.ts';
import type { PlannedEnvironment } from './plan-all.ts';

export interface GroupsRead {
  readonly failures: readonly Failure[];
  /** `isComplete`: the policies are all there, and right. `left`: who may run a version that is taken back. */
  plan(isComplete: boolean, left: readonly Left[]): GroupsPlanned;
}

type Left = LeftBehind & Pick<EnvironmentSubject, 'group'>;

export interface GroupsPlanned {
  readonly plans: readonly Plan[];
  /** What of an environment's plan depends on the code that its group runs. */
  finish(plan: Plan, facts: EnvironmentFacts): Plan;
}

interface Members {
  readonly policies: Policies;
  readonly environments: readonly PlannedEnvironment[];
  readonly isComplete: boolean;
}

export async function readGroups(context: Context, members: Members): Promise<GroupsRead> {
  const { policies } = members;
  const { done, failures } = await attemptEach(policies.groups, nameGroup, (group) =>
    readOneGroup(context, group, members),
  );
  return {
    failures,
    plan(isComplete, left) {
      const planned = planGroups(policies, done, isComplete);
      const plans = [...planned].map(([name, one]) => {
        const own = left.filter(({ group }) => group.name === name);
        return associateLeft(one, own).plan;
      });
      const finish = (plan: Plan, facts: EnvironmentFacts) => {
        const group = planned.get(facts.group.name);
        const ready = settleFirst(waitForCode(plan, facts, group), facts, group);
        return associateVersion(ready, facts, group);
      };
      return { plans, finish };
    },
  };
}

/** For runs that leave code alone: what the groups' records say of it is enough. */
export async function readReleasedCode(
  context: Context,
  groups: readonly EdgeGroup[],
): Promise<GroupsRead> {
  const { done, failures } = await attemptEach(groups, nameGroup, (group) =>
    readCodeRecord(context, group),
  );
  const codes = new Map(done);
  const to = { left: '`headgate reconcile --only code`', takesFirst: true };
  const finish = (plan: Plan, facts: EnvironmentFacts) =>
    withoutCode(plan, facts, { ...to, codes: codes.get(facts.group.name) });
  return { failures, plan: () => ({ plans: [], finish }) };
}

export async function readCodeRecord(
  context: Context,
  group: EdgeGroup,
): Promise<readonly [string, CodeRecord | undefined]> {
  const stored = await context.codeRecords(group).read(group.name);
  return [group.name, stored?.record];
}

export function nameGroup(group: EdgeGroup): Subject {
  return { kind: 'group', group: group.name };
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
