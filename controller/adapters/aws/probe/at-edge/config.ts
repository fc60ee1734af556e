import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { CACHE, composeBehaviour, composeOrigin } from '../distribution.ts';
import { COMMENT } from '../edge-listings.ts';

export interface Ground {
  /** Of the probe. */
  readonly name: string;
  readonly bucket: string;
  readonly control: string;
  readonly headers: string;
  /** ARNs. */
  readonly request: string;
  readonly response: string;
  readonly marker: string;
  readonly printing: string;
}

/**
 * All that the edge is asked, in one distribution: each settles for minutes. The default behaviour asks the bucket,
 * with a headers policy that says `no-store`.
 */
export function composeConfig(ground: Ground): DistributionConfig {
  const { name, bucket, control, request, response } = ground;
  const both = { 'viewer-request': request, 'viewer-response': response };
  const origin = (id: string, path: string) => composeOrigin(id, { bucket, control, path });
  const origins = [
    origin('bucket', ''),
    origin('other', '/other'),
    origin('old', '/old'),
    origin('new', '/new'),
    origin('path', `/${name}-path`),
  ];
  const marked = { runs: { 'viewer-response': ground.marker } };
  const printing = { runs: { 'viewer-request': ground.printing } };
  const behaviours = [
    { PathPattern: '/cached/*', ...composeBehaviour('bucket', { cache: CACHE, runs: both }) },
    { PathPattern: '/path/*', ...composeBehaviour('path', { runs: both }) },
    { PathPattern: CHANGE_PATTERN, ...composeBehaviour('old', marked) },
    { PathPattern: '/print/*', ...composeBehaviour('bucket', printing) },
  ];
  return {
    CallerReference: name,
    Comment: COMMENT,
    Enabled: true,
    DefaultRootObject: 'page.html',
    Origins: { Quantity: origins.length, Items: origins },
    CacheBehaviors: { Quantity: behaviours.length, Items: behaviours },
    DefaultCacheBehavior: {
      ...composeBehaviour('bucket', { runs: both }),
      ResponseHeadersPolicyId: ground.headers,
    },
  };
}

const CHANGE_PATTERN = '/change/*';

/** Another origin and another function for one behaviour: what moving a site does in one change. */
export function changeConfig(config: DistributionConfig, marker: string): DistributionConfig {
  const Items = config.CacheBehaviors?.Items?.map((one) =>
    one.PathPattern === CHANGE_PATTERN
      ? {
          ...one,
          ...composeBehaviour('new', { runs: { 'viewer-response': marker } }),
          PathPattern: CHANGE_PATTERN,
        }
      : one,
  );
  return { ...config, CacheBehaviors: { Quantity: Items?.length, Items } };
}

/** Which of them the bucket's policy gives to anybody who comes as the distribution. */
export const ANYBODYS = 'star';

/** Keys and bodies of the bucket. */
export const PAGES: Readonly<Record<string, string>> = {
  'page.html': 'page',
  star: 'star',
  'cached/page.html': 'one',
  'cached/who': 'first',
  'other/cached/who': 'second',
  'fresh/who': 'first',
  'other/fresh/who': 'second',
  'call/anew': 'plain',
  'other/call/anew': 'other',
  'other/call/last': 'other',
  'old/change/page': 'old',
  'new/change/page': 'new',
};
