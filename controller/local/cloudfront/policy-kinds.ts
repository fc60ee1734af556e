import { ServiceError } from '../service.ts';
import { invalidArgument } from './call.ts';
import type { PolicyKind, PolicyRecord } from './policies.ts';
import { textOf, type XmlElement } from './xml.ts';

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

function checkName(config: XmlElement): void {
  if ((textOf(config, 'Name') ?? '') === '')
    throw invalidArgument('The parameter Name is missing.');
}

function checkCachePolicy(config: XmlElement): void {
  checkName(config);
  const minimum = Number(textOf(config, 'MinTTL') ?? Number.NaN);
  const preset = Number(textOf(config, 'DefaultTTL') ?? Math.max(Number(DAY), minimum));
  const maximum = Number(textOf(config, 'MaxTTL') ?? Math.max(Number(YEAR), preset));
  if (!(minimum >= 0)) throw invalidArgument('The parameter MinTTL is missing or negative.');
  if (minimum <= preset && preset <= maximum) return;
  const message = 'The TTLs must be in the order MinTTL <= DefaultTTL <= MaxTTL.';
  throw new ServiceError(400, 'InvalidTTLOrder', message);
}

/** The edge adds custom headers; what it wouldn't do is refused, not ignored. */
function checkResponseHeadersPolicy(config: XmlElement): void {
  checkName(config);
  const known = ['Name', 'Comment', 'CustomHeadersConfig'];
  const other = Object.keys(config).find((name) => !known.includes(name));
  if (other === undefined) return;
  throw invalidArgument(`The local cloud knows only CustomHeadersConfig, not ${other}.`);
}

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
