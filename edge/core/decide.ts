import type { OriginTarget } from '../contract/route.ts';
import { REPORT_PATH } from '../contract/visitor-line.ts';
import { answer } from './answer.ts';
import type { Answer } from './answer.ts';
import { chooseBuild } from './choose-build.ts';
import { meetGate } from './gate.ts';
import { isBarred, isNamed } from './named-builds.ts';
import { answerOverride, readPreview } from './preview.ts';
import { isBuildNumber } from './read-route.ts';
import type { ReadableRoute } from './read-route.ts';
import { encodePath, matchPattern, normalisePath, resolveFile } from './rewrite.ts';
import { takeReport, writeLine } from './visitor-line.ts';
import { isNavigation } from './visitor.ts';
import type { Visitor } from './visitor.ts';

export type Decision = Served | Answer;

/** Fetch `uri` from the origin. */
export interface Served {
  readonly uri: string;
  /** Absent for a pooled file: it belongs to every build. */
  readonly build?: string;
  /** The whole origin that `build` is; absent: the bucket. */
  readonly origin?: OriginTarget;
}

/** Which build this visitor gets, and where the file is. No `route`: unreadable, and no floor. */
export function decide(route: ReadableRoute | false | undefined, visitor: Visitor): Decision {
  // It may have been asked before, without keys.
  if (FEATURE_BEACON) visitor.arm = visitor.line = undefined;
  const path = normalisePath(visitor.path);
  if (!path) return answer(400, 'No path');
  if (!route) return answer(503, 'Retry', 'retry-after', '5');
  // No RegExp: in njs one that doesn't match takes longer than JSON.parse takes for half a route.
  if ((path + '/').indexOf('headgate/') === 2 && /[_.]/.test(path[1] as string)) {
    return decideReserved(route, visitor, path);
  }
  return answerOverride(route, visitor, path) || serve(route, visitor, path);
}

/** `/_headgate/build` says what this visitor gets; the rest of it, but for pinned files, and manifests don't exist. */
function decideReserved(route: ReadableRoute, visitor: Visitor, path: string): Decision {
  return path === '/_headgate/build'
    ? answer(
        200,
        JSON.stringify({
          app: route.app,
          environment: route.env,
          build: chooseBuild(route, visitor),
          generation: route.gen,
          barred: route.barred,
          kept: route.kept.map((ref) => ref[0]),
        }),
      )
    : (FEATURE_BEACON && path === REPORT_PATH && takeReport(route, visitor)) ||
        (FEATURE_PINNED && servePinned(route, visitor, path)) ||
        answer(404, 'No file');
}

/** `/_headgate/b/<build>/<file>`: a file of one build that somebody may get. */
function servePinned(route: ReadableRoute, visitor: Visitor, path: string): Decision | false {
  const pin = /^\/_headgate\/b\/([^/]+)(\/(?!\.headgate\/).*[^/])$/.exec(path) || [];
  const build = pin[1] as string;
  // Navigations leave a quarantined build, this way too.
  return (
    (readPreview(route, visitor) === build ||
      (isNamed(route, build) && !(isNavigation(visitor.headers) && isBarred(route, build)))) &&
    serve(route, visitor, pin[2] as string, build)
  );
}

/** The file of the pool; else of the build that is `pinned`, else of this visitor's. */
// oxlint-disable-next-line max-params, complexity -- one object for them, or another function, takes bytes that the budget has not
function serve(route: ReadableRoute, visitor: Visitor, path: string, pinned?: string): Decision {
  const held = FEATURE_GATE && meetGate(route, visitor, path);
  if (held) return held;
  const app = '/' + route.app + '/';
  const pool = route.pool;
  const matches = (pattern: string) => matchPattern(pattern, path);
  if (pool.include.some(matches) && !pool.exclude.some(matches)) {
    return { uri: app + 'pool' + encodePath(path) };
  }
  const build = pinned || chooseBuild(route, visitor);
  // A name that would leave its path segment: the route is as good as unreadable.
  if (!isBuildNumber(build)) throw new Error();
  if (FEATURE_BEACON) writeLine(route, visitor, build);
  const origin = FEATURE_ORIGINS && findOrigin(route, build);
  if (origin) return { uri: encodePath(path), build, origin };
  const navigation = !pinned && isNavigation(visitor.headers);
  const file = encodePath(resolveFile(route.spa, path, navigation));
  const folder =
    FEATURE_UNTRUSTED && route.untrusted && !build.indexOf('pr-')
      ? app + 'untrusted/builds/'
      : (FEATURE_ADOPTED && route.root) || app + 'builds/';
  return { uri: folder + build + file, build };
}

/** The whole origin that this build is. */
function findOrigin(route: ReadableRoute, build: string): OriginTarget | false {
  const found = route.origins && route.origins[build];
  // Every object has a `constructor`.
  return typeof found === 'string' && found;
}
