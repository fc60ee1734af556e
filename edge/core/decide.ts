import { answer } from './answer.ts';
import type { Answer } from './answer.ts';
import { chooseBuild, isBarred, isNamed, readPreview } from './choose-build.ts';
import { FOR_THE_SESSION, makeCookie, PREVIEW_COOKIE, REMOVED } from './cookies.ts';
import { meetGate } from './gate.ts';
import { isBuildNumber } from './read-route.ts';
import type { ReadableRoute } from './read-route.ts';
import { encodePath, matchPattern, normalisePath, resolveFile } from './rewrite.ts';
import { setPreview } from './signed-preview.ts';
import { isNavigation } from './visitor.ts';
import type { Visitor } from './visitor.ts';

export type Decision = Served | Answer;

/** Fetch `uri` from the origin. */
export interface Served {
  readonly uri: string;
  /** Absent for a pooled file: it belongs to every build. */
  readonly build?: string;
}

/** Which build this visitor gets, and where the file is. No `route`: unreadable, and no floor. */
export function decide(route: ReadableRoute | false | undefined, visitor: Visitor): Decision {
  const path = normalisePath(visitor.path);
  if (!path) return answer(400, 'Bad path');
  if (!route) return answer(503, 'Retry', ['retry-after', '5']);
  return (
    decideReserved(route, visitor, path) ||
    answerOverride(route, visitor, path) ||
    serve(route, visitor, path)
  );
}

/** `/_headgate/build` says what this visitor gets; the rest of it, but for pinned files, and manifests don't exist. */
function decideReserved(
  route: ReadableRoute,
  visitor: Visitor,
  path: string,
): Decision | undefined {
  // No RegExp: in njs one that doesn't match takes longer than JSON.parse takes for half a route.
  if ((path + '/').indexOf('headgate/') !== 2 || !/[_.]/.test(path[1] as string)) return undefined;
  if (path === '/_headgate/build') {
    return answer(
      200,
      JSON.stringify({
        app: route.app,
        environment: route.env,
        build: chooseBuild(route, visitor),
        generation: route.gen,
      }),
      ['content-type', 'application/json'],
    );
  }
  return (FEATURE_PINNED && servePinned(route, visitor, path)) || answer(404, 'Not found');
}

/** `/_headgate/b/<build>/<file>`: a file of one build that somebody may get. */
function servePinned(route: ReadableRoute, visitor: Visitor, path: string): Decision | undefined {
  const pin = /^\/_headgate\/b\/([^/]+)(\/(?!\.headgate\/).*[^/])$/.exec(path) || [];
  const build = pin[1] as string;
  // Navigations leave a quarantined build, this way too.
  return readPreview(route, visitor) === build ||
    (isNamed(route, build) && !(isNavigation(visitor.headers) && isBarred(route, build)))
    ? serve(route, visitor, pin[2] as string, build)
    : undefined;
}

const PARAMETER = 'override_build_number=';

/**
 * `?override_build_number=1043` starts a preview in this browser and `=off` ends it; both go on to
 * the clean URL. The first one counts, all are removed, every other byte of the query stays.
 */
function answerOverride(route: ReadableRoute, visitor: Visitor, path: string): Answer | undefined {
  const parameters = visitor.query.split('&');
  const isOurs = (parameter: string) => (parameter + '=').indexOf(PARAMETER) === 0;
  const given = parameters.filter(isOurs)[0];
  if (!given) return undefined;
  const value = given.slice(PARAMETER.length);
  const off = value === 'off';
  if (!off && route.preview !== 'open' && (!FEATURE_SIGNED || route.preview !== 'signed')) {
    return undefined;
  }
  const rest = parameters.filter((parameter) => !isOurs(parameter)).join('&');
  const redirect = answer(302, '', ['location', encodePath(path) + (rest && '?' + rest)]);
  if (FEATURE_SIGNED && (off || route.preview === 'signed')) {
    return setPreview(redirect.cookies, value, visitor) ? redirect : answer(403, 'Bad link');
  }
  if (!isBuildNumber(value)) return answer(400, 'No build');
  if (isBarred(route, value)) return answer(403, 'Barred');
  redirect.cookies[PREVIEW_COOKIE] = makeCookie(
    value,
    !FEATURE_SIGNED && off ? REMOVED : FOR_THE_SESSION,
  );
  return redirect;
}

/** The file of the pool; else of the build that is `pinned`, else of this visitor's. */
// oxlint-disable-next-line max-params -- one object for them takes bytes that the budget has not
function serve(route: ReadableRoute, visitor: Visitor, path: string, pinned?: string): Decision {
  const root = '/' + route.app;
  if (FEATURE_GATE) {
    const held = meetGate(route, visitor, path);
    if (held) return held;
  }
  const pool = route.pool;
  const matches = (pattern: string) => matchPattern(pattern, path);
  if (pool.include.some(matches) && !pool.exclude.some(matches)) {
    return { uri: root + '/pool' + encodePath(path) };
  }
  const build = FEATURE_PINNED && pinned ? pinned : chooseBuild(route, visitor);
  // A name that would leave its path segment: the route is as good as unreadable.
  if (!isBuildNumber(route.app) || !isBuildNumber(build)) throw new Error('bad name');
  const file = resolveFile(
    route.spa,
    path,
    !(FEATURE_PINNED && pinned) && isNavigation(visitor.headers),
  );
  return { uri: root + '/builds/' + build + encodePath(file), build };
}
