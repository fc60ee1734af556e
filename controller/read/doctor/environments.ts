import type { EnvironmentLook, ParameterLook } from '../../core/doctor/facts.ts';
import { DeniedError, UnansweredError } from '../../core/errors.ts';
import { nameSubject } from '../../core/plan/plan.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { needsKeys } from '../../core/policy/needs-keys.ts';
import { subjectsOf, type EnvironmentSubject } from '../../core/policy/subjects.ts';
import { parameters } from '../../core/state/keys.ts';
import type { Context } from '../../ports/context.ts';
import { nameEnvironment, planEnvironments, type PlannedEnvironment } from '../plan-all.ts';
import { readRollbackReady } from '../rollback-ready.ts';
import { explain, type Notebook } from './notebook.ts';

/** As a plan reads them, and what no plan asks for. */
export async function readEnvironments(
  context: Context,
  policies: Policies,
  notebook: Notebook,
): Promise<readonly EnvironmentLook[]> {
  const run = await context.surroundings.facts();
  const { done, failures } = await planEnvironments(context, policies, run);
  return Promise.all(
    subjectsOf(policies).map((subject) => {
      const name = nameSubject(nameEnvironment(subject));
      const planned = done.find(({ plan }) => nameSubject(plan.subject) === name);
      const failed = failures.find((failure) => nameSubject(failure.subject) === name);
      const isUnread = isUnanswered(failed?.error);
      if (isUnread) notebook.note(name, failed?.error);
      const failure = failed === undefined || isUnread ? undefined : explain(failed.error);
      return look(context, notebook, { subject, planned, failure });
    }),
  );
}

/** Whoever releases may be told more: nobody knows that anything is wrong. */
function isUnanswered(error: unknown): boolean {
  return error instanceof DeniedError || error instanceof UnansweredError;
}

interface Seen {
  readonly subject: EnvironmentSubject;
  readonly planned: PlannedEnvironment | undefined;
  readonly failure: EnvironmentLook['failure'];
}

async function look(
  context: Context,
  notebook: Notebook,
  { subject, planned, failure }: Seen,
): Promise<EnvironmentLook> {
  const { app, environment } = subject;
  const name = `${app.app}/${environment.name}`;
  const [rollback, settings, parameterLooks, kids] = await Promise.all([
    planned?.facts.adoption.record === undefined
      ? ([] as const)
      : notebook.read(name, () => readRollbackReady(context, planned.facts)),
    notebook.read(name, () => context.inspection.distribution(environment.edge.distribution)),
    notebook.read(name, () => readParameters(context, subject)),
    needsKeys(environment)
      ? notebook.read(name, () => context.keys(app.region).list(app.app, environment.name))
      : ([] as const),
  ]);
  return {
    subject,
    planned: planned === undefined ? [] : [planned],
    failure,
    rollback,
    settings,
    parameters: parameterLooks,
    kids,
  };
}

async function readParameters(
  { inspection }: Context,
  { app, environment }: EnvironmentSubject,
): Promise<readonly ParameterLook[]> {
  const names = [
    parameters.route(app.app, environment.name),
    parameters.activeBuild(app.app, environment.name),
    environment.adopted?.activeBuildParameter ?? [],
  ].flat();
  const looks = await Promise.all(names.map((name) => inspection.parameter(app.region, name)));
  return looks.flatMap((one) => one ?? []);
}
