import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { describe, expect, it } from 'vitest';
import {
  toDistribution,
  withAssociations,
} from '../../../../../controller/adapters/aws/cloudfront/distribution.ts';

const FUNCTION = 'arn:aws:cloudfront::000000000000:function';

const CONFIG: DistributionConfig = {
  CallerReference: 'one',
  Comment: 'shop',
  Enabled: true,
  Aliases: { Quantity: 1, Items: ['shop.example.com'] },
  Origins: {
    Quantity: 2,
    Items: [
      { Id: 'site', DomainName: 'web.s3.us-east-1.amazonaws.com', OriginPath: '' },
      { Id: 'pool', DomainName: 'web.s3.us-east-1.amazonaws.com', OriginPath: '/shop/pool' },
    ],
  },
  OriginGroups: {
    Quantity: 1,
    Items: [
      {
        Id: 'pools',
        FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [404] } },
        Members: { Quantity: 2, Items: [{ OriginId: 'pool' }, { OriginId: 'site' }] },
      },
    ],
  },
  CacheBehaviors: {
    Quantity: 2,
    Items: [
      {
        PathPattern: '/assets/config.json',
        TargetOriginId: 'site',
        ViewerProtocolPolicy: 'redirect-to-https',
        LambdaFunctionAssociations: {
          Quantity: 2,
          Items: [
            { EventType: 'viewer-response', LambdaFunctionARN: 'arn:one:1' },
            { EventType: 'origin-request', LambdaFunctionARN: 'arn:two:1' },
          ],
        },
      },
      {
        PathPattern: '/assets/*',
        TargetOriginId: 'pools',
        ViewerProtocolPolicy: 'redirect-to-https',
        FunctionAssociations: { Quantity: 0 },
      },
    ],
  },
  DefaultCacheBehavior: {
    TargetOriginId: 'site',
    ViewerProtocolPolicy: 'redirect-to-https',
    CachePolicyId: 'policy',
    FunctionAssociations: {
      Quantity: 1,
      Items: [{ EventType: 'viewer-request', FunctionARN: `${FUNCTION}/old` }],
    },
  },
};

describe('a distribution in our words', () => {
  const distribution = toDistribution(
    {
      Id: 'E1',
      ARN: 'arn',
      Status: 'InProgress',
      LastModifiedTime: new Date(0),
      InProgressInvalidationBatches: 0,
      DomainName: 'D111.cloudfront.net',
      DistributionConfig: CONFIG,
    },
    'revision',
  );

  it('lists behaviours as they are matched, the default last', () => {
    expect(distribution.behaviours.map(({ pattern }) => pattern)).toEqual([
      '/assets/config.json',
      '/assets/*',
      '*',
    ]);
    expect(distribution).toMatchObject({
      id: 'E1',
      domain: 'd111.cloudfront.net',
      aliases: ['shop.example.com'],
      enabled: true,
      status: 'InProgress',
      revision: 'revision',
    });
  });

  it('finds the origin, through an origin group by its first member', () => {
    expect(distribution.behaviours.map(({ originPath }) => originPath)).toEqual([
      '',
      '/shop/pool',
      '',
    ]);
  });

  it('tells functions from Lambda@Edge, and viewer events from origin events', () => {
    expect(distribution.behaviours[0]?.viewerLambdas).toEqual(['viewer-response arn:one:1']);
    expect(distribution.behaviours[2]).toMatchObject({
      viewerRequestArn: `${FUNCTION}/old`,
      viewerResponseArn: undefined,
      viewerLambdas: [],
    });
  });
});

describe('associating functions', () => {
  it('sets both functions of the named behaviours and leaves all else as it was', () => {
    const functions = {
      viewerRequestArn: `${FUNCTION}/request`,
      viewerResponseArn: `${FUNCTION}/response`,
    };
    const changed = withAssociations(CONFIG, [
      { pattern: '*', ...functions },
      { pattern: '/assets/config.json', ...functions },
    ]);

    const both = {
      Quantity: 2,
      Items: [
        { EventType: 'viewer-request', FunctionARN: `${FUNCTION}/request` },
        { EventType: 'viewer-response', FunctionARN: `${FUNCTION}/response` },
      ],
    };
    const expected = structuredClone(CONFIG);
    Object.assign(expected.DefaultCacheBehavior ?? {}, { FunctionAssociations: both });
    Object.assign(expected.CacheBehaviors?.Items?.[0] ?? {}, { FunctionAssociations: both });
    expect(changed).toEqual(expected);
  });

  it('copes with a distribution that has only its default behaviour', () => {
    const { CacheBehaviors: _, ...single } = CONFIG;
    const changed = withAssociations(single, [
      { pattern: '*', viewerRequestArn: 'a', viewerResponseArn: 'b' },
    ]);
    expect(changed.CacheBehaviors).toBeUndefined();
    expect(changed.DefaultCacheBehavior?.FunctionAssociations?.Quantity).toBe(2);
  });
});
