import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { expect, it } from 'vitest';
import { withDeparture } from '../../../../../controller/adapters/aws/cloudfront/departure.ts';
import { withAssociations } from '../../../../../controller/adapters/aws/cloudfront/distribution.ts';

const OURS = 'arn:aws:cloudfront::000000000000:function/headgate-prod-request';
const THEIRS = 'arn:aws:cloudfront::000000000000:function/login';
const BEHAVIOUR = { TargetOriginId: 'site', ViewerProtocolPolicy: 'redirect-to-https' } as const;

function origin(Id: string, OriginPath: string, access = 'E1') {
  return {
    Id,
    DomainName: 'web.s3.us-east-1.amazonaws.com',
    OriginPath,
    OriginAccessControlId: access,
  };
}

function configWith(origins: readonly ReturnType<typeof origin>[]): DistributionConfig {
  return {
    CallerReference: 'one',
    Comment: '',
    Enabled: true,
    Origins: { Quantity: origins.length, Items: [...origins] },
    OriginGroups: {
      Quantity: 1,
      Items: [
        {
          Id: 'site-2',
          FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [404] } },
          Members: { Quantity: 2, Items: [{ OriginId: 'site' }, { OriginId: 'site' }] },
        },
      ],
    },
    CacheBehaviors: { Quantity: 1, Items: [{ ...BEHAVIOUR, PathPattern: '/api/*' }] },
    DefaultCacheBehavior: {
      ...BEHAVIOUR,
      FunctionAssociations: {
        Quantity: 2,
        Items: [
          { EventType: 'viewer-request', FunctionARN: OURS },
          { EventType: 'viewer-response', FunctionARN: THEIRS },
        ],
      },
    },
  };
}

const left = { patterns: ['*'], functions: ['headgate-prod-request', 'headgate-prod'] };

it('takes our functions off the named behaviours, and theirs not', () => {
  const changed = withDeparture(configWith([origin('site', '')]), {
    ...left,
    viewerRequestArn: 'arn:stand-alone',
  });
  expect(changed.DefaultCacheBehavior?.FunctionAssociations?.Items).toEqual([
    { EventType: 'viewer-response', FunctionARN: THEIRS },
    { EventType: 'viewer-request', FunctionARN: 'arn:stand-alone' },
  ]);
  expect(changed.CacheBehaviors).toEqual(configWith([]).CacheBehaviors);
  expect(changed.Origins).toEqual(configWith([origin('site', '')]).Origins);
});

it('takes versions of our Lambda@Edge function off all events', () => {
  const of = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
  const config = configWith([origin('site', '')]);
  const Items = [
    { EventType: 'viewer-request' as const, LambdaFunctionARN: of('headgate-prod:4') },
    { EventType: 'origin-response' as const, LambdaFunctionARN: of('images:1') },
  ];
  const LambdaFunctionAssociations = { Quantity: 2, Items };
  const DefaultCacheBehavior = { ...BEHAVIOUR, LambdaFunctionAssociations };
  const changed = withDeparture({ ...config, DefaultCacheBehavior }, left).DefaultCacheBehavior;
  expect(changed?.LambdaFunctionAssociations).toEqual({ Quantity: 1, Items: [Items[1]] });
});

it('moves them below a path by an origin of their own: others ask the present one', () => {
  const config = configWith([origin('site', '')]);
  const changed = withDeparture(config, {
    ...left,
    originPath: '/shop/builds/2',
    rootObject: 'index.html',
  });
  expect(changed.DefaultCacheBehavior?.TargetOriginId).not.toBe('site');
  const target = changed.DefaultCacheBehavior?.TargetOriginId;
  // `site-2` is the name of a group.
  expect(changed.Origins?.Items).toEqual([
    origin('site', ''),
    origin('site-2-2', '/shop/builds/2'),
  ]);
  expect(target).toBe('site-2-2');
  expect(changed.CacheBehaviors?.Items?.[0]?.TargetOriginId).toBe('site');
  expect(changed.DefaultRootObject).toBe('index.html');
  expect(withDeparture(changed, { ...left, originPath: '/shop/builds/2' }).Origins).toEqual(
    changed.Origins,
  );
});

it('goes to an origin that is there only if it asks as the same', () => {
  const of = (access: string) =>
    withAssociations(configWith([origin('site', '/site'), origin('top', '', access)]), [
      { pattern: '*', viewerRequestArn: 'a', viewerResponseArn: 'b', originPath: '/site' },
    ]);
  expect(of('E1').DefaultCacheBehavior?.TargetOriginId).toBe('top');
  expect(of('E1').Origins?.Quantity).toBe(2);
  expect(of('E2').DefaultCacheBehavior?.TargetOriginId).toBe('site-top');
  expect(of('E2').Origins?.Quantity).toBe(3);
});

it('leaves a behaviour below another path where it is', () => {
  const config = configWith([origin('site', '/other')]);
  const change = {
    pattern: '*',
    viewerRequestArn: 'a',
    viewerResponseArn: 'b',
    originPath: '/site',
  };
  expect(withAssociations(config, [change]).DefaultCacheBehavior?.TargetOriginId).toBe('site');
});
