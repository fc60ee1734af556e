/** The cache behaviours of a distribution, in CloudFront's order; the default is last. */
import type { EnvironmentSubject } from '../policy/subjects.ts';
import type { Facts } from './facts.ts';
import { idOfEnvironment } from './scope.ts';

export interface WantedBehaviour {
  /** `*`: the default behaviour. */
  readonly pattern: string;
  /** Id of an origin or of an origin group. */
  readonly target: string;
  readonly cache: 'app' | 'pool' | 'origins' | 'none';
  /** The edge functions choose a build there; nowhere else may one run. */
  readonly isServed: boolean;
}

/** Ids of origins in every distribution. */
export const BUILDS_ORIGIN = 'builds';
export const POOL_ORIGIN = 'pool';
export const UNTRUSTED_POOL_ORIGIN = 'untrusted-pool';
/** An origin group: the pool, then that of pull requests. */
export const POOLS_GROUP = 'pools';

export function wantedBehaviours(
  { setup }: Pick<Facts, 'setup'>,
  subject: EnvironmentSubject,
): readonly WantedBehaviour[] {
  const { app, environment } = subject;
  const cache = app.origins === undefined ? 'app' : 'origins';
  const served = (pattern: string) =>
    ({ pattern, target: BUILDS_ORIGIN, cache, isServed: true }) as const;
  const apis = Object.entries(setup.apis[idOfEnvironment(subject)] ?? {});
  const pool = environment.preview.builds === 'all' ? POOLS_GROUP : POOL_ORIGIN;
  return [
    ...apis.map(([pattern, url]) => ({
      pattern,
      target: apiOrigin(url),
      cache: 'none' as const,
      isServed: false,
    })),
    // The first that matches counts.
    ...app.pool.exclude.map(served),
    ...app.pool.include.map((pattern) => ({
      pattern,
      target: pool,
      cache: 'pool' as const,
      isServed: false,
    })),
    served('*'),
  ];
}

/** `api.example.com/v2`: several behaviours of one server share an origin. */
export function apiOrigin(url: string): string {
  return url.replace('https://', '');
}
