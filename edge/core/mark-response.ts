import { readSlot } from './assign.ts';
import {
  FOR_A_YEAR,
  FOR_THE_SESSION,
  makeCookie,
  PAGE_COOKIE,
  PREVIEW_COOKIE,
  SLOT_COOKIE,
} from './cookies.ts';
import { readField } from './fields.ts';
import type { Field, Fields } from './fields.ts';
import { isBuildNumber } from './read-route.ts';
import { isNavigation, SERVICE_WORKER } from './visitor.ts';
import type { ViewerRequest } from './visitor.ts';

export interface Marks {
  /** The build that was served; undefined when nothing says so. */
  readonly build: string | undefined;
  readonly noindex: boolean;
  readonly cookies: Fields;
}

/** What to add to a response; `type` is empty when it has none. It never decides again: `build` is what was served, unchecked. */
export function markResponse(
  request: ViewerRequest,
  requestId: string,
  response: { readonly type: string; readonly build: string },
): Marks {
  const build = isBuildNumber(response.build) ? response.build : undefined;
  const cookies: Record<string, Field> = {};
  const sent = request.cookies;
  if (build && isDocument(request.headers, response.type)) {
    if (readField(sent, PAGE_COOKIE) !== build) {
      cookies[PAGE_COOKIE] = makeCookie(build, FOR_THE_SESSION);
    }
    const slotCookie = readField(sent, SLOT_COOKIE);
    const slot = String(readSlot(slotCookie, requestId));
    if (slotCookie !== slot) cookies[SLOT_COOKIE] = makeCookie(slot, FOR_A_YEAR);
  }
  return { build, noindex: !!build && readField(sent, PREVIEW_COOKIE) === build, cookies };
}

/**
 * A service worker's script counts: the files it fetches next must come from its own build. So does
 * a navigation's 304, which has no type: it shows a stored page, perhaps not of the last page's build.
 */
function isDocument(headers: Fields, type: string): boolean {
  if (readField(headers, 'sec-fetch-dest') === SERVICE_WORKER) return true;
  return type ? /^text\/html/.test(type) : isNavigation(headers);
}
