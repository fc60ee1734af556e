/** What of a request a behaviour passes on, beside path and host. */
export const REQUEST_PARTS = ['query strings', 'cookies', 'Authorization'] as const;
export type RequestPart = (typeof REQUEST_PARTS)[number];

/** One behaviour's cache policy and origin request policy, in our words. */
export interface Caching {
  /** Seconds that answers are kept whatever the origin says. */
  readonly minimum: number;
  /** 0: it doesn't cache. */
  readonly maximum: number;
  /** Headers in the cache key, in lower case. */
  readonly keyHeaders: readonly string[];
  readonly inKey: readonly RequestPart[];
  /** Names of the cookies in it; `*`: all, or all but some. Absent: none. */
  readonly keyCookies?: readonly string[];
  /** What the origin gets; all that is in the key is among it. */
  readonly forwarded: readonly RequestPart[];
}
