/** What every reading of an environment begins with; a rollback reads nothing else, so it loads nothing else. */
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { parameters } from '../core/state/keys.ts';
import type { Live } from '../core/state/live.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';

/** Of the record and of what an interrupted run meant to make of it; 0: there is no record. */
export function highestGeneration(record: EnvironmentRecord | undefined): number {
  const { generation = 0, intent, mayBeServed = 0 } = record ?? {};
  return Math.max(generation, intent?.generation ?? 0, mayBeServed);
}

/** Those the record knows to carry the route, and those an interrupted run may have given it to. */
export function recordedHosts(record: EnvironmentRecord | undefined): readonly string[] {
  return [...(record?.hosts ?? []), ...(record?.intent?.hosts ?? [])];
}

export async function readParameters(
  context: Pick<Context, 'parameters'>,
  { app, environment }: EnvironmentSubject,
): Promise<Live['parameters']> {
  const { route, activeBuild, adopted } = nameParameters({ app, environment });
  const names = [route, activeBuild, ...(adopted === undefined ? [] : [adopted])];
  const found = await context.parameters(app.region).read(names);
  return {
    route: found.get(route),
    activeBuild: found.get(activeBuild),
    ...(adopted !== undefined && { adopted: found.get(adopted) }),
  };
}

/** Where SSM has what an environment serves. */
export function nameParameters({
  app,
  environment,
}: Pick<EnvironmentSubject, 'app' | 'environment'>) {
  return {
    route: parameters.route(app.app, environment.name),
    activeBuild: parameters.activeBuild(app.app, environment.name),
    adopted: environment.adopted?.activeBuildParameter,
  };
}
