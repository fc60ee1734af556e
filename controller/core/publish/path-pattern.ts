import { matchPattern } from '../../../edge/core/rewrite.ts';
import type { PublishSettings } from '../state/manifest.ts';

/**
 * Whether a file of a build (no leading slash) lives in the app's shared pool; `exclude` wins. The
 * edge's own matcher decides, so that a file is stored where it will be looked for.
 */
export function isPooled(settings: PublishSettings, path: string): boolean {
  const { include, exclude } = settings.pool;
  const matches = (pattern: string): boolean => matchPattern(pattern, `/${path}`);
  return include.some(matches) && !exclude.some(matches);
}
