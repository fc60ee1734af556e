import {
  GetDistributionCommand,
  type CachePolicyConfig,
  type CloudFrontClient,
  type DefaultCacheBehavior,
  type DistributionConfig,
  type ForwardedValues,
  type Origin,
  type OriginAccessControlConfig,
  type ResponseHeadersPolicyConfig,
} from '@aws-sdk/client-cloudfront';
import { mapAtOnce } from '../../../core/at-once.ts';
import type {
  AccessControl,
  BehaviourSettings,
  CacheKey,
  DistributionSettings,
  FrontSettings,
} from '../../../core/doctor/distribution-settings.ts';
import { required } from '../fields.ts';
import { askOrNone } from './asking.ts';
import type { PolicyReaders } from './policy-readers.ts';

const AT_ONCE = 4;
/** What CloudFront does where nothing is said (documented). */
const ERROR_SECONDS = 10;
const YEAR = 31_536_000;

interface Policies {
  readonly caches: ReadonlyMap<string, CachePolicyConfig>;
  readonly headers: ReadonlyMap<string, ResponseHeadersPolicyConfig>;
  readonly controls: ReadonlyMap<string, OriginAccessControlConfig>;
}

/** What a plan doesn't look at: keys, errors, headers, how the origin is asked. */
export async function readSettings(
  client: CloudFrontClient,
  id: string,
  readers: PolicyReaders,
): Promise<DistributionSettings | undefined> {
  const doing = { action: 'cloudfront:GetDistribution', resource: `distribution ${id}` };
  const answer = await askOrNone(doing, ['NoSuchDistribution'], () =>
    client.send(new GetDistributionCommand({ Id: id })),
  );
  if (answer === undefined) return undefined;
  const config = required(answer.Distribution?.DistributionConfig, 'a configuration');
  const behaviours = listBehaviours(config);
  const policies = await readPolicies(config, behaviours, readers);
  return {
    arn: required(answer.Distribution?.ARN, 'the ARN of a distribution'),
    behaviours: behaviours.map(([pattern, one]) => describe(pattern, one, { config, policies })),
    errors: (config.CustomErrorResponses?.Items ?? []).map((error) => ({
      status: required(error.ErrorCode, 'an error code'),
      seconds: error.ErrorCachingMinTTL ?? ERROR_SECONDS,
      page: error.ResponsePagePath || undefined,
    })),
    identities: (config.Origins?.Items ?? []).flatMap((origin) => readIdentity(origin) || []),
    front: readFront(config),
  };
}

type Named = readonly [pattern: string, behaviour: DefaultCacheBehavior];

function listBehaviours(config: DistributionConfig): readonly Named[] {
  const fallback = required(config.DefaultCacheBehavior, 'the default behaviour');
  const others = config.CacheBehaviors?.Items ?? [];
  return [...others.map((one) => [one.PathPattern ?? '', one] as const), ['*', fallback]];
}

function readFront(config: DistributionConfig): FrontSettings {
  const { ViewerCertificate: certificate = {}, HttpVersion, IsIPV6Enabled } = config;
  const hasOwn = certificate.ACMCertificateArn ?? certificate.IAMCertificateId;
  return {
    http: HttpVersion?.toLowerCase() ?? '',
    isIpv6: IsIPV6Enabled === true,
    rootObject: config.DefaultRootObject ?? '',
    certificate: hasOwn
      ? {
          protocol: certificate.MinimumProtocolVersion ?? '',
          support: certificate.SSLSupportMethod ?? '',
        }
      : undefined,
  };
}

async function readPolicies(
  { Origins }: DistributionConfig,
  behaviours: readonly Named[],
  readers: PolicyReaders,
): Promise<Policies> {
  const [caches, headers, controls] = await Promise.all([
    readEach(
      behaviours.map(([, one]) => one.CachePolicyId),
      readers.cache,
    ),
    readEach(
      behaviours.map(([, one]) => one.ResponseHeadersPolicyId),
      readers.headers,
    ),
    readEach(
      (Origins?.Items ?? []).map(({ OriginAccessControlId }) => OriginAccessControlId),
      readers.control,
    ),
  ]);
  return { caches, headers, controls };
}

async function readEach<Policy>(
  ids: readonly (string | undefined)[],
  read: (id: string) => Promise<Policy>,
): Promise<ReadonlyMap<string, Policy>> {
  const unique = [...new Set(ids.flatMap((id) => id || []))];
  return new Map(await mapAtOnce(unique, AT_ONCE, async (id) => [id, await read(id)] as const));
}

