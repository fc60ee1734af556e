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
    { Id: 'E1', Status: 'InProgress', DomainName: 'D111.cloudfront.net' },
    CONFIG,
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
      originIds: ['site', 'pool'],
      revision: 'revision',
    });
  });

  it('finds the origin, through an origin group by its first member', () => {
    expect(distribution.behaviours.map(({ originPath }) => originPath)).toEqual([
      '',
      '/shop/pool',
      '',
    ]);
    expect(distribution.behaviours.map(({ second }) => second)).toEqual([
      undefined,
      { originDomain: 'web.s3.us-east-1.amazonaws.com', originPath: '', statuses: [404] },
      undefined,
    ]);
  });

  it('tells functions from Lambda@Edge, with the events of each', () => {
    expect(distribution.behaviours[0]?.lambdas).toEqual([
      { event: 'viewer-response', arn: 'arn:one:1' },
      { event: 'origin-request', arn: 'arn:two:1' },
    ]);
    expect(distribution.behaviours[2]).toMatchObject({
      viewerRequestArn: `${FUNCTION}/old`,
      viewerResponseArn: undefined,
      lambdas: [],
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

  it('sets one version on three events, in the place of an earlier one and of what it replaces', () => {
    const of = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
    const config = structuredClone(CONFIG);
    const Items = [
      { EventType: 'viewer-request' as const, LambdaFunctionARN: of('headgate-prod:1') },
      { EventType: 'origin-response' as const, LambdaFunctionARN: of('images:2') },
      { EventType: 'origin-response' as const, LambdaFunctionARN: of('versioned:3') },
    ];
    Object.assign(config.DefaultCacheBehavior ?? {}, {
      LambdaFunctionAssociations: { Quantity: Items.length, Items },
    });
    const lambdaArn = of('headgate-prod:2');
    const association = { pattern: '*', lambdaArn, replaces: ['versioned', 'old'] };
    const changed = withAssociations(config, [association]);
    const ours = (EventType: string) => ({
      EventType,
      LambdaFunctionARN: lambdaArn,
      IncludeBody: false,
    });
    expect(changed.DefaultCacheBehavior).toEqual({
      ...config.DefaultCacheBehavior,
      FunctionAssociations: { Quantity: 0, Items: [] },
      LambdaFunctionAssociations: {
        Quantity: 4,
        Items: [Items[1], ...['viewer-request', 'origin-request', 'viewer-response'].map(ours)],
      },
    });
    expect(changed.CacheBehaviors).toEqual(config.CacheBehaviors);
  });

  it('takes the functions of an earlier set-up off these behaviours, at all events', () => {
    const config = structuredClone(CONFIG);
    const of = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}:7`;
    const Items = [
      { EventType: 'viewer-response', LambdaFunctionARN: of('old') },
      { EventType: 'origin-request', LambdaFunctionARN: of('old') },
      { EventType: 'origin-response', LambdaFunctionARN: of('older') },
    ] as const;
    Object.assign(config.CacheBehaviors?.Items?.[0] ?? {}, {
      LambdaFunctionAssociations: { Quantity: 3, Items },
    });
    const arns = { viewerRequestArn: 'a', viewerResponseArn: 'b' };
    const [changed] =
      withAssociations(config, [
        { pattern: '/assets/config.json', ...arns, replaces: ['old', 'ol'] },
      ]).CacheBehaviors?.Items ?? [];
    expect(changed?.LambdaFunctionAssociations).toEqual({ Quantity: 1, Items: [Items[2]] });
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
