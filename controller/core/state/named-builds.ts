/** The builds that cohorts and split name beside the release's. */
import type { BuildRef, Cohort, Route, Split } from '../../../edge/contract/route.ts';
import type { CohortPolicy, SplitArm } from '../policy/policy.ts';
import { toRef, type Build } from './build.ts';
import { findQuarantine } from './quarantine.ts';
import type { Quarantine } from './record.ts';
import { deriveSalt } from './salt.ts';

/** Published builds by number, origins by name. */
export type NamedBuilds = ReadonlyMap<string, { readonly build: Build }>;

/** By number; undefined for a build that must not, or can't, be served. */
export type FindServable = (build: string) => BuildRef | undefined;

export function findServable(builds: NamedBuilds, quarantine: readonly Quarantine[]): FindServable {
  return (number) => {
    const build = builds.get(number)?.build;
    return build === undefined || findQuarantine(quarantine, build) !== undefined
      ? undefined
      : toRef(build);
  };
}

export function renderCohorts(
  cohorts: readonly CohortPolicy[],
  find: FindServable,
): readonly Cohort[] {
  return cohorts.flatMap(({ build: number, cookie, header, country, ip }) => {
    const build = find(number);
    if (build === undefined) return [];
    return {
      build,
      ...(cookie && { cookie: cookiePair(cookie) }),
      ...(header && { header: [header.name, header.value] as const }),
      ...(country && { country }),
      ...(ip && { ip }),
    };
  });
}

function cookiePair({ name, value }: NonNullable<CohortPolicy['cookie']>) {
  return value === undefined ? ([name] as const) : ([name, value] as const);
}

/**
 * `id`: `shop/prod`. An arm that can't be served keeps its place with stable in it: without it the
 * arms behind would move up, and their visitors into other arms.
 */
export function renderSplit(
  split: readonly SplitArm[],
  { find, stable, id }: { find: FindServable; stable: BuildRef; id: string },
): Split {
  const arms = split.map(({ build, weightBasisPoints: weight }) => ({
    build: find(build) ?? stable,
    weight,
  }));
  return { salt: deriveSalt('split', id), arms };
}

/** The same after a rollback: `barred` leaves, everyone else stays where they are. */
export function withoutBuild(route: Route, barred: string): Pick<Route, 'cohorts' | 'split'> {
  const { cohorts, split, stable } = route;
  const arms = split?.arms.map((arm) =>
    arm.build[0] === barred ? { ...arm, build: stable } : arm,
  );
  return {
    // Also when it is empty: the bytes must be those that the next run renders from the policy.
    ...(cohorts && { cohorts: cohorts.filter(({ build }) => build[0] !== barred) }),
    ...(split && arms && { split: { ...split, arms } }),
  };
}

/** Builds that visitors get from a route by cohort or split. */
export function listNamed(
  route: Pick<Route, 'cohorts' | 'split'> | undefined,
): readonly BuildRef[] {
  const entries = [...(route?.cohorts ?? []), ...(route?.split?.arms ?? [])];
  return entries.map(({ build }) => build);
}
