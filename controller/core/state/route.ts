import {
  BARRED_LIMIT,
  ROUTE_VERSION,
  type BuildRef,
  type Canary,
  type RollbackMarker,
  type Route,
} from '../../../edge/contract/route.ts';
import type { AppPolicy, EnvironmentPolicy } from '../policy/policy.ts';
import { toRef, type Build } from './build.ts';
import { renderGate } from './gate.ts';
import { findServable, renderCohorts, renderSplit, type NamedBuilds } from './named-builds.ts';
import { renderOrigins } from './origins.ts';
import type { State } from './record.ts';

/** Full share in basis points. */
export const EVERYONE = 10_000;

/** What a route says beside its state. */
export interface RoutePolicy {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  /** Those that cohorts and split name; an entry whose build isn't there is left out. */
  readonly builds: NamedBuilds;
}

/** The route of a state, as the exact text that is stored. The same arguments give the same bytes. */
export function renderRoute(state: State, policy: RoutePolicy, generation: number): string {
  const { app, environment, builds } = policy;
  const canary = state.rollout;
  const route: Route = {
    v: ROUTE_VERSION,
    gen: generation,
    app: app.app,
    env: environment.name,
    spa: app.spa ? 1 : 0,
    stable: toRef(state.stable),
    ...(canary && {
      canary: {
        build: toRef(canary.canary),
        weight: canary.weightBasisPoints,
        salt: canary.salt,
      },
    }),
    kept: state.kept.map(toRef),
    barred: barredBuilds(state),
    ...renderPolicy(state, policy),
  };
  const known = [...buildsOf(state), ...[...builds.values()].map(({ build }) => build)];
  return JSON.stringify({
    ...route,
    // Last, in this order: a rollback puts both there anew, and must make the same bytes.
    ...renderOrigins(route, known),
    ...(state.marker && { rollback: state.marker }),
  } satisfies Route);
}

type OfState = 'v' | 'gen' | 'app' | 'env' | 'spa' | 'stable' | 'kept' | 'barred';

/** What the policy adds to the state of the rollout. */
function renderPolicy(
  state: State,
  { app, environment, builds }: RoutePolicy,
): Omit<Route, OfState> {
  const stable = toRef(state.stable);
  const { sessionIdleSeconds } = environment.release;
  const { cookies } = environment.adopted ?? {};
  const id = `${app.app}/${environment.name}`;
  const find = findServable(builds, state.quarantine);
  return {
    pool: { include: app.pool.include, exclude: app.pool.exclude },
    preview: environment.preview.access,
    ...(sessionIdleSeconds !== undefined && { idle: sessionIdleSeconds }),
    ...(environment.cohorts.length > 0 && {
      cohorts: renderCohorts(environment.cohorts, find),
    }),
    ...(environment.split.length > 0 && {
      split: renderSplit(environment.split, { find, stable, id }),
    }),
    ...(environment.gate && { gate: renderGate(environment.gate, id) }),
    ...(app.root !== undefined && { root: `/${app.root}` }),
    ...(environment.preview.builds === 'all' && { untrusted: 1 as const }),
    ...(cookies && { cookies: [cookies.build, cookies.override] as const }),
    ...(environment.guard.beacon && { beacon: 1 as const }),
  };
}

/** Those that navigations may get, and those that are kept. */
function buildsOf({ stable, rollout, kept }: State): readonly Build[] {
  return [stable, ...(rollout === undefined ? [] : [rollout.canary]), ...kept];
}

function barredBuilds(state: State): readonly string[] {
  const numbers = state.quarantine.map((entry) => entry.build.build);
  return [...new Set(numbers)].slice(0, BARRED_LIMIT);
}

/** The active build number of a route's text: the canary from 100 % on, else stable. */
export function activeBuildOf(route: Route): string {
  return route.canary?.weight === EVERYONE ? route.canary.build[0] : route.stable[0];
}

/** undefined: not a route of this version. Live text is never trusted further than this. */
export function parseRoute(text: string | undefined): Route | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isRoute(value) ? value : undefined;
}

/** Written by a later Headgate, whose word counts: this one must not touch it. */
export function isNewerVersion(text: string | undefined): boolean {
  const version = /^\{"v":(\d+),/.exec(text ?? '')?.[1];
  return Number(version) > ROUTE_VERSION;
}

function isRoute(value: unknown): value is Route {
  if (typeof value !== 'object' || value === null) return false;
  const route = value as Partial<Route>;
  return (
    route.v === ROUTE_VERSION &&
    Number.isSafeInteger(route.gen) &&
    typeof route.app === 'string' &&
    typeof route.env === 'string' &&
    namesBuilds(route)
  );
}

function namesBuilds(route: Partial<Route>): boolean {
  return (
    isRef(route.stable) &&
    Array.isArray(route.kept) &&
    route.kept.every(isRef) &&
    Array.isArray(route.barred) &&
    (route.canary === undefined || isCanary(route.canary)) &&
    areNamed(route.cohorts ?? []) &&
    areNamed(route.split === undefined ? [] : route.split.arms) &&
    areTargets(route.origins ?? {}) &&
    (route.rollback === undefined || isMarker(route.rollback))
  );
}

/** Cohorts or arms, as far as a rollback looks at them. */
function areNamed(entries: unknown): boolean {
  return (
    Array.isArray(entries) &&
    entries.every((entry: { readonly build?: unknown } | null) => isRef(entry?.build))
  );
}

function areTargets(origins: unknown): boolean {
  return (
    typeof origins === 'object' &&
    origins !== null &&
    Object.values(origins).every((target) => typeof target === 'string')
  );
}

function isCanary({ build, weight, salt }: Partial<Canary>): boolean {
  const isShare = Number.isSafeInteger(weight) && Number(weight) >= 0 && Number(weight) <= EVERYONE;
  return isRef(build) && isShare && Number.isSafeInteger(salt);
}

function isMarker({ build, at, gen }: Partial<RollbackMarker>): boolean {
  return isRef(build) && Number.isSafeInteger(at) && Number.isSafeInteger(gen);
}

function isRef(value: unknown): value is BuildRef {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'string'
  );
}
