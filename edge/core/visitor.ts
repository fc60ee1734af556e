import type { Arm } from '../contract/visitor-line.ts';
import { readField } from './fields.ts';
import type { Fields } from './fields.ts';
import type { TokenKeys } from './token.ts';

/** Who asks, as far as both functions see it. Nothing is read before it is needed: each read costs. */
export interface Viewer {
  readonly headers: Fields;
  /** Of a name sent twice, the first. */
  readonly cookies: Fields;
  /** The request's: the same in both functions, another one for each request. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What a decision depends on, and nothing else. */
export interface Visitor extends Viewer {
  /** As sent: percent-encoded. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly ip: string;
  /** Must be there where the route has signed previews or a gate. */
  keys?: TokenKeys;
  /** For the gate. */
  method?: string;
  /** Whether the gate stands before this path, once somebody has asked. */
  guarded?: boolean;
  /** What the gate leaves for viewer-response: see `markGate`. */
  told?: string | false;
  /** Which draw gave this visitor the build; undefined: none that the guard counts. */
  arm?: Arm | undefined;
  /** To be written into the edge's log: see `visitor-line.ts`. */
  line?: string | undefined;
}

/**
 * True for a request that puts a page on the screen. A service worker's own script counts: it is
 * what decides the next page of a browser whose navigations never reach the network, so it must
 * leave a rolled-back build as navigations do.
 */
export function isNavigation(headers: Fields): boolean {
  const mode = readField(headers, 'sec-fetch-mode');
  return mode
    ? mode === 'navigate' || readField(headers, 'sec-fetch-dest') === 'serviceworker'
    : /html/.test(readField(headers, 'accept'));
}
