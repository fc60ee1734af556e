/** What hg_session holds: `<build>.<last page, seconds since the epoch in base 36>`. */
export function makeSession(build: string, now: number): string {
  return build + '.' + now.toString(36);
}
