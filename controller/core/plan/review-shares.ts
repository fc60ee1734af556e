/** Who gets what from a route. */
import type { BuildRef, Route } from '../../../edge/contract/route.ts';
import { isBarred } from '../../../edge/core/named-builds.ts';
import { fromRef } from '../state/build.ts';
import { EVERYONE } from '../state/route.ts';
import { describeCohort } from '../why/explain.ts';

/** A build and the visitors who get it, of those whom no cohort has. */
export interface Share {
  readonly build: string;
  /** What it stands for, where it is a whole origin. */
  readonly origin?: string;
  readonly role: 'stable' | 'canary' | 'split';
  readonly basisPoints: number;
}

/** Visitors who get a build before any share is drawn. */
export interface CohortShare {
  /** Who they are. */
  readonly who: string;
  readonly build: string;
}

export interface Serving {
  /** Stable first; together 10,000 basis points. */
  readonly shares: readonly Share[];
  readonly cohorts: readonly CohortShare[];
}

/** As the route declares it, which is what many visitors' draws come to. */
export function describeServing(route: Route): Serving {
  const arms = (route.split?.arms ?? []).filter(({ build }) => !isBarred(route, build[0]));
  const undrawn = arms.reduce((left, { weight }) => left - weight, EVERYONE);
  const ofCanary = Math.round((undrawn * (route.canary?.weight ?? 0)) / EVERYONE);
  const shares = [
    toShare(route, route.stable, { role: 'stable', basisPoints: undrawn - ofCanary }),
    ...(route.canary === undefined
      ? []
      : [toShare(route, route.canary.build, { role: 'canary', basisPoints: ofCanary })]),
    ...arms.map(({ build, weight }) =>
      toShare(route, build, { role: 'split', basisPoints: weight }),
    ),
  ];
  const cohorts = (route.cohorts ?? [])
    .filter(({ build }) => !isBarred(route, build[0]))
    .map((cohort) => ({ who: describeCohort(cohort), build: cohort.build[0] }));
  return { shares: joinSame(shares), cohorts };
}

function toShare(route: Route, ref: BuildRef, how: Pick<Share, 'role' | 'basisPoints'>): Share {
  const { build, origin } = fromRef(ref, route.origins);
  return { build, ...(origin !== undefined && { origin }), ...how };
}

/** An arm may have stable in the place of its build. */
function joinSame(shares: readonly Share[]): readonly Share[] {
  const byBuild = new Map<string, Share>();
  for (const share of shares) {
    const found = byBuild.get(share.build);
    const basisPoints = (found?.basisPoints ?? 0) + share.basisPoints;
    byBuild.set(share.build, { ...(found ?? share), basisPoints });
  }
  return [...byBuild.values()].filter(({ basisPoints }) => basisPoints > 0);
}
