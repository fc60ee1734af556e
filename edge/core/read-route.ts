import { ROUTE_VERSION } from '../contract/route.ts';
import type { Floor, Route } from '../contract/route.ts';

/** njs' regular expressions are PCRE: `i` would let the Kelvin sign in for a `k`, and `$` alone a line break at the end. */
export function isBuildNumber(value: string): boolean {
  return /^[^\W_][\w.-]{0,63}$(?!\n)/.test(value);
}

/** What `decide` needs of a route. */
export type ReadableRoute = Omit<Route, 'v' | 'spa' | 'preview' | 'stable' | 'kept'> & {
  readonly spa: Route['spa'] | undefined;
  readonly preview?: Route['preview'];
  readonly stable: ReadableRef;
  readonly kept: readonly ReadableRef[];
};

type ReadableRef = readonly [build: string, digest?: string];

/**
 * False for a version two ahead; one ahead is read for what it shares. Unknown fields are a newer
 * controller's, and fine. Anything broken throws, here or in `decide`: unreadable as well.
 */
export function readRoute(text: string): ReadableRoute | false {
  const route = JSON.parse(text) as Route;
  return (
    route.v <= ROUTE_VERSION + 1 &&
    isBuildNumber(route.app) &&
    // A folder, and nothing that could lead out of the bucket or is read in two ways.
    (!FEATURE_ADOPTED || /^\/([^\W_][\w.-]*\/)*$(?!\n)/.test(route.root || '/')) &&
    route
  );
}

/**
 * The route of a visitor whose real one can't be read: navigations get the floor's build, files
 * follow the page they belong to. Generation 0: no real route has it. Nothing without a floor.
 */
export function floorRoute(
  floor: Floor | undefined,
  page: string,
): ReadableRoute | false | undefined {
  // A host like `constructor` finds something that isn't a floor.
  const route = floor &&
    isBuildNumber(floor[3]) && {
      gen: 0,
      app: floor[0],
      env: floor[1],
      spa: floor[4],
      stable: [floor[3]] as const,
      kept: isBuildNumber(page) ? [[page] as const] : [],
      barred: [],
      pool: { include: [], exclude: [] },
    };
  if (FEATURE_ADOPTED && route) (route as { root?: string | undefined }).root = floor[6];
  return route;
}
