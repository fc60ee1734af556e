/** What of a live set-up would better be otherwise, and when it may be changed without anybody noticing. */
import { defaultOf, type AdoptPlan } from './plan.ts';

export interface Finding {
  /** Of the distribution or the bucket. */
  readonly what: string;
  /** Until when it may stay, or why it must not. */
  readonly meanwhile: string;
  /** The setting, once the functions are exchanged. */
  readonly later: string;
}

const DAY = 86_400;

/** All of it can wait until Headgate's functions are on: before, the earlier ones may need it. */
export function listFindings(plan: AdoptPlan): readonly Finding[] {
  return [...listKey(plan), ...listErrors(plan), ...listBucket(plan)];
}

function listKey({ facts, cookies }: AdoptPlan): readonly Finding[] {
  const caching = defaultOf(facts.distribution).caching;
  if (caching === undefined) return [];
  const { keyCookies = [], inKey, keyHeaders, minimum } = caching;
  const lasting = cookies === undefined ? '' : ', once no browser has the old cookies any more';
  const parts = [
    ...(keyCookies.length > 0 ? [`cookies (${keyCookies.join(', ')})`] : []),
    ...(inKey.includes('query strings') ? ['query strings'] : []),
    ...(keyHeaders.length > 0 ? [`headers (${keyHeaders.join(', ')})`] : []),
  ];
  return [
    ...(parts.length === 0
      ? []
      : [
          {
            what: `${parts.join(' and ')} in the cache key`,
            meanwhile:
              'allowed: the build is in the path from then on, so they only make more copies of the same files',
            later: `a cache policy without them${lasting}`,
          },
        ]),
    ...(minimum >= DAY
      ? []
      : [
          {
            what: `a minimum TTL of ${minimum} s`,
            meanwhile:
              'allowed: pages that browsers may not keep are asked of the bucket each time. Not to be raised before: without the build in the path it would keep old pages',
            later:
              'a cache policy with a minimum TTL of a day: builds never change, so the edge may keep their pages',
          },
        ]),
  ];
}

function listErrors({ facts, layout, spa }: AdoptPlan): readonly Finding[] {
  const pages = facts.distribution.errorPages ?? [];
  const rewriting = pages.filter(
    ({ code, page }) => [403, 404].includes(code) && page !== undefined,
  );
  const uncached = [403, 404].every((code) =>
    pages.some((one) => one.code === code && one.cachingSeconds === 0),
  );
  return [
    ...rewriting.map(({ code, page, status }) => ({
      what: `${code} is answered with ${page}${status === undefined ? '' : ` and ${status}`}, for all behaviours`,
      meanwhile:
        layout === 'flat' && spa.is
          ? 'needed until then for links into the app; afterwards missing files, and errors of an API, get the page of the old site'
          : 'allowed; errors of an API behind this distribution are answered with it, too',
      later: 'no error page: Headgate answers links into the app itself, and missing files are 404',
    })),
    ...(uncached
      ? []
      : [
          {
            what: '403 or 404 are cached',
            meanwhile: 'allowed: a file that is asked for too early is missing for that long',
            later: 'ErrorCachingMinTTL 0 for 403 and 404',
          },
        ]),
  ];
}

function listBucket({ facts: { bucket } }: AdoptPlan): readonly Finding[] {
  return [
    {
      what: `who may list s3://${bucket}`,
      meanwhile:
        'where the distribution may not, S3 answers 403 where it should say 404, as it does today',
      later: `s3:ListBucket on arn:aws:s3:::${bucket} for the distribution`,
    },
  ];
}
