import type { CacheClass, HeaderRule } from '../state/manifest.ts';

const DOCUMENT = /\.x?html?$/i;

/**
 * The usual names of service workers, without a content hash: `sw.js`, `firebase-messaging-sw.js`,
 * `ngsw-worker.js`. One that browsers keep for a year keeps its whole site for as long.
 */
const SERVICE_WORKER =
  /(^|\/|[._-])(sw|service[-_]?worker|ngsw-worker|safety-worker|onesignalsdk(updater)?worker)(\.min)?\.[cm]?js$/i;

/** A pooled file may be cached for good: its name is the promise that its bytes never change. `asked`: the policy. */
export function cacheClassOf(
  path: string,
  pooled: boolean,
  asked?: HeaderRule['cache'],
): CacheClass {
  if (SERVICE_WORKER.test(path)) return 'mutable';
  if (pooled) return asked ?? 'immutable';
  // A page that browsers keep is out of reach of every release and rollback.
  return DOCUMENT.test(path) ? 'document' : (asked ?? 'mutable');
}

export function cacheControlOf(cacheClass: CacheClass): string {
  return cacheClass === 'immutable' ? 'public, max-age=31536000, immutable' : 'no-cache';
}
