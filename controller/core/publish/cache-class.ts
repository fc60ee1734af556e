import type { CacheClass } from '../state/manifest.ts';

const DOCUMENT = /\.x?html?$/i;

/** Only a pooled file may be cached for good: its name is the promise that its bytes never change. */
export function cacheClassOf(path: string, pooled: boolean): CacheClass {
  if (pooled) return 'immutable';
  return DOCUMENT.test(path) ? 'document' : 'mutable';
}

export function cacheControlOf(cacheClass: CacheClass): string {
  return cacheClass === 'immutable' ? 'public, max-age=31536000, immutable' : 'no-cache';
}
