/** Whether a CloudFront path pattern matches a path: `*` is any run of characters, `?` exactly one; case counts. */
export function compilePattern(pattern: string): (path: string) => boolean {
  if (pattern === '*') return () => true;
  const rooted = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  const source = rooted
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (path) => expression.test(path);
}
