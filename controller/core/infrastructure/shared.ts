/** What all distributions of the account share: how they sign, cache, and what they add to answers. */
import { BUILD_HEADER } from '../../../edge/contract/route.ts';
import type { Facts, Piece } from './facts.ts';
import {
  cachePolicyName,
  controlName,
  headersPolicyName,
  HOME_REGION,
  idOf,
  type CacheKind,
} from './names.ts';
import { ownEnvironments } from './scope.ts';

export const CONTROL_ID = 'BuildsAccess';
export const HEADERS_ID = 'AnswerHeaders';

export function cacheId(kind: CacheKind): string {
  return idOf('Cache', kind);
}

const DAY = 86_400;
const YEAR = 365 * DAY;

/** CloudFront's own: nothing is kept. */
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
/** CloudFront's own: an origin gets all that the visitor sent, but for the host. */
export const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

export function listSharedPieces(facts: Facts): readonly Piece[] {
  const subjects = ownEnvironments(facts);
  if (subjects.length === 0) return [];
  const hasOrigins = subjects.some(({ app }) => app.origins !== undefined);
  const hasBuilds = subjects.some(({ app }) => app.origins === undefined);
  const hasPools = subjects.some(({ app }) => app.pool.include.length > 0);
  return [
    composeControl(facts),
    ...(hasBuilds ? [composeAppCache(facts)] : []),
    ...(hasPools ? [composePoolCache(facts)] : []),
    ...(hasOrigins ? [composeOriginsCache(facts)] : []),
    composeHeaders(facts),
  ];
}

function composeControl({ setup }: Facts): Piece {
  return {
    region: HOME_REGION,
    id: CONTROL_ID,
    why: 'distributions sign what they ask the buckets for',
    resource: {
      Type: 'AWS::CloudFront::OriginAccessControl',
      Properties: {
        OriginAccessControlConfig: {
          Name: controlName(setup),
          Description: 'Headgate: reads of builds are signed',
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    },
  };
}

interface Key {
  readonly headers?: readonly string[];
  /** Cookies and query strings, too. */
  readonly isWhole?: true;
}

interface CachePolicy {
  readonly kind: CacheKind;
  readonly why: string;
  readonly minimum: number;
  readonly usual: number;
  readonly key?: Key;
}

function composeCache(
  { setup }: Facts,
  { kind, why, minimum, usual, key = {} }: CachePolicy,
): Piece {
  const { headers, isWhole } = key;
  const all = isWhole ? 'all' : 'none';
  return {
    region: HOME_REGION,
    id: cacheId(kind),
    why,
    resource: {
      Type: 'AWS::CloudFront::CachePolicy',
      Properties: {
        CachePolicyConfig: {
          Name: cachePolicyName(setup, kind),
          Comment: `Headgate: ${why}`,
          MinTTL: minimum,
          DefaultTTL: usual,
          MaxTTL: YEAR,
          ParametersInCacheKeyAndForwardedToOrigin: {
            EnableAcceptEncodingGzip: true,
            EnableAcceptEncodingBrotli: true,
            HeadersConfig:
              headers === undefined
                ? { HeaderBehavior: 'none' }
                : { HeaderBehavior: 'whitelist', Headers: headers },
            CookiesConfig: { CookieBehavior: all },
            QueryStringsConfig: { QueryStringBehavior: all },
          },
        },
      },
    },
  };
}

function composeAppCache(facts: Facts): Piece {
  const why =
    'a build never changes: edges keep its files for a day at least, whatever browsers are told';
  return composeCache(facts, { kind: 'app', why, minimum: DAY, usual: DAY });
}

function composePoolCache(facts: Facts): Piece {
  const why = 'pooled files are kept as long as they say themselves';
  return composeCache(facts, { kind: 'pool', why, minimum: 0, usual: DAY });
}

/** All that an origin gets is in the key: an answer for one visitor is none for another. */
function composeOriginsCache(facts: Facts): Piece {
  const why = 'whole origins: kept only where they say so, by build and all that they are sent';
  const key = { headers: [BUILD_HEADER, 'Authorization'], isWhole: true } as const;
  return composeCache(facts, { kind: 'origins', why, minimum: 0, usual: 0, key });
}

/** `no-store` where the origin says nothing, so that no browser keeps an error. */
function composeHeaders({ setup }: Facts): Piece {
  const hasStandard = setup.headers === 'standard';
  return {
    region: HOME_REGION,
    id: HEADERS_ID,
    why: `errors are stored nowhere${hasStandard ? '; HSTS, nosniff, referrer and frame rules' : ''}`,
    resource: {
      Type: 'AWS::CloudFront::ResponseHeadersPolicy',
      Properties: {
        ResponseHeadersPolicyConfig: {
          Name: headersPolicyName(setup),
          Comment: 'Headgate: what every answer says',
          CustomHeadersConfig: {
            Items: [{ Header: 'cache-control', Value: 'no-store', Override: false }],
          },
          ...(hasStandard && { SecurityHeadersConfig: STANDARD_HEADERS }),
        },
      },
    },
  };
}

/** What an origin says itself counts. No subdomains and no preload: those are other people's hosts. */
const STANDARD_HEADERS = {
  StrictTransportSecurity: {
    AccessControlMaxAgeSec: YEAR,
    IncludeSubdomains: false,
    Override: false,
  },
  ContentTypeOptions: { Override: true },
  ReferrerPolicy: { ReferrerPolicy: 'strict-origin-when-cross-origin', Override: false },
  FrameOptions: { FrameOption: 'SAMEORIGIN', Override: false },
} as const;
