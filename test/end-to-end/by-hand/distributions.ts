import {
  type CacheBehavior,
  type CloudFrontClient,
  CreateCachePolicyCommand,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  CreateResponseHeadersPolicyCommand,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';

export interface DistributionPlan {
  readonly app: string;
  readonly environment: string;
  readonly bucket: string;
  readonly region: string;
  readonly hosts: readonly string[];
  /** CloudFront path patterns: served from the pool without a function, and exceptions from that. */
  readonly pool: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** On every response, whatever the origin says: what isolation, workers or a CSP ask for. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Shared {
  readonly originAccessControl: string;
  readonly appCachePolicy: string;
  readonly poolCachePolicy: string;
}

interface Policies extends Shared {
  readonly headersPolicy: string;
}

const DAY = 86_400;
const YEAR = 365 * DAY;

/** One distribution per plan, all with the same cache policies. No functions yet: reconcile associates them. */
export async function createDistributions(
  client: CloudFrontClient,
  plans: readonly DistributionPlan[],
): Promise<readonly { readonly id: string; readonly arn: string }[]> {
  const shared = await createShared(client);
  return Promise.all(
    plans.map(async (plan) => {
      const headersPolicy = await createHeadersPolicy(client, plan);
      const DistributionConfig = composeConfig(plan, { ...shared, headersPolicy });
      const made = await client.send(new CreateDistributionCommand({ DistributionConfig }));
      return { id: String(made.Distribution?.Id), arn: String(made.Distribution?.ARN) };
    }),
  );
}

async function createShared(client: CloudFrontClient): Promise<Shared> {
  const [control, appCachePolicy, poolCachePolicy] = await Promise.all([
    client.send(
      new CreateOriginAccessControlCommand({
        OriginAccessControlConfig: {
          Name: 'by-hand-builds',
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      }),
    ),
    // The function puts the build into the path, builds never change: HTML may stay for a day even
    // though browsers are told to ask every time.
    createCachePolicy(client, 'by-hand-app', DAY),
    createCachePolicy(client, 'by-hand-pool', 0),
  ]);
  return {
    originAccessControl: String(control.OriginAccessControl?.Id),
    appCachePolicy,
    poolCachePolicy,
  };
}

/** Not found must not stick: no-store wherever the origin says nothing. And what the app asks for. */
async function createHeadersPolicy(
  client: CloudFrontClient,
  { app, environment, headers = {} }: DistributionPlan,
): Promise<string> {
  // CloudFront takes this one in a place of its own, and nowhere else.
  const { 'Content-Security-Policy': ContentSecurityPolicy, ...others } = headers;
  const items = [
    { Header: 'cache-control', Value: 'no-store', Override: false },
    ...Object.entries(others).map(([Header, Value]) => ({ Header, Value, Override: true })),
  ];
  const made = await client.send(
    new CreateResponseHeadersPolicyCommand({
      ResponseHeadersPolicyConfig: {
        Name: `by-hand-${app}-${environment}`,
        CustomHeadersConfig: { Quantity: items.length, Items: items },
        ...(ContentSecurityPolicy !== undefined && {
          SecurityHeadersConfig: {
            ContentSecurityPolicy: { ContentSecurityPolicy, Override: true },
          },
        }),
      },
    }),
  );
  return String(made.ResponseHeadersPolicy?.Id);
}

async function createCachePolicy(
  client: CloudFrontClient,
  name: string,
  minimumSeconds: number,
): Promise<string> {
  const made = await client.send(
    new CreateCachePolicyCommand({
      CachePolicyConfig: {
        Name: name,
        MinTTL: minimumSeconds,
        DefaultTTL: DAY,
        MaxTTL: YEAR,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: true,
          EnableAcceptEncodingBrotli: true,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
      },
    }),
  );
  return String(made.CachePolicy?.Id);
}

function composeConfig(plan: DistributionPlan, shared: Policies): DistributionConfig {
  const { app, environment, bucket, region, hosts, pool } = plan;
  const behaviour = (origin: string, cachePolicy: string) => ({
    TargetOriginId: origin,
    CachePolicyId: cachePolicy,
    ResponseHeadersPolicyId: shared.headersPolicy,
    ViewerProtocolPolicy: 'allow-all' as const,
    Compress: true,
  });
  const origin = (id: string, path: string) => ({
    Id: id,
    DomainName: `${bucket}.s3.${region}.amazonaws.com`,
    OriginPath: path,
    OriginAccessControlId: shared.originAccessControl,
    S3OriginConfig: { OriginAccessIdentity: '' },
  });
  const ordered: CacheBehavior[] = [
    ...pool.exclude.map((PathPattern) => ({
      PathPattern,
      ...behaviour('builds', shared.appCachePolicy),
    })),
    ...pool.include.map((PathPattern) => ({
      PathPattern,
      ...behaviour('pool', shared.poolCachePolicy),
    })),
  ];
  // Kept by the edge for no time at all: a file may be there a moment later.
  const uncached = [403, 404].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 }));
  return {
    CallerReference: `${app}-${environment}`,
    Comment: `${app}/${environment}`,
    Enabled: true,
    // Without it, `/` would be a listing of the bucket until the functions are there.
    DefaultRootObject: 'index.html',
    Aliases: { Quantity: hosts.length, Items: [...hosts] },
    Origins: { Quantity: 2, Items: [origin('builds', ''), origin('pool', `/${app}/pool`)] },
    DefaultCacheBehavior: behaviour('builds', shared.appCachePolicy),
    CacheBehaviors: { Quantity: ordered.length, Items: ordered },
    CustomErrorResponses: { Quantity: uncached.length, Items: uncached },
  };
}
