import type { CachePolicyConfig, ResponseHeadersPolicyConfig } from '@aws-sdk/client-cloudfront';
import * as z from 'zod';

const Names = z.array(z.string()).optional();
const Selection = z.enum(['none', 'whitelist', 'allExcept', 'all']);

export const cachePolicyShape = z.strictObject({
  Name: z.string(),
  Comment: z.string().max(128).optional(),
  MinTTL: z.number(),
  DefaultTTL: z.number(),
  MaxTTL: z.number(),
  ParametersInCacheKeyAndForwardedToOrigin: z.strictObject({
    EnableAcceptEncodingGzip: z.boolean(),
    EnableAcceptEncodingBrotli: z.boolean().optional(),
    HeadersConfig: z.strictObject({
      HeaderBehavior: z.enum(['none', 'whitelist']),
      Headers: Names,
    }),
    CookiesConfig: z.strictObject({ CookieBehavior: Selection, Cookies: Names }),
    QueryStringsConfig: z.strictObject({ QueryStringBehavior: Selection, QueryStrings: Names }),
  }),
});

export function toCachePolicyConfig(written: z.output<typeof cachePolicyShape>): CachePolicyConfig {
  const parameters = written.ParametersInCacheKeyAndForwardedToOrigin;
  const { HeadersConfig, CookiesConfig, QueryStringsConfig } = parameters;
  return {
    ...written,
    ParametersInCacheKeyAndForwardedToOrigin: {
      ...parameters,
      HeadersConfig: { ...HeadersConfig, Headers: counted(HeadersConfig.Headers) },
      CookiesConfig: { ...CookiesConfig, Cookies: counted(CookiesConfig.Cookies) },
      QueryStringsConfig: {
        ...QueryStringsConfig,
        QueryStrings: counted(QueryStringsConfig.QueryStrings),
      },
    },
  };
}

function counted<Item>(items: readonly Item[] | undefined) {
  return items && { Quantity: items.length, Items: [...items] };
}

const Override = z.boolean();

export const headersPolicyShape = z.strictObject({
  Name: z.string(),
  Comment: z.string().max(128).optional(),
  CustomHeadersConfig: z
    .strictObject({
      Items: z.array(z.strictObject({ Header: z.string(), Value: z.string(), Override })),
    })
    .optional(),
  SecurityHeadersConfig: z
    .strictObject({
      ContentSecurityPolicy: z
        .strictObject({ ContentSecurityPolicy: z.string(), Override })
        .optional(),
      ContentTypeOptions: z.strictObject({ Override }).optional(),
      FrameOptions: z
        .strictObject({ FrameOption: z.enum(['DENY', 'SAMEORIGIN']), Override })
        .optional(),
      ReferrerPolicy: z.strictObject({ ReferrerPolicy: z.string(), Override }).optional(),
      StrictTransportSecurity: z
        .strictObject({
          AccessControlMaxAgeSec: z.int(),
          IncludeSubdomains: z.boolean().optional(),
          Preload: z.boolean().optional(),
          Override,
        })
        .optional(),
    })
    .optional(),
});

export function toHeadersPolicyConfig(written: z.output<typeof headersPolicyShape>) {
  const config = { ...written, CustomHeadersConfig: counted(written.CustomHeadersConfig?.Items) };
  // Which texts are referrer policies, CloudFront says.
  return config as ResponseHeadersPolicyConfig;
}

export const accessControlShape = z.strictObject({
  Name: z.string(),
  Description: z.string().optional(),
  OriginAccessControlOriginType: z.literal('s3'),
  SigningBehavior: z.enum(['always', 'never', 'no-override']),
  SigningProtocol: z.literal('sigv4'),
});
