import {
  GetCachePolicyCommand,
  type CachePolicyConfig,
  type CloudFrontClient,
  type DistributionConfig,
  type OriginRequestPolicyConfig,
} from '@aws-sdk/client-cloudfront';
import { expect, it } from 'vitest';
import { readCaching } from '../../../../../controller/adapters/aws/cloudfront/caching.ts';

const CACHE_POLICIES: Readonly<Record<string, Omit<CachePolicyConfig, 'Name'>>> = {
  disabled: { MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 },
  keyed: {
    MinTTL: 5,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: true,
      HeadersConfig: {
        HeaderBehavior: 'whitelist',
        Headers: { Quantity: 2, Items: ['X-Headgate-Build', 'Authorization'] },
      },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
    },
  },
};

const ORIGIN_POLICIES: Readonly<Record<string, Omit<OriginRequestPolicyConfig, 'Name'>>> = {
  allButHost: {
    HeadersConfig: { HeaderBehavior: 'allExcept', Headers: { Quantity: 1, Items: ['host'] } },
    CookiesConfig: { CookieBehavior: 'all' },
    QueryStringsConfig: { QueryStringBehavior: 'all' },
  },
  cookies: {
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'allExcept' },
    QueryStringsConfig: { QueryStringBehavior: 'none' },
  },
};

/** Answers from the tables above, and counts. */
function createClient() {
  const asked: string[] = [];
  const send = async (command: { readonly input: { readonly Id: string } }) => {
    const { Id } = command.input;
    asked.push(Id);
    return command instanceof GetCachePolicyCommand
      ? { CachePolicy: { CachePolicyConfig: CACHE_POLICIES[Id] } }
      : { OriginRequestPolicy: { OriginRequestPolicyConfig: ORIGIN_POLICIES[Id] } };
  };
  return { asked, client: { send } as unknown as CloudFrontClient };
}

const SHARED = { TargetOriginId: 'builds', ViewerProtocolPolicy: 'allow-all' } as const;

function configWith(...behaviours: readonly object[]): DistributionConfig {
  const Items = behaviours.map((one, index) => ({ ...SHARED, PathPattern: `/${index}`, ...one }));
  return {
    CallerReference: '',
    Comment: '',
    Enabled: true,
    Origins: { Quantity: 0, Items: [] },
    DefaultCacheBehavior: { ...SHARED, CachePolicyId: 'keyed' },
    CacheBehaviors: { Quantity: Items.length, Items },
  };
}

it('says what is in the key and what origins get, and reads each policy once', async () => {
  const { asked, client } = createClient();
  const caching = await readCaching(
    client,
    configWith(
      { CachePolicyId: 'disabled', OriginRequestPolicyId: 'allButHost' },
      { CachePolicyId: 'disabled', OriginRequestPolicyId: 'cookies' },
      { CachePolicyId: 'disabled' },
    ),
  );
  const uncached = { minimum: 0, maximum: 0, keyHeaders: [], inKey: [] };
  expect(Object.fromEntries(caching)).toEqual({
    '/0': { ...uncached, forwarded: ['query strings', 'cookies', 'Authorization'] },
    '/1': { ...uncached, forwarded: ['cookies'] },
    '/2': { ...uncached, forwarded: [] },
    '*': {
      minimum: 5,
      maximum: 31_536_000,
      keyHeaders: ['x-headgate-build', 'authorization'],
      inKey: ['query strings', 'Authorization'],
      forwarded: ['query strings', 'Authorization'],
    },
  });
  expect(asked.toSorted()).toEqual(['allButHost', 'cookies', 'disabled', 'keyed']);
});

it.each([
  [['x-headgate-build'], 60, ['query strings']],
  [['*'], 0, ['query strings', 'Authorization']],
])('knows behaviours from before cache policies: headers %j', async (Items, maximum, inKey) => {
  const Headers = { Quantity: Items.length, Items };
  const ForwardedValues = { QueryString: true, Cookies: { Forward: 'none' as const }, Headers };
  const caching = await readCaching(
    createClient().client,
    configWith({ ForwardedValues, MinTTL: 0, MaxTTL: 60 }),
  );
  const expected = { minimum: 0, maximum, keyHeaders: Items, inKey, forwarded: inKey };
  expect(caching.get('/0')).toEqual(expected);
});
