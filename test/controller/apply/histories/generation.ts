import { listNamed } from '../../../../controller/core/state/named-builds.ts';
import type { Route } from '../../../../edge/contract/route.ts';

/** A route that was served, and what it followed. */
export interface Generation {
  readonly before: Route | undefined;
  readonly route: Route;
  /** Two runs wrote at once where SSM is the release, or the record was lost: what is told is open. */
  isLoose: boolean;
  /** Another run's intent took the place of the one it was made by: what it was for is not known any more. */
  isOrphan: boolean;
}

/** Every build that some visitor's navigation gets. */
export function listNavigable(route: Route): readonly string[] {
  const refs = [route.stable, ...(route.canary ? [route.canary.build] : []), ...listNamed(route)];
  return refs.map(([build]) => build);
}
