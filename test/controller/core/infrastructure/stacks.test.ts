import { describe, expect, it, test } from 'vitest';
import type { InfrastructureFacts } from '../../../../controller/core/infrastructure/facts.ts';
import { foreignPatterns } from '../../../../controller/core/infrastructure/foreign-patterns.ts';
import { PLACEHOLDER } from '../../../../controller/core/infrastructure/fast-lane.ts';
import { distributionOutput } from '../../../../controller/core/infrastructure/names.ts';
import { renderStacks } from '../../../../controller/core/infrastructure/stacks.ts';
import type { Resource, Template } from '../../../../controller/core/infrastructure/template.ts';
import { checkSchema, listLostPatterns } from './check-schema.ts';
import { checkTemplate } from './check-template.ts';
import {
  readDemo,
  readLambda,
  readOrigins,
  readPreviews,
  readTenApps,
  readTwoRegions,
} from './fixtures.ts';

const CASES: readonly (readonly [string, () => InfrastructureFacts])[] = [
  ['the example policies', () => readDemo()],
  ['the example policies without `setup`', () => readDemo('')],
  ['an environment of pull requests', readPreviews],
  ['Lambda@Edge with sessions and a gate', readLambda],
  ['whole origins and an API', readOrigins],
  ['two regions and the beacon', readTwoRegions],
  ['ten apps in three environments', readTenApps],
];

describe.each(CASES)('%s', (_, read) => {
  it('is what CloudFormation takes', () => {
    for (const { template } of renderStacks(read())) {
      expect(checkSchema(template)).toEqual([]);
      expect(checkTemplate(template)).toEqual([]);
    }
  });
});

function home(facts: InfrastructureFacts): Template {
  const [stack] = renderStacks(facts);
  if (stack === undefined) throw new Error('no stack');
  return stack.template;
}

function resource(template: Template, id: string): Resource {
  const found = template.Resources[id];
  if (found === undefined) throw new Error(`${id}? ${Object.keys(template.Resources).join(' ')}`);
  return found;
}

function configOf(template: Template, id: string) {
  const { DistributionConfig } = resource(template, id).Properties;
  return DistributionConfig as Readonly<Record<string, unknown>> & {
    readonly CacheBehaviors: readonly Readonly<Record<string, unknown>>[];
    readonly DefaultCacheBehavior: Readonly<Record<string, unknown>>;
  };
}

/** The demo's template with one resource changed. */
function planted(id: string, change: (resource: Resource) => Resource): Template {
  const template = home(readDemo());
  return {
    ...template,
    Resources: { ...template.Resources, [id]: change(resource(template, id)) },
  };
}

const withProperties = (more: object) => (one: Resource) => ({
  ...one,
  Properties: { ...one.Properties, ...more },
});

const withBehaviour = (more: object) => (one: Resource) => {
  const config = one.Properties['DistributionConfig'] as Record<string, object>;
  const DefaultCacheBehavior = { ...config['DefaultCacheBehavior'], ...more };
  return withProperties({ DistributionConfig: { ...config, DefaultCacheBehavior } })(one);
};

