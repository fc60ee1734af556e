import { checkTarget, listOnceStable } from '../core/plan/rollback-target.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { Refusal } from '../core/plan/plan.ts';
import type { AppPolicy } from '../core/policy/policy.ts';
import type { Build } from '../core/state/build.ts';
import type { Context } from '../ports/context.ts';
import { readBuilds } from './builds.ts';

/** Generations to look back, and builds to offer: more would only cost requests. */
const HISTORY_LIMIT = 200;
const OFFERED_LIMIT = 5;

export type Target = { readonly target: Build } | { readonly refusal: Refusal };

/** The build to go back to, read and checked: the bytes it had when it was stable, its entry page there. */
export async function readTarget(
  context: Context,
  facts: EnvironmentFacts,
  wanted: string,
): Promise<Target> {
  const { app, environment } = facts;
  const history = await context.records(app).readHistory(app.app, environment.name, HISTORY_LIMIT);
  const onceStable = listOnceStable(history, facts.adoption.record);
  // The policy may be older than what is live: how builds are laid out, the route tells.
  const served = { ...facts, app: asServed(facts) };
  const others = onceStable.filter(({ build }) => build !== wanted).slice(0, OFFERED_LIMIT);
  const asked = onceStable.filter(({ build }) => build === wanted);
  const offered = [...asked, ...others];
  const numbers = offered.filter(({ origin }) => origin === undefined).map(({ build }) => build);
  const read = await readBuilds(context, served.app, numbers);
  const refusal = checkTarget({ ...served, ...read }, wanted, offered);
  if (refusal !== undefined) return { refusal };
  const [target] = asked;
  if (target === undefined) throw new Error(`${wanted} was checked, and is not there`);
  return { target };
}

/** Names of origins are taken from history, never from a policy that may mean something else by them. */
function asServed({ app, liveRoute }: EnvironmentFacts): AppPolicy {
  const { origins: _origins, root: _root, ...rest } = app;
  const route = liveRoute?.route;
  if (route === undefined) return app;
  return {
    ...rest,
    spa: route.spa === 1,
    pool: route.pool,
    ...(route.root !== undefined && { root: route.root.slice(1) }),
  };
}
