import {
  paginateListDistributions,
  type CloudFrontClient,
  type DistributionSummary,
} from '@aws-sdk/client-cloudfront';
import type { Distribution } from '../../../ports/distributions.ts';
import { toDistribution } from './distribution.ts';

/** ListDistributions gives no more at once. */
const PAGE = 100;
/** From so many on a listing is worth its first page. */
const WORTH_LISTING = 10;
/** An account may have thousands that are none of ours: at most one page for so many that we want. */
const WANTED_PER_PAGE = 4;

/**
 * Of these distributions, those that a listing shows as a question about each would, but for the root
 * object. Who isn't there is asked for alone: without `cloudfront:ListDistributions`, where the account
 * has too many, or where summaries have no ETag (an endpoint older than that field).
 */
export async function listDistributions(
  client: CloudFrontClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Distribution>> {
  const found = new Map<string, Distribution>();
  if (ids.length < WORTH_LISTING) return found;
  const wanted = new Set(ids);
  let pagesLeft = Math.ceil(ids.length / WANTED_PER_PAGE);
  try {
    for await (const page of paginateListDistributions({ client, pageSize: PAGE }, {})) {
      for (const summary of page.DistributionList?.Items ?? []) {
        const { Id = '', ETag } = summary;
        if (wanted.delete(Id) && ETag !== undefined) found.set(Id, describe(summary, ETag));
      }
      pagesLeft -= 1;
      if (wanted.size === 0 || pagesLeft === 0) break;
    }
  } catch {
    // Whatever it is, the question about each tells it better, with the distribution's name.
  }
  return found;
}

function describe(summary: DistributionSummary, revision: string): Distribution {
  const { Aliases, Enabled, Origins, OriginGroups, DefaultCacheBehavior, CacheBehaviors } = summary;
  const config = { Aliases, Enabled, Origins, OriginGroups, DefaultCacheBehavior, CacheBehaviors };
  return toDistribution(summary, { ...config, DefaultRootObject: '' }, revision);
}
