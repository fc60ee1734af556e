import type { DistributionConfig, EventType } from '@aws-sdk/client-cloudfront';
import { CACHE, composeBehaviour, composeOrigin, NO_CACHE } from '../distribution.ts';
import { COMMENT } from '../edge-listings.ts';
import { codes } from '../at-edge/refusals.ts';

export interface LambdaGround {
  readonly name: string;
  readonly bucket: string;
  readonly control: string;
  /** ARNs of versions. */
  readonly lambda: string;
  readonly loading: string;
}

/** All events in one distribution: the second origin of the group is the bucket's folder `second`. */
export function composeConfig(ground: LambdaGround): DistributionConfig {
  const { name, bucket, control, lambda, loading } = ground;
  const origins = [
    composeOrigin('bucket', { bucket, control }),
    composeOrigin('second', { bucket, control, path: '/second' }),
  ];
  const both = ['origin-request', 'origin-response'] as const;
  const behaviours = [
    { path: '/lambda/*', cache: CACHE, runs: runs(lambda, [...both, 'viewer-response']) },
    { path: '/viewer/*', runs: runs(lambda, ['viewer-request', 'viewer-response']) },
    { path: '/fails/*', runs: runs(lambda, ['origin-request']) },
    { path: '/group/*', origin: 'group', runs: runs(lambda, both) },
    { path: '/loading/*', runs: runs(loading, ['viewer-request']) },
  ].map(({ path, cache = NO_CACHE, origin = 'bucket', runs: LambdaFunctionAssociations }) => ({
    PathPattern: path,
    ...composeBehaviour(origin, { cache }),
    LambdaFunctionAssociations,
  }));
  const members = ['bucket', 'second'].map((OriginId) => ({ OriginId }));
  const group = {
    Id: 'group',
    FailoverCriteria: codes(404, 503),
    Members: { Quantity: members.length, Items: members },
  };
  return {
    CallerReference: `${name}-lambda`,
    Comment: COMMENT,
    Enabled: true,
    Origins: { Quantity: origins.length, Items: origins },
    OriginGroups: { Quantity: 1, Items: [group] },
    CacheBehaviors: { Quantity: behaviours.length, Items: behaviours },
    DefaultCacheBehavior: composeBehaviour('bucket'),
  };
}

export function runs(LambdaFunctionARN: string, events: readonly EventType[]) {
  const Items = events.map((one) => ({ EventType: one, LambdaFunctionARN, IncludeBody: false }));
  return { Quantity: Items.length, Items };
}

/** A minute is the shortest that a cache keeps, unless the page says so. */
const SECOND = 'max-age=1';

/** Key, body and Cache-Control of the bucket. */
export const LAMBDA_PAGES: readonly (readonly [key: string, body: string, control?: string])[] = [
  ['page', 'page'],
  ['lambda/kept', 'kept', SECOND],
  ['lambda/other', 'first'],
  ['viewer/status', 'page'],
  ['viewer/body', 'page'],
  ['viewer/via', 'page'],
  ['loading/page', 'page'],
  ['group/spoilt', 'first'],
  ['second/group/spoilt', 'second'],
  ['second/group/second', 'second'],
  ['second/group/generated', 'second'],
];
