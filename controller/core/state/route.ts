import {
  BARRED_LIMIT,
  ROUTE_VERSION,
  type BuildRef,
  type Canary,
  type RollbackMarker,
  type Route,
} from '../../../edge/contract/route.ts';
import type { AppPolicy, EnvironmentPolicy } from '../policy/policy.ts';
import { toRef } from './build.ts';
import { renderGate } from './gate.ts';
import { findServable, renderCohorts, renderSplit, type NamedBuilds } from './named-builds.ts';
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
export function renderRoute(
  state: State,
  { app, environment, builds }: RoutePolicy,
  generation: number,
): string {
  const stable = toRef(state.stable);
  const canary = state.rollout;
  const { sessionIdleSeconds } = environment.release;
  const id = `${app.app}/${environment.name}`;
  const find = findServable(builds, state.quarantine);
  const route: Route = {
    v: ROUTE_VERSION,
    gen: generation,
    app: app.app,
    env: environment.name,
    spa: app.spa ? 1 : 0,
    stable,
    ...(canary && {
      canary: {
        build: toRef(canary.canary),
        weight: canary.weightBasisPoints,
        salt: canary.salt,
      },
    }),
    kept: state.kept.map(toRef),
    barred: barredBuilds(state),
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
    ...(state.marker && { rollback: state.marker }),
  };
  return JSON.stringify(route);
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