test.each<[string, Template, string]>([
  [
    'an unknown property',
    planted('StoreProd', withProperties({ Nmae: 'x' })),
    'StoreProd.Nmae is unknown',
  ],
  [
    'a missing property',
    planted('StoreProd', (one) => ({ ...one, Properties: { Comment: 'x' } })),
    'StoreProd.Name is required',
  ],
  [
    'a wrong type',
    planted('FastLane', withProperties({ Timeout: '300' })),
    'FastLane.Timeout is "300", not integer',
  ],
  [
    'a wrong value',
    planted('FastLaneLog', withProperties({ RetentionInDays: 31 })),
    'is 31, not integer',
  ],
  [
    'a value that CloudFront has not',
    planted(
      'CacheApp',
      (one) => JSON.parse(JSON.stringify(one).replaceAll('"none"', '"nothing"')) as Resource,
    ),
    'is "nothing", not one of none',
  ],
  [
    'an unknown property further in',
    planted('DistributionShopProd', withBehaviour({ Compres: true })),
    'DefaultCacheBehavior.Compres is unknown',
  ],
  [
    'a missing property further in',
    planted('DistributionShopProd', withBehaviour({ TargetOriginId: undefined })),
    'DefaultCacheBehavior.TargetOriginId is required',
  ],
  [
    'a wrong type further in',
    planted('DistributionShopProd', withBehaviour({ Compress: 'true' })),
    'DefaultCacheBehavior.Compress is "true", not boolean',
  ],
  [
    'a wrong value further in',
    planted(
      'BucketAcmeXwebXbuilds',
      withProperties({ OwnershipControls: { Rules: [{ ObjectOwnership: 'Mine' }] } }),
    ),
    'OwnershipControls.Rules[0].ObjectOwnership is "Mine", not string',
  ],
  [
    'a list that is none',
    planted('DistributionShopProd', withBehaviour({ AllowedMethods: 'GET' })),
    'DefaultCacheBehavior.AllowedMethods is no list',
  ],
  [
    'what only AWS says',
    planted('FastLane', withProperties({ Arn: 'arn:aws:lambda' })),
    'FastLane.Arn is read-only',
  ],
  [
    'a name that is too long',
    planted('PlanRole', withProperties({ RoleName: 'a'.repeat(65) })),
    'PlanRole.RoleName is "aaa',
  ],
  [
    'a pattern of paths that CloudFront has not',
    planted('DistributionShopProd', (one) => {
      const text = JSON.stringify(one).replaceAll('/assets/*', '/ä*');
      return JSON.parse(text) as Resource;
    }),
    'CacheBehaviors[0].PathPattern is "/ä*"',
  ],
  [
    'a type that is none',
    planted('StoreProd', (one) => ({ ...one, Type: 'AWS::X::Y' })),
    'no type AWS::X::Y',
  ],
  [
    'a lost reference',
    planted('StoreProd', withProperties({ Comment: { Ref: 'Nobody' } })),
    'there is no Nobody',
  ],
  [
    'an attribute that is none',
    planted('StoreProd', withProperties({ Comment: { 'Fn::GetAtt': ['StoreStaging', 'Url'] } })),
    'has no attribute Url',
  ],
  [
    'a lost name in a text',
    planted('StoreProd', withProperties({ Comment: { 'Fn::Sub': 'a ${Nobody.Arn}' } })),
    'there is no Nobody',
  ],
  [
    'a circle',
    planted('BuildsAccess', (one) => ({ ...one, DependsOn: 'DistributionShopProd' })),
    'a circle',
  ],
  [
    'a thing without tags',
    planted('StoreProd', withProperties({ Tags: undefined })),
    'StoreProd has no tags',
  ],
  [
    'a bucket that could be public',
    planted('BucketAcmeXwebXbuilds', withProperties({ PublicAccessBlockConfiguration: {} })),
    'could be public',
  ],
  [
    'a bucket that expires builds',
    planted(
      'BucketAcmeXwebXbuilds',
      withProperties({ LifecycleConfiguration: { Rules: [{ ExpirationInDays: 9 }] } }),
    ),
    'expires objects',
  ],
  ['a policy for everybody', plantedStatement({ Principal: '*' }), 'allows it to everybody'],
  ['every action', plantedStatement({ Action: 's3:*' }), 'allows every action'],
  ['every resource', plantedStatement({ Resource: '*' }), 'on every resource'],
])('a planted mistake is found: %s', (_, template, message) => {
  expect([...checkSchema(template), ...checkTemplate(template)].join('\n')).toContain(message);
});

test('every pattern is of something that the schemas have', () => {
  expect(listLostPatterns()).toEqual([]);
});

