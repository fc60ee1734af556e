/** The whole origins that a route carries beside the names of them. */
import type { BuildRef, OriginTarget, Route } from '../../../edge/contract/route.ts';
import { fromRef, type Build } from './build.ts';
import { listNamed } from './named-builds.ts';

/** Every build that a route names. */
type Names = Pick<Route, 'stable' | 'canary' | 'kept' | 'cohorts' | 'split'>;

/** Of these builds, the origins that the route names. Nothing, and no key, when it names none. */
export function renderOrigins(route: Names, builds: readonly Build[]): Pick<Route, 'origins'> {
  return pickNamed(route, ([name, digest]) => {
    const build = builds.find((one) => one.build === name && one.digest === digest);
    return build?.origin;
  });
}

/** Of the origins that a route carried, those that it still names. */
export function keepNamedOrigins(route: Names, origins: Route['origins']): Pick<Route, 'origins'> {
  return pickNamed(route, (ref) => fromRef(ref, origins).origin);
}

/** All that a route names, in any of its parts. */
export function listAllNamed(route: Names): readonly BuildRef[] {
  const canary = route.canary === undefined ? [] : [route.canary.build];
  return [route.stable, ...canary, ...route.kept, ...listNamed(route)];
}

function pickNamed(
  route: Names,
  find: (ref: BuildRef) => OriginTarget | undefined,
): Pick<Route, 'origins'> {
  const found = new Map<string, OriginTarget>();
  for (const ref of listAllNamed(route)) {
    const origin = find(ref);
    if (origin !== undefined) found.set(ref[0], origin);
  }
  // In one order, wherever the names stand: a route and the one that a rollback makes of it are compared as text.
  const entries = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? {} : { origins: Object.fromEntries(entries) };
}
