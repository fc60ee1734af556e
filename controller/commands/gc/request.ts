import type { Rules } from '../../core/gc/facts.ts';
import type { AppPolicy, Policies } from '../../core/policy/policy.ts';
import { subjectsOf } from '../../core/policy/subjects.ts';
import type { Context } from '../../ports/context.ts';
import { readFloors } from '../../read/collection/floors.ts';
import { readLiveRoutes } from '../../read/collection/live-routes.ts';
import type { CollectionRequest } from './collect.ts';

interface Asked {
  readonly app: AppPolicy;
  readonly policies: Policies;
  readonly rules: Rules;
  readonly claim: CollectionRequest['claim'];
}

/** All that says which builds of an app are needed. */
export function requestOf(
  { app, policies, rules, claim }: Asked,
  context: Context,
): CollectionRequest {
  return {
    app: app.app,
    environments: app.environments.map(({ name }) => name),
    named: app.environments.flatMap(({ release, cohorts, split }) =>
      [release, ...cohorts, ...split].map(({ build }) => build),
    ),
    store: context.collections(app),
    builds: context.builds(app),
    records: context.records(app),
    floors: () => readFloors(context, policies.groups, app.app),
    live: () => readLive(app, policies, context),
    rules,
    claim,
  };
}

async function readLive({ app }: AppPolicy, policies: Policies, context: Context) {
  const subjects = subjectsOf(policies).filter((one) => one.app.app === app);
  return (await Promise.all(subjects.map((one) => readLiveRoutes(context, one)))).flat();
}
