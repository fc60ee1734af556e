import { mix } from './assign.ts';
import { FOR_THE_SESSION, makeCookie, PREVIEW_COOKIE, REMOVED } from './cookies.ts';
import type { Field } from './fields.ts';
import { isBuildNumber } from './read-route.ts';
import type { ReadableRoute } from './read-route.ts';
import { encodePath, matchPattern, normalisePath, resolveFile } from './rewrite.ts';
import type { Visitor } from './visitor.ts';

export type Decision = Served | Answer;

/** Fetch `uri` from the origin. */
export interface Served {
  readonly uri: string;
  /** Absent for a pooled file: it belongs to every build. */
  readonly build?: string;
}

/** Answered at the edge; never cached. In CloudFront Functions' shape: nothing to convert. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, Field>;
  readonly cookies: Record<string, Field>;
  readonly body: { readonly encoding: 'text'; readonly data: string };
}

/** Which build this visitor gets, and where the file is. No `route`: unreadable, and no floor. */
export function decide(route: ReadableRoute | false | undefined, visitor: Visitor): Decision {
  const path = normalisePath(visitor.path);
  if (!path) return answer(400, 'Bad path');
  if (!route) return answer(503, 'Try again', ['retry-after', '5']);
  return (
    answerReserved(route, visitor, path) ||
    answerOverride(route, visitor.query, path) ||
    serve(route, visitor, path)
  );
}

/** `/_headgate/build` says what this visitor gets; the rest of it, and manifests, don't exist. */
function answerReserved(route: ReadableRoute, visitor: Visitor, path: string): Answer | undefined {
  if (!/^\/[_.]headgate(\/|$)/.test(path)) return undefined;
  if (path !== '/_headgate/build') return answer(404, 'Not found');
  const body = JSON.stringify({
    app: route.app,
    environment: route.env,
    build: chooseBuild(route, visitor),
    generation: route.gen,
  });
  return answer(200, body, ['content-type', 'application/json']);
}

/**
 * `?override_build_number=1043` starts a preview in this browser and `=off` ends it; both go on to
 * the clean URL. The first one counts, all are removed, every other byte of the query stays.
 */
function answerOverride(route: ReadableRoute, query: string, path: string): Answer | undefined {
  let value: string | undefined;
  const rest = query
    .replace(/(^|&)override_build_number(?:=([^&]*)|(?=&|$))/g, (_all, _separator, given) => {
      if (value === undefined) value = given || '';
      return '';
    })
    .replace(/^&/, '');
  if (value === undefined || (route.preview !== 'open' && value !== 'off')) return undefined;
  const wayOut = '. Leave: ?override_build_number=off';
  if (!isBuildNumber(value)) return answer(400, 'Not a build' + wayOut);
  if (route.barred.indexOf(value) >= 0) return answer(403, 'Quarantined build' + wayOut);
  const redirect = answer(302, '', ['location', encodePath(path) + (rest && '?' + rest)]);
  redirect.cookies[PREVIEW_COOKIE] = makeCookie(value, value === 'off' ? REMOVED : FOR_THE_SESSION);
  return redirect;
}

function serve(route: ReadableRoute, visitor: Visitor, path: string): Served {
  const root = '/' + route.app;
  const pool = route.pool;
  const matches = (pattern: string) => matchPattern(pattern, path);
  if (pool.include.some(matches) && !pool.exclude.some(matches)) {
    return { uri: root + '/pool' + encodePath(path) };
  }
  const build = chooseBuild(route, visitor);
  const file = resolveFile(route.spa, path, visitor.navigation);
  return { uri: root + '/builds/' + build + encodePath(file), build };
}

/** The preview; else, for a file, its page's build; else the draw. Only navigations draw. */
function chooseBuild(route: ReadableRoute, visitor: Visitor): string {
  const preview = visitor.preview;
  const page = visitor.page;
  const stable = route.stable[0];
  const canary = route.canary;
  if (route.preview === 'open' && isBuildNumber(preview) && route.barred.indexOf(preview) < 0) {
    return preview;
  }
  if (!visitor.navigation) {
    // A page may come from the builds that the route names, and from nothing else.
    const named = (canary && canary.build[0] === page) || route.kept.some((ref) => ref[0] === page);
    return named && isBuildNumber(page) ? page : stable;
  }
  const drawn =
    canary && !visitor.crawler && mix(visitor.slot, canary.salt) % 10000 < canary.weight;
  return drawn ? canary.build[0] : stable;
}

// No default arguments: CloudFront's runtime doesn't know them.
function answer(
  statusCode: number,
  text: string,
  header?: readonly [name: string, value: string],
): Answer {
  const headers: Record<string, Field> = {
    'cache-control': { value: 'no-store' },
    'content-type': { value: 'text/plain' },
    'referrer-policy': { value: 'no-referrer' },
  };
  if (header) headers[header[0]] = { value: header[1] };
  return { statusCode, headers, cookies: {}, body: { encoding: 'text', data: text } };
}
