/** The one file of a build whose files don't matter. */
export const INDEX = {
  path: 'index.html',
  location: 'build',
  size: 1,
  sha256: '00',
  etag: '00',
  contentType: 'text/html; charset=utf-8',
  cacheClass: 'document',
} as const;
