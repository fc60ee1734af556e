import type {
  AppPolicy,
  EdgeGroup,
  EnvironmentPolicy,
  Policies,
  TogetherPolicy,
} from './policy.ts';

/** One environment with the app and the edge group it belongs to. */
export interface EnvironmentSubject {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  readonly group: EdgeGroup;
  /** The other apps. */
  readonly neighbours?: readonly AppPolicy[];
  /** The environments that it moves together with, itself too, such as `shop/prod`. Absent: it moves alone. */
  readonly together?: TogetherPolicy;
}

export function subjectsOf(policies: Policies): readonly EnvironmentSubject[] {
  return policies.apps.flatMap((app) => {
    const known = [...policies.apps, ...(policies.neighbours ?? [])];
    const neighbours = known.filter((other) => other !== app);
    return app.environments.flatMap((environment) => {
      const group = policies.groups.find((candidate) => candidate.name === environment.edge.group);
      if (group === undefined) return [];
      const name = `${app.app}/${environment.name}`;
      const together = policies.together?.find((members) => members.includes(name));
      return [{ app, environment, group, neighbours, ...(together && { together }) }];
    });
  });
}
