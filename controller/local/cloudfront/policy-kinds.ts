import type { PolicyKind, PolicyRecord } from './policies.ts';
import { ALL_VIEWER_EXCEPT_HOST } from './distribution-rules.ts';
import { checkCachePolicy, checkName, checkResponseHeadersPolicy } from './policy-rules.ts';

const DAY = '86400';
const YEAR = '31536000';

export const CACHE_POLICY: PolicyKind = {
  path: 'cache-policy',
  name: 'CachePolicy',
  list: 'CachePolicyList',
  isWrapped: true,
  check: checkCachePolicy,
  managed: [
    managedCachePolicy('4135ea2d-6df8-44a3-9df3-4b5a84be39ad', 'CachingDisabled', ['0', '0', '0']),
    managedCachePolicy('658327ea-f89d-4fab-a63d-7e88639e58f6', 'CachingOptimized', [
      '1',
      DAY,
      YEAR,
    ]),
  ],
};

export const RESPONSE_HEADERS_POLICY: PolicyKind = {
  path: 'response-headers-policy',
  name: 'ResponseHeadersPolicy',
  list: 'ResponseHeadersPolicyList',
  isWrapped: true,
  check: checkResponseHeadersPolicy,
  managed: [],
};

export const ORIGIN_ACCESS_CONTROL: PolicyKind = {
  path: 'origin-access-control',
  name: 'OriginAccessControl',
  list: 'OriginAccessControlList',
  isWrapped: false,
  check: checkName,
  managed: [],
};

/** Only the managed one, to be read: nobody makes others here. */
export const ORIGIN_REQUEST_POLICY: PolicyKind = {
  path: 'origin-request-policy',
  name: 'OriginRequestPolicy',
  list: 'OriginRequestPolicyList',
  isWrapped: true,
  check: checkName,
  managed: [
    {
      id: ALL_VIEWER_EXCEPT_HOST,
      tag: 'EALLVIEWEREXCEPTHOST',
      modified: 0,
      config: {
        Name: 'Managed-AllViewerExceptHostHeader',
        HeadersConfig: {
          HeaderBehavior: 'allExcept',
          Headers: { Quantity: '1', Items: { Name: ['host'] } },
        },
        CookiesConfig: { CookieBehavior: 'all' },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      },
    },
  ],
};

function managedCachePolicy(id: string, name: string, ttls: readonly string[]): PolicyRecord {
  const [minimum = '', preset = '', maximum = ''] = ttls;
  const compressed = name === 'CachingOptimized' ? 'true' : 'false';
  const config = {
    Name: `Managed-${name}`,
    MinTTL: minimum,
    DefaultTTL: preset,
    MaxTTL: maximum,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: compressed,
      EnableAcceptEncodingBrotli: compressed,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    },
  };
  return { id, tag: `E${id.slice(0, 8).toUpperCase()}`, modified: 0, config };
}
