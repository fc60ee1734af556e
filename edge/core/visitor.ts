import { readSlot } from './assign.ts';
import { PAGE_COOKIE, PREVIEW_COOKIE, SLOT_COOKIE } from './cookies.ts';
import { readField } from './fields.ts';
import type { Fields } from './fields.ts';

/** The `Sec-Fetch-Dest` of a service worker's own script. */
export const SERVICE_WORKER = 'serviceworker';

/** What a decision depends on, and nothing else. */
export interface Visitor {
  /** As sent: percent-encoded. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly navigation: boolean;
  readonly crawler: boolean;
  readonly slot: number;
  /** The build that the page on the screen came from; unchecked, empty: none. */
  readonly page: string;
  /** The build this browser asks to preview; unchecked, empty: none. */
  readonly preview: string;
}

export interface ViewerRequest {
  readonly uri: string;
  readonly headers: Fields;
  readonly cookies: Fields;
}

export function readVisitor(request: ViewerRequest, query: string, requestId: string): Visitor {
  const headers = request.headers;
  const cookies = request.cookies;
  return {
    path: request.uri,
    query,
    navigation: isNavigation(headers),
    crawler: /bot|crawl|spider/i.test(readField(headers, 'user-agent')),
    slot: readSlot(readField(cookies, SLOT_COOKIE), requestId),
    page: readField(cookies, PAGE_COOKIE),
    preview: readField(cookies, PREVIEW_COOKIE),
  };
}

/**
 * True for a request that puts a page on the screen. A service worker's own script counts: it is
 * what decides the next page of a browser whose navigations never reach the network, so it must
 * leave a rolled-back build as navigations do.
 */
export function isNavigation(headers: Fields): boolean {
  const mode = readField(headers, 'sec-fetch-mode');
  return mode
    ? mode === 'navigate' || readField(headers, 'sec-fetch-dest') === SERVICE_WORKER
    : /html/.test(readField(headers, 'accept'));
}