function plantedStatement(more: object): Template {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::acme-web-builds/shop/builds/*',
    ...more,
  };
  const PolicyDocument = { Version: '2012-10-17', Statement: [statement] };
  return planted('ReadersAcmeXwebXbuilds', withProperties({ PolicyDocument }));
}

test('the example has one stack, with a distribution per environment and its hosts', () => {
  const stacks = renderStacks(readDemo());
  expect(stacks.map(({ name, region }) => `${name} ${region}`)).toEqual(['headgate us-east-1']);
  const config = configOf(home(readDemo()), 'DistributionShopProd');
  expect(config).toMatchObject({
    Aliases: ['shop.example.com'],
    DefaultRootObject: 'index.html',
    CustomErrorResponses: [
      { ErrorCode: 403, ErrorCachingMinTTL: 0 },
      { ErrorCode: 404, ErrorCachingMinTTL: 0 },
    ],
    ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' },
  });
  expect(config.CacheBehaviors).toEqual([
    expect.objectContaining({ PathPattern: '/assets/*', TargetOriginId: 'pool' }),
  ]);
});

test('errors are stored nowhere, and security headers are there unless the app sends its own', () => {
  const headers = (facts: InfrastructureFacts) => resource(home(facts), 'AnswerHeaders').Properties;
  const Items = [{ Header: 'cache-control', Value: 'no-store', Override: false }];
  const both = expect.objectContaining({ CustomHeadersConfig: { Items } });
  expect(headers(readDemo())).toEqual({ ResponseHeadersPolicyConfig: both });
  expect(headers(readLambda())).toEqual({ ResponseHeadersPolicyConfig: both });
  expect(headers(readDemo())).toHaveProperty('ResponseHeadersPolicyConfig.SecurityHeadersConfig');
  expect(headers(readLambda())).not.toHaveProperty(
    'ResponseHeadersPolicyConfig.SecurityHeadersConfig',
  );
});

test('without a certificate there are no host names', () => {
  const config = configOf(home(readDemo('')), 'DistributionShopProd');
  expect(config).not.toHaveProperty('Aliases');
  expect(config).toMatchObject({ ViewerCertificate: { CloudFrontDefaultCertificate: true } });
});

test('exceptions from the pool stand ahead of it, and pull requests have a second pool', () => {
  const template = home(readPreviews());
  const targets = (id: string) =>
    configOf(template, id).CacheBehaviors.map(({ PathPattern, TargetOriginId }) => [
      PathPattern,
      TargetOriginId,
    ]);
  expect(targets('DistributionShopProd')).toEqual([
    ['/assets/config.json', 'builds'],
    ['/assets/*', 'pool'],
  ]);
  expect(targets('DistributionShopPulls')).toEqual([
    ['/assets/config.json', 'builds'],
    ['/assets/*', 'pools'],
  ]);
  expect(JSON.stringify(configOf(template, 'DistributionShopPulls'))).toContain(
    '/shop/untrusted/pool',
  );
  expect(JSON.stringify(configOf(template, 'DistributionShopProd'))).not.toContain('untrusted');
});

test('what reconcile put on the behaviours stays there', () => {
  const facts = readPreviews();
  const arn = 'arn:aws:cloudfront::111122223333:function/headgate-prod-request';
  const functions = [{ event: 'viewer-request', arn }];
  const live = {
    'shop/prod': ['/assets/config.json', '*', '/mine/*'].map((pattern) => ({
      pattern,
      functions,
      lambdas: [],
    })),
  };
  const config = configOf(home({ ...facts, live }), 'DistributionShopProd');
  const FunctionAssociations = [{ EventType: 'viewer-request', FunctionARN: arn }];
  expect(config.DefaultCacheBehavior).toMatchObject({ FunctionAssociations });
  expect(config.CacheBehaviors).toEqual([
    expect.objectContaining({ PathPattern: '/assets/config.json', FunctionAssociations }),
    expect.not.objectContaining({ FunctionAssociations }),
  ]);
  expect(foreignPatterns({ ...facts, live })).toEqual({ 'shop/prod': ['/mine/*'] });
});

test('whole origins have what they are sent in the cache key, and an API is kept nowhere', () => {
  const template = home(readOrigins());
  const config = configOf(template, 'DistributionShopProd');
  expect(config['Origins']).toEqual([
    expect.objectContaining({ Id: 'builds' }),
    expect.objectContaining({ Id: 'blue-app', DomainName: 'blue.example.com' }),
    expect.objectContaining({
      Id: 'api.example.com:8443/v2',
      DomainName: 'api.example.com',
      OriginPath: '/v2',
    }),
  ]);
  const [api] = config.CacheBehaviors;
  expect(api).toMatchObject({
    PathPattern: '/api/*',
    CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  });
  expect(api).not.toHaveProperty('ResponseHeadersPolicyId');
  expect(config.DefaultCacheBehavior).toMatchObject({ CachePolicyId: { Ref: 'CacheOrigins' } });
  const key = JSON.stringify(resource(template, 'CacheOrigins').Properties);
  expect(key).toContain('"Headers":["x-headgate-build","Authorization"]');
  expect(key).toContain('"MinTTL":0');
});

test('another region has its bucket and its alarms, and is told the distributions', () => {
  const [first, second] = renderStacks(readTwoRegions());
  expect(first?.region).toBe('us-east-1');
  expect(second?.region).toBe('eu-west-1');
  const output = distributionOutput({ app: 'shop', environment: 'prod' });
  expect(Object.keys(second?.template.Parameters ?? {})).toEqual([output]);
  expect(first?.template.Outputs).toHaveProperty(output);
  const types = Object.values(second?.template.Resources ?? {}).map(({ Type }) => Type);
  expect(types).toEqual([
    'AWS::S3::Bucket',
    'AWS::S3::BucketPolicy',
    'AWS::CloudWatch::Alarm',
    'AWS::Events::Rule',
  ]);
  const alarms = Object.values(first?.template.Resources ?? {}).filter(({ Type }) =>
    Type.endsWith('Alarm'),
  );
  expect(alarms.map(({ Properties }) => Properties['AlarmName'])).toEqual([
    'shop-prod-5xx',
    'headgate-shop-prod-canary',
  ]);
});

test('an alarm that somebody else has made is left to them', () => {
  const facts = readDemo();
  const foreignAlarms = [{ name: 'shop-prod-errors', region: 'us-east-1' }];
  const alarms = (template: Template) =>
    Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  expect(alarms(home(facts))).toHaveLength(1);
  expect(alarms(home({ ...facts, foreignAlarms }))).toEqual([]);
});

test('the fast lane is a placeholder until its code is there, and off where `setup` says so', () => {
  const { Properties } = resource(home(readDemo()), 'FastLane');
  expect(Properties).toMatchObject({
    FunctionName: 'headgate-fast-lane',
    Code: { ZipFile: PLACEHOLDER },
  });
  const types = Object.values(home(readLambda()).Resources).map(({ Type }) => Type);
  expect(types).not.toContain('AWS::Lambda::Function');
  expect(types).not.toContain('AWS::Events::Rule');
});

test('what others have made is not made again', () => {
  const facts = readDemo(`setup:
  existing: { distributions: [], buckets: [acme-web-builds], keyValueStores: [headgate-prod] }
`);
  const ids = Object.keys(home(facts).Resources);
  expect(ids).not.toContain('BucketAcmeXwebXbuilds');
  expect(ids).not.toContain('StoreProd');
  expect(ids).toContain('StoreStaging');
});

test('a logical id stays the same whoever else is there, and no two are the same', () => {
  const places = [
    ['shop', 'prod'],
    ['shop-a', 'b'],
    ['shop', 'a-b'],
    ['shopa', 'b'],
    ['x', '1'],
    ['zx', '1'],
  ] as const;
  const ids = places.map(([app, environment]) => distributionOutput({ app, environment }));
  expect(new Set(ids).size).toBe(places.length);
  expect(ids[0]).toBe('DistributionShopProd');
});

test('ten apps in three environments take more than a request carries: deploy sends it by way of S3', () => {
  const { Resources } = home(readTenApps());
  const bytes = JSON.stringify(home(readTenApps())).length;
  expect(Object.keys(Resources).length).toBeLessThan(200);
  expect(bytes).toBeGreaterThan(51_200);
  expect(bytes).toBeLessThan(1_000_000);
});
