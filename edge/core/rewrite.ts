/**
 * `path` decoded once, with dot segments resolved and one slash between segments, so that nothing
 * after this sees a second spelling of it; undefined when it can't name a file.
 * `/a//%2e%2e/b%2Fc` -> `/b/c`.
 */
export function normalisePath(path: string): string | undefined {
  // Nearly every path: nothing to decode, resolve or refuse. In njs a RegExp that doesn't match is dear.
  if (path.indexOf('%') < 0 && /^\/(\w[\w.-]*(\/|$))*$(?!\n)/.test(path)) return path;
  try {
    const decoded = decodeURIComponent(path);
    // oxlint-disable-next-line no-control-regex -- control characters are what it refuses
    if (!/^[^\0-\x1f\x7f\\]*$(?!\n)/.test(decoded)) return undefined;
    const segments: string[] = [];
    decoded.split('/').forEach((segment, index, all) => {
      if (segment === '..') segments.pop();
      if (segment && segment !== '.' && segment !== '..') segments.push(segment);
      else if (index + 1 === all.length) segments.push('');
    });
    return '/' + segments.join('/');
  } catch {
    // Bad percent-encoding, or not UTF-8.
  }
  return undefined;
}

/** Percent-encodes a normalised path the one way S3 reads it; `+` is `%2B`, or S3 takes it for a space. */
export function encodePath(path: string): string {
  // A `%2F` in the name itself has become `%252F`.
  return encodeURIComponent(path).split('%2F').join('/');
}

/** The file below a build's root that answers a normalised path. `spa` undefined: it is one. */
export function resolveFile(spa: 0 | 1 | undefined, path: string, navigation: boolean): string {
  // An extension has a letter: `/release/1.2` has none, `/font.woff2` and `/a.7z` have.
  if (spa !== 0 && navigation && !(path.indexOf('.') > 0 && /\.\d*[A-Za-z]\w*$/.test(path))) {
    return '/index.html';
  }
  return path.slice(-1) === '/' ? path + 'index.html' : path;
}

/**
 * CloudFront's path patterns: `*` is any run of characters, `?` exactly one; both sides start with
 * a slash. By hand, since a RegExp made per request cost more than all the rest of it.
 */
export function matchPattern(pattern: string, path: string): boolean {
  let at = 0;
  let index = 0;
  let star = -1;
  let resume = 0;
  for (;;) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      resume = index;
      // Most patterns end so, and every character costs.
      if (at === pattern.length) return true;
    } else if (index >= path.length) {
      return !wanted;
    } else if (wanted === '?' || wanted === path[index]) {
      at++;
      index++;
    } else {
      if (star < 0) return false;
      // The last star takes one character more.
      at = star + 1;
      index = ++resume;
    }
  }
}
