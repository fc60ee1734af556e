import type { AppPolicy, EdgeGroup, EnvironmentPolicy, Policies } from './policy.ts';

/** One environment with the app and the edge group it belongs to. */
export interface EnvironmentSubject {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  readonly group: EdgeGroup;
  /** The other apps. */
  readonly neighbours?: readonly AppPolicy[];
}

export function subjectsOf(policies: Policies): readonly EnvironmentSubject[] {
  return policies.apps.flatMap((app) => {
    const neighbours = policies.apps.filter((other) => other !== app);
    return app.environments.flatMap((environment) => {
      const group = policies.groups.find((candidate) => candidate.name === environment.edge.group);
      return group === undefined ? [] : [{ app, environment, group, neighbours }];
    });
  });
}
