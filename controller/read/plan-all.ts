import { planEnvironment, type EnvironmentFacts } from '../core/plan/environment.ts';
import type { FloorSubject } from '../core/plan/floor.ts';
import { planGroup } from '../core/plan/group.ts';
import { sealPlanSet, type Plan, type PlanSet, type Subject } from '../core/plan/plan.ts';
import { planSettings } from '../core/plan/settings.ts';
import type { Policies } from '../core/policy/policy.ts';
import { subjectsOf } from '../core/policy/subjects.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { readEnvironment } from './environment.ts';
import { readGroup } from './group.ts';

/** A subject that could not be planned; the others are. */
export interface Failure {
  readonly subject: Subject;
  readonly error: unknown;
}

export interface Planned {
  readonly set: PlanSet;
  readonly failures: readonly Failure[];
}

interface PlannedEnvironment {
  readonly facts: EnvironmentFacts;
  readonly plan: Plan;
}

/**
 * Reads everything once and makes every plan. One subject's failure stays its own.
 * `isComplete`: the policies had no issues, so the environments given are all there are.
 */
export async function planAll(
  context: Context,
  policies: Policies,
  { run, isComplete }: { run: RunFacts; isComplete: boolean },
): Promise<Planned> {
  const failures: Failure[] = [];
  const attempt = async <T>(subject: Subject, make: () => Promise<T>): Promise<readonly T[]> => {
    try {
      return [await make()];
    } catch (error) {
      failures.push({ subject, error });
      return [];
    }
  };
  const plans: Plan[] = [];
  const environments: PlannedEnvironment[] = [];
  for (const subject of subjectsOf(policies)) {
    const name = { app: subject.app.app, environment: subject.environment.name };
    context.terminal.progress(`reading ${name.app}/${name.environment}`);
    environments.push(
      ...(await attempt({ kind: 'environment', ...name }, async () => {
        const facts = await readEnvironment(context, subject, run);
        return { facts, plan: planEnvironment(facts) };
      })),
    );
  }
  for (const group of policies.groups) {
    const members = environments.filter(({ facts }) => facts.group.name === group.name);
    const all = subjectsOf(policies).filter((subject) => subject.group.name === group.name);
    plans.push(
      ...(await attempt({ kind: 'group', group: group.name }, async () => {
        const facts = await readGroup(context, group, {
          bundle: await context.bundler.compose(),
          subjects: members.flatMap(floorSubject),
          isComplete: isComplete && members.length === all.length,
        });
        return planGroup(facts);
      })),
    );
  }
  for (const app of policies.apps) {
    plans.push(
      ...(await attempt({ kind: 'app', app: app.app }, async () =>
        planSettings(app, await context.builds(app).readSettings(app.app)),
      )),
    );
  }
  return { set: sealPlanSet([...plans, ...environments.map(({ plan }) => plan)]), failures };
}

/** As it will be once the plan is carried out: a first release gets its floor in the same run. */
function floorSubject({ facts, plan }: PlannedEnvironment): readonly FloorSubject[] {
  const record = nextRecord(plan) ?? facts.adoption.record;
  if (record === undefined) return [];
  return [{ region: facts.app.region, hosts: record.hosts, record }];
}

function nextRecord(plan: Plan): EnvironmentRecord | undefined {
  return plan.changes.flatMap((change) =>
    change.kind === 'write-record' ? [change.record] : [],
  )[0];
}
