import {
  CreateCachePolicyCommand,
  CreateResponseHeadersPolicyCommand,
  DeleteCachePolicyCommand,
  DeleteResponseHeadersPolicyCommand,
  type CachePolicyConfig,
} from '@aws-sdk/client-cloudfront';
import { byDefault, changed } from './change.ts';
import type { Fault } from './fault.ts';
import type { Patient } from './patient.ts';

type Key = NonNullable<CachePolicyConfig['ParametersInCacheKeyAndForwardedToOrigin']>;

/** The default behaviour with a cache policy of its own. */
function cachedBy(
  name: string,
  key: Partial<Key>,
  { MinTTL = 86_400, MaxTTL = 31_536_000 } = {},
): Pick<Fault, 'plant'> {
  return {
    plant: async (patient) => {
      const { cloudFront } = patient.clients;
      const made = await cloudFront.send(
        new CreateCachePolicyCommand({
          CachePolicyConfig: {
            Name: name,
            MinTTL,
            DefaultTTL: MinTTL,
            MaxTTL,
            ParametersInCacheKeyAndForwardedToOrigin: {
              EnableAcceptEncodingGzip: true,
              HeadersConfig: { HeaderBehavior: 'none' },
              CookiesConfig: { CookieBehavior: 'none' },
              QueryStringsConfig: { QueryStringBehavior: 'none' },
              ...key,
            },
          },
        }),
      );
      const Id = made.CachePolicy!.Id!;
      const undo = await patient.change((config) => ({
        ...config,
        DefaultCacheBehavior: { ...config.DefaultCacheBehavior!, CachePolicyId: Id },
      }));
      return async () => {
        await undo();
        await cloudFront.send(new DeleteCachePolicyCommand({ Id, IfMatch: made.ETag }));
      };
    },
  };
}

/** The default behaviour with a response headers policy of its own, which has no security headers. */
const answeringWith = (Override: boolean) => async (patient: Patient) => {
  const { cloudFront } = patient.clients;
  const made = await cloudFront.send(
    new CreateResponseHeadersPolicyCommand({
      ResponseHeadersPolicyConfig: {
        Name: 'planted',
        CustomHeadersConfig: {
          Quantity: 1,
          Items: [{ Header: 'Cache-Control', Value: 'no-store', Override }],
        },
      },
    }),
  );
  const Id = made.ResponseHeadersPolicy!.Id!;
  const undo = await patient.change((config) => ({
    ...config,
    DefaultCacheBehavior: { ...config.DefaultCacheBehavior!, ResponseHeadersPolicyId: Id },
  }));
  return async () => {
    await undo();
    await cloudFront.send(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch: made.ETag }));
  };
};

const error = (ErrorCode: number, more: object = {}) => ({
  ErrorCode,
  ErrorCachingMinTTL: 0,
  ...more,
});
const errors = (...Items: ReturnType<typeof error>[]) =>
  changed((config) => ({ ...config, CustomErrorResponses: { Quantity: Items.length, Items } }));

export const CACHING_FAULTS: readonly Fault[] = [
  {
    id: 'errors-rewritten',
    says: /answers \/index\.html where an origin says 403/,
    ...errors(error(403, { ResponsePagePath: '/index.html', ResponseCode: '200' }), error(404)),
  },
  {
    id: 'errors-cached',
    says: /keeps 404 for 60 s/,
    ...errors(error(403), error(404, { ErrorCachingMinTTL: 60 })),
  },
  {
    id: 'no-store-missing',
    brings: ['security-headers'],
    ...byDefault({ ResponseHeadersPolicyId: '' }),
  },
  {
    id: 'cache-control-overridden',
    brings: ['security-headers'],
    plant: answeringWith(true),
  },
  {
    id: 'security-headers',
    says: /behaviours \* lack StrictTransportSecurity, ContentTypeOptions/,
    plant: answeringWith(false),
  },
  {
    id: 'cookies-in-key',
    ...cachedBy('planted-cookies', { CookiesConfig: { CookieBehavior: 'all' } }),
  },
  {
    id: 'query-in-key',
    ...cachedBy('planted-query', { QueryStringsConfig: { QueryStringBehavior: 'all' } }),
  },
  {
    id: 'headers-in-key',
    says: /Accept-Language/,
    ...cachedBy('planted-headers', {
      HeadersConfig: {
        HeaderBehavior: 'whitelist',
        Headers: { Quantity: 1, Items: ['Accept-Language'] },
      },
    }),
  },
  { id: 'no-minimum', ...cachedBy('planted-minimum', {}, { MinTTL: 0 }) },
  {
    id: 'maximum-short',
    says: /for longer than 3600 s/,
    ...cachedBy('planted-maximum', {}, { MinTTL: 3600, MaxTTL: 3600 }),
  },
];
