import { readSlot } from './assign.ts';
import {
  FOR_A_YEAR,
  HIDDEN,
  makeCookie,
  PAGE_COOKIE,
  PREVIEW_COOKIE,
  SESSION_COOKIE,
  SLOT_COOKIE,
} from './cookies.ts';
import { readField } from './fields.ts';
import type { Field, Fields } from './fields.ts';
import { isBuildNumber } from './read-route.ts';
import { makeSession } from './session.ts';
import { isNavigation } from './visitor.ts';
import type { Viewer } from './visitor.ts';

export interface Marks {
  /** The build that was served; undefined when nothing says so. */
  readonly build: string | undefined;
  readonly noindex: boolean;
  readonly cookies: Fields;
}

/** What to add to a response; `type` is empty when it has none. It never decides again: `build` is what was served, unchecked. */
export function markResponse(
  viewer: Viewer,
  response: { readonly type: string; readonly build: string },
): Marks {
  const build = isBuildNumber(response.build) ? response.build : undefined;
  const cookies: Record<string, Field> = {};
  const sent = viewer.cookies;
  const previewed = !!build && isPreviewOf(readField(sent, PREVIEW_COOKIE), build);
  if (build && isDocument(viewer.headers, response.type)) {
    if (readField(sent, PAGE_COOKIE) !== build) {
      cookies[PAGE_COOKIE] = makeCookie(build, HIDDEN);
    }
    const slot = String(readSlot(viewer));
    if (readField(sent, SLOT_COOKIE) !== slot) cookies[SLOT_COOKIE] = makeCookie(slot, FOR_A_YEAR);
    // Whatever the route says, which isn't read here. Nobody stays on a build for having previewed it.
    if (FEATURE_SESSION && !previewed) {
      cookies[SESSION_COOKIE] = makeCookie(makeSession(build, viewer.now), HIDDEN);
    }
  }
  return { build, noindex: previewed, cookies };
}

/** A build number, or a signed preview's token, which needs no second check: only its holder sees the mark. */
function isPreviewOf(preview: string, build: string): boolean {
  return preview === build || (FEATURE_SIGNED && preview.split('~')[3] === build);
}

/**
 * A service worker's script counts: the files it fetches next must come from its own build. So does
 * a navigation's 304, which has no type: it shows a stored page, perhaps not of the last page's build.
 */
function isDocument(headers: Fields, type: string): boolean {
  if (readField(headers, 'sec-fetch-dest') === 'serviceworker') return true;
  return type ? type.indexOf('text/html') === 0 : isNavigation(headers);
}
