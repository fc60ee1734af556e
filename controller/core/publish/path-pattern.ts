import type { PublishSettings } from '../state/manifest.ts';

/**
 * Whether a URI path (leading slash) matches a CloudFront path pattern: `*` is any run of characters,
 * slashes too, `?` exactly one; letters are case-sensitive; the pattern's leading slash is optional.
 * `/assets/*` matches `/assets/js/app.js`, not `/assets`.
 */
export function matchesPattern(pattern: string, path: string): boolean {
  const wanted = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  let at = 0;
  // Where to resume when the characters after the last `*` turn out not to fit: linear, never exponential.
  let star = -1;
  let resume = 0;
  let position = 0;
  while (position < path.length) {
    if (wanted[at] === '*') {
      star = at++;
      resume = position;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === path[position])) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

/** Whether a file of a build (no leading slash) lives in the app's shared pool; `exclude` wins. */
export function isPooled(settings: PublishSettings, path: string): boolean {
  const matches = (pattern: string): boolean => matchesPattern(pattern, `/${path}`);
  return settings.pool.include.some(matches) && !settings.pool.exclude.some(matches);
}
