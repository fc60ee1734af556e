import { matchPattern } from '../../../edge/core/rewrite.ts';
import type { HeaderRule, ManifestFile, PublishSettings } from '../state/manifest.ts';
import { isPooled } from './path-pattern.ts';

/** Where a file of a build lies. */
export function locate(settings: PublishSettings, path: string): ManifestFile['location'] {
  if (isPrivate(settings, path)) return 'private';
  return isPooled(settings, path) ? 'pool' : 'build';
}

/**
 * Source maps have the sources in them. Told by the name alone, as webpack may call them `app.map`;
 * others (of a game, say) are told by an entry of their own: one for a whole folder would publish the
 * sources of whatever comes to lie there.
 */
function isPrivate({ headers = [], sourceMaps }: PublishSettings, path: string): boolean {
  if (sourceMaps === 'public' || !/\.map$/i.test(path)) return false;
  const own = headers.filter(({ files }) => files.endsWith('.map'));
  return findHeaders({ headers: own }, path).type === undefined;
}

/** What the policy says of a file's headers: of each, the first entry that matches and says it. */
export function findHeaders(
  { headers = [] }: Pick<PublishSettings, 'headers'>,
  path: string,
): Omit<HeaderRule, 'files'> {
  const matching = headers.filter(({ files }) => matchPattern(files, `/${path}`));
  return {
    cache: matching.find(({ cache }) => cache !== undefined)?.cache,
    type: matching.find(({ type }) => type !== undefined)?.type,
  };
}
