import { answer } from './answer.ts';
import type { Answer } from './answer.ts';
import { HIDDEN, makeCookie, PREVIEW_COOKIE } from './cookies.ts';
import { readField } from './fields.ts';
import { isBarred } from './named-builds.ts';
import { isBuildNumber } from './read-route.ts';
import type { ReadableRoute } from './read-route.ts';
import { encodePath } from './rewrite.ts';
import { readToken } from './token.ts';
import type { Visitor } from './visitor.ts';

/** The build that this browser asks to preview, if it may be shown. */
export function readPreview(route: ReadableRoute, visitor: Visitor): string | false {
  const cookies = visitor.cookies;
  const sent = readField(cookies, PREVIEW_COOKIE);
  let build: string | false | undefined = route.preview === 'open' && sent;
  if (FEATURE_ADOPTED && build === '' && route.cookies && readField(cookies, route.cookies[1])) {
    build = readField(cookies, route.cookies[0]);
  }
  if (isSigned(route)) {
    const token = readToken(sent, 'p', visitor);
    build = token && token[0];
  }
  return !!build && isShown(route, build) && build;
}

/** Whether this build may be previewed here at all. */
function isShown(route: ReadableRoute, build: string): boolean {
  return (
    isBuildNumber(build) &&
    // With a root of `/` that is no build but the app's own folder.
    !(FEATURE_ADOPTED && build === route.app) &&
    // Of an untrusted ref, by its name.
    ((FEATURE_UNTRUSTED && !!route.untrusted) || build.indexOf('pr-') !== 0) &&
    // Whoever has a signed link was given it on purpose.
    (isSigned(route) || !isBarred(route, build))
  );
}

/** Whether previews here need a token. */
export function isSigned(route: ReadableRoute): boolean {
  return FEATURE_SIGNED && route.preview === 'signed';
}

/**
 * `?override_build_number=1043` starts a preview in this browser and `=off` ends it, whatever the
 * policy says by now; both go on to the clean URL. Where previews are signed it is a token. The
 * first one counts, all are removed, every other byte of the query stays.
 */
export function answerOverride(
  route: ReadableRoute,
  visitor: Visitor,
  path: string,
): Answer | undefined {
  const pieces = ('&' + visitor.query).split('&override_build_number=');
  if (!(1 in pieces)) return undefined;
  const value = pieces[1].split('&')[0] as string;
  const off = value === 'off';
  let build = value;
  let lifetime = off ? '; Max-Age=0' : '';
  if (!off && isSigned(route)) {
    const token = readToken(value, 'p', visitor) || ['', ''];
    build = token[0] as string;
    lifetime = '; Max-Age=' + (+(token[1] as string) - visitor.now);
  } else if (!off && route.preview !== 'open') return undefined;
  // One answer for every reason: it tells nobody which builds there are.
  if (!off && !isShown(route, build)) return answer(400, 'No build');
  const rest = pieces.map((piece, index) => (index ? piece.replace(/^[^&]*/, '') : piece));
  const query = rest.join('').replace('&', '?');
  const redirect = answer(302, '', 'location', encodePath(path) + query);
  const cookies = redirect.cookies;
  cookies[PREVIEW_COOKIE] = makeCookie(value, HIDDEN + lifetime);
  // The build, for scripts, so that a page can show a badge. Says nothing to the edge.
  cookies['hg_preview_build'] = makeCookie(build, lifetime);
  if (FEATURE_ADOPTED && off && route.cookies) {
    cookies[route.cookies[1]] = makeCookie('', lifetime);
  }
  return redirect;
}