interface Known {
  readonly config: DistributionConfig;
  readonly policies: Policies;
}

function describe(
  pattern: string,
  behaviour: DefaultCacheBehavior,
  { config, policies }: Known,
): BehaviourSettings {
  const { TargetOriginId: target, CachePolicyId = '', ResponseHeadersPolicyId = '' } = behaviour;
  const cache = policies.caches.get(CachePolicyId);
  const headers = policies.headers.get(ResponseHeadersPolicyId);
  const origin = findOrigin(config, target);
  return {
    pattern,
    originDomain: origin?.DomainName ?? '',
    signs: readSigning(origin),
    control: readControl(policies.controls.get(origin?.OriginAccessControlId ?? '')),
    allowsPlainHttp: behaviour.ViewerProtocolPolicy === 'allow-all',
    compresses: behaviour.Compress === true,
    securityHeaders: readSecurity(headers),
    key: cache === undefined ? ofLegacy(behaviour) : ofPolicy(cache),
    cacheControl: readCacheControl(headers),
  };
}

/** Of a group, the one that is asked first. */
function findOrigin(config: DistributionConfig, target: string | undefined): Origin | undefined {
  const group = config.OriginGroups?.Items?.find(({ Id }) => Id === target);
  const first = group?.Members?.Items?.[0]?.OriginId ?? target;
  return config.Origins?.Items?.find(({ Id }) => Id === first);
}

function readSigning(origin: Origin | undefined): boolean | undefined {
  if (origin?.S3OriginConfig === undefined) return undefined;
  return Boolean(origin.OriginAccessControlId || readIdentity(origin));
}

function readControl(control: OriginAccessControlConfig | undefined): AccessControl | undefined {
  if (control === undefined) return undefined;
  const { Name = '', OriginAccessControlOriginType = '', SigningBehavior = '' } = control;
  return { name: Name, kind: OriginAccessControlOriginType, signing: SigningBehavior };
}

/** `origin-access-identity/cloudfront/E...`; '': none. */
function readIdentity({ S3OriginConfig }: Origin): string {
  return S3OriginConfig?.OriginAccessIdentity?.split('/').at(-1) ?? '';
}

function ofPolicy({
  Name = '',
  MinTTL = 0,
  MaxTTL = YEAR,
  ...config
}: CachePolicyConfig): CacheKey {
  const key = config.ParametersInCacheKeyAndForwardedToOrigin;
  return {
    name: `cache policy ${Name}`,
    minimum: MinTTL,
    maximum: MaxTTL,
    cookies: isSome(key?.CookiesConfig?.CookieBehavior),
    queryStrings: isSome(key?.QueryStringsConfig?.QueryStringBehavior),
    headers: key?.HeadersConfig?.Headers?.Items ?? [],
    hasEncodings:
      key?.EnableAcceptEncodingGzip === true || key?.EnableAcceptEncodingBrotli === true,
  };
}

/** All of them, or those that somebody chose. */
function isSome(behavior = 'none'): boolean {
  return behavior !== 'none';
}

/** Behaviours from before cache policies. */
function ofLegacy({
  ForwardedValues: forwarded,
  MinTTL = 0,
  MaxTTL = YEAR,
}: DefaultCacheBehavior & { readonly ForwardedValues?: ForwardedValues | undefined }): CacheKey {
  return {
    name: 'legacy settings',
    minimum: MinTTL,
    maximum: MaxTTL,
    cookies: (forwarded?.Cookies?.Forward ?? 'none') !== 'none',
    queryStrings: forwarded?.QueryString === true,
    headers: forwarded?.Headers?.Items ?? [],
    // There it compresses by itself.
    hasEncodings: true,
  };
}

function readSecurity(policy: ResponseHeadersPolicyConfig | undefined): readonly string[] {
  const set = Object.entries(policy?.SecurityHeadersConfig ?? {});
  return set.filter(([, value]) => value !== undefined).map(([name]) => name);
}

function readCacheControl(
  policy: ResponseHeadersPolicyConfig | undefined,
): BehaviourSettings['cacheControl'] {
  const header = policy?.CustomHeadersConfig?.Items?.find(
    (one) => one.Header?.toLowerCase() === 'cache-control',
  );
  if (header === undefined) return undefined;
  return { value: header.Value ?? '', overrides: header.Override ?? false };
}
