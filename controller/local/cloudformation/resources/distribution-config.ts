import type { CacheBehavior, DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import * as z from 'zod';

const Texts = z.array(z.string());
const listed = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ Quantity: z.int(), Items: z.array(item) });

const behaviour = {
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.enum(['allow-all', 'https-only', 'redirect-to-https']),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.string().optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  Compress: z.boolean().optional(),
  AllowedMethods: Texts.optional(),
  CachedMethods: Texts.optional(),
  FunctionAssociations: z
    .array(z.strictObject({ EventType: z.string(), FunctionARN: z.string() }))
    .optional(),
  LambdaFunctionAssociations: z
    .array(
      z.strictObject({
        EventType: z.string(),
        LambdaFunctionARN: z.string(),
        IncludeBody: z.boolean().optional(),
      }),
    )
    .optional(),
};

const Behaviour = z.strictObject(behaviour);
const OrderedBehaviour = z.strictObject({ ...behaviour, PathPattern: z.string() });

const OriginShape = z.strictObject({
  Id: z.string(),
  DomainName: z.string(),
  OriginPath: z.string().optional(),
  OriginAccessControlId: z.string().optional(),
  S3OriginConfig: z.strictObject({ OriginAccessIdentity: z.string().optional() }).optional(),
  CustomOriginConfig: z
    .strictObject({
      HTTPPort: z.int().optional(),
      HTTPSPort: z.int().optional(),
      OriginProtocolPolicy: z.enum(['http-only', 'https-only', 'match-viewer']),
      OriginSSLProtocols: z.array(z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2'])).optional(),
      OriginReadTimeout: z.int().optional(),
    })
    .optional(),
});

export const distributionShape = z.strictObject({
  Enabled: z.boolean(),
  Comment: z.string().max(128).optional(),
  HttpVersion: z.enum(['http1.1', 'http2', 'http3', 'http2and3']).optional(),
  IPV6Enabled: z.boolean().optional(),
  PriceClass: z.enum(['PriceClass_100', 'PriceClass_200', 'PriceClass_All']).optional(),
  DefaultRootObject: z.string().optional(),
  Aliases: Texts.optional(),
  ViewerCertificate: z
    .strictObject({
      AcmCertificateArn: z.string().optional(),
      SslSupportMethod: z.enum(['sni-only', 'vip']).optional(),
      MinimumProtocolVersion: z.string().optional(),
      CloudFrontDefaultCertificate: z.boolean().optional(),
    })
    .optional(),
  Origins: z.array(OriginShape).min(1),
  OriginGroups: listed(
    z.strictObject({
      Id: z.string(),
      FailoverCriteria: z.strictObject({ StatusCodes: listed(z.int()) }),
      Members: listed(z.strictObject({ OriginId: z.string() })),
    }),
  ).optional(),
  DefaultCacheBehavior: Behaviour,
  CacheBehaviors: z.array(OrderedBehaviour).optional(),
  CustomErrorResponses: z
    .array(
      z.strictObject({
        ErrorCode: z.int(),
        ErrorCachingMinTTL: z.number().optional(),
        ResponseCode: z.int().optional(),
        ResponsePagePath: z.string().optional(),
      }),
    )
    .optional(),
});

type Written = z.output<typeof distributionShape>;

/** CloudFormation's spelling of a distribution in that of CloudFront's API: lists are counted there. */
export function toDistributionConfig(written: Written, CallerReference: string) {
  const { IPV6Enabled, Aliases, ViewerCertificate: certificate, ...same } = written;
  const config = {
    ...same,
    CallerReference,
    Comment: written.Comment ?? '',
    DefaultRootObject: written.DefaultRootObject ?? '',
    IsIPV6Enabled: IPV6Enabled,
    Aliases: counted(Aliases),
    Origins: counted(written.Origins.map(toOrigin)),
    DefaultCacheBehavior: toBehaviour(written.DefaultCacheBehavior),
    CacheBehaviors: counted(written.CacheBehaviors?.map(toBehaviour)),
    CustomErrorResponses: counted(
      written.CustomErrorResponses?.map(({ ResponseCode, ...response }) => ({
        ...response,
        ResponseCode: ResponseCode?.toString(),
      })),
    ),
    ViewerCertificate: certificate && {
      ACMCertificateArn: certificate.AcmCertificateArn,
      SSLSupportMethod: certificate.SslSupportMethod,
      MinimumProtocolVersion: certificate.MinimumProtocolVersion,
      CloudFrontDefaultCertificate: certificate.CloudFrontDefaultCertificate,
    },
  };
  return config as DistributionConfig;
}

function counted<Item>(items: readonly Item[] = []) {
  return { Quantity: items.length, Items: [...items] };
}

function toOrigin({ CustomOriginConfig: custom, ...origin }: z.output<typeof OriginShape>): Origin {
  const { S3OriginConfig } = origin;
  return {
    ...origin,
    OriginPath: origin.OriginPath ?? '',
    S3OriginConfig: S3OriginConfig && { OriginAccessIdentity: '', ...S3OriginConfig },
    CustomOriginConfig: custom && {
      HTTPPort: custom.HTTPPort ?? 80,
      HTTPSPort: custom.HTTPSPort ?? 443,
      OriginProtocolPolicy: custom.OriginProtocolPolicy,
      OriginSslProtocols: counted(custom.OriginSSLProtocols ?? ['TLSv1.2']),
      OriginReadTimeout: custom.OriginReadTimeout,
    },
  };
}

function toBehaviour(written: z.output<typeof Behaviour> & { readonly PathPattern?: string }) {
  const { AllowedMethods = ['GET', 'HEAD'], CachedMethods = ['GET', 'HEAD'], ...same } = written;
  return {
    ...same,
    AllowedMethods: { ...counted(AllowedMethods), CachedMethods: counted(CachedMethods) },
    FunctionAssociations: counted(written.FunctionAssociations),
    LambdaFunctionAssociations: counted(written.LambdaFunctionAssociations),
  } as CacheBehavior;
}
