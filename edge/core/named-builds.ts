import type { ReadableRoute } from './read-route.ts';

/** An entry of the route that offers a build to somebody. */
export interface Offer {
  readonly build: ReadableRoute['stable'];
}

/** True for every build that some visitor may get now, or got before and is kept. */
export function isNamed(route: ReadableRoute, build: string): boolean {
  const offers: readonly (Offer | Offer['build'])[] = [route.stable];
  return offers
    .concat(
      route.kept,
      route.canary || [],
      (FEATURE_SPLIT && route.split && route.split.arms) || [],
      (FEATURE_COHORTS && route.cohorts) || [],
    )
    .some((offer) => ((offer as Offer).build || offer)[0] === build);
}

/** Quarantined: no navigation gets it, nor an open preview. */
export function isBarred(route: ReadableRoute, build: string): boolean {
  return route.barred.indexOf(build) >= 0;
}
