import { matchPattern } from '../../../edge/core/rewrite.ts';
import type { PublishSettings } from '../state/manifest.ts';

/**
 * Whether a file of a build (no leading slash) lives in the app's shared pool; `exclude` wins. The
 * edge's own matcher decides, so that a file is stored where it will be looked for.
 */
export function isPooled({ pool }: PublishSettings, path: string): boolean {
  const matches = (pattern: string): boolean => matchPattern(pattern, `/${path}`);
  return pool.include.some(matches) && !pool.exclude.some(matches);
}

/**
 * The spellings of a file's URL that CloudFront sends to the pool by itself, with no function between.
 * CloudFront compares what browsers send: the `?` of `/a?b.js` is a letter, and not the `%20` of `a b.js`.
 */
export function listPooledUrls(settings: PublishSettings, path: string): readonly string[] {
  const encoded = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  // Browsers leave these as they are; links may be written either way.
  const asSent = encoded.replaceAll(/%(5B|5D|7C)/g, decodeURIComponent);
  return [encoded, asSent].filter((url) => isPooled(settings, url)).map((url) => `/${url}`);
}

/** What a policy takes. */
const PATTERN_LIMIT = 255;

/** A pattern for one file. It takes only some characters, and CloudFront sees the rest percent-encoded: `*` stands for both. */
export function patternOf(path: string): string {
  const pattern = `/${path.replaceAll(/[^A-Za-z0-9_.$/~'@:&-]+|\.{2,}/g, '*')}`;
  return pattern.length <= PATTERN_LIMIT ? pattern : `${pattern.slice(0, PATTERN_LIMIT - 1)}*`;
}
