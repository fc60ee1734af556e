import {
  GetCachePolicyCommand,
  GetOriginRequestPolicyCommand,
  type CachePolicyConfig,
  type CloudFrontClient,
  type DefaultCacheBehavior,
  type DistributionConfig,
  type ForwardedValues,
  type OriginRequestPolicyConfig,
} from '@aws-sdk/client-cloudfront';
import type { Caching, RequestPart } from '../../../ports/distributions.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';

/** How each behaviour caches, by its pattern; `*` is the default one. Each policy is read once. */
export async function readCaching(
  cloudfront: CloudFrontClient,
  config: DistributionConfig,
): Promise<ReadonlyMap<string, Caching>> {
  const behaviours = [
    ...(config.CacheBehaviors?.Items ?? []).map((one) => [one.PathPattern ?? '', one] as const),
    ['*', required(config.DefaultCacheBehavior, 'the default behaviour')] as const,
  ];
  const ids = (field: 'CachePolicyId' | 'OriginRequestPolicyId') =>
    new Set(behaviours.flatMap(([, behaviour]) => behaviour[field] ?? []));
  const [cachePolicies, originPolicies] = await Promise.all([
    readEach(ids('CachePolicyId'), (id) => readCachePolicy(cloudfront, id)),
    readEach(ids('OriginRequestPolicyId'), (id) => readOriginPolicy(cloudfront, id)),
  ]);
  return new Map(
    behaviours.map(([pattern, behaviour]) => {
      const { CachePolicyId = '', OriginRequestPolicyId = '' } = behaviour;
      const policy = cachePolicies.get(CachePolicyId);
      const caching = policy === undefined ? ofLegacy(behaviour) : ofPolicy(policy);
      const more = forwardedBy(originPolicies.get(OriginRequestPolicyId));
      return [pattern, { ...caching, forwarded: [...new Set([...caching.inKey, ...more])] }];
    }),
  );
}

async function readEach<Policy>(
  ids: ReadonlySet<string>,
  read: (id: string) => Promise<Policy>,
): Promise<ReadonlyMap<string, Policy>> {
  return new Map(await Promise.all([...ids].map(async (id) => [id, await read(id)] as const)));
}

async function readCachePolicy(
  cloudfront: CloudFrontClient,
  Id: string,
): Promise<CachePolicyConfig> {
  try {
    const answer = await cloudfront.send(new GetCachePolicyCommand({ Id }));
    return required(answer.CachePolicy?.CachePolicyConfig, 'a cache policy');
  } catch (error) {
    throw explain(error, 'GetCachePolicy', `cache policy ${Id}`);
  }
}

async function readOriginPolicy(
  cloudfront: CloudFrontClient,
  Id: string,
): Promise<OriginRequestPolicyConfig> {
  try {
    const answer = await cloudfront.send(new GetOriginRequestPolicyCommand({ Id }));
    return required(answer.OriginRequestPolicy?.OriginRequestPolicyConfig, 'an origin policy');
  } catch (error) {
    throw explain(error, 'GetOriginRequestPolicy', `origin request policy ${Id}`);
  }
}

type InKey = Omit<Caching, 'forwarded'>;

function ofPolicy({ MinTTL = 0, MaxTTL, ...config }: CachePolicyConfig): InKey {
  const parameters = config.ParametersInCacheKeyAndForwardedToOrigin;
  const keyHeaders = lower(parameters?.HeadersConfig?.Headers?.Items);
  return {
    minimum: MinTTL,
    // What CloudFront takes where nothing is said: a year.
    maximum: MaxTTL ?? YEAR,
    keyHeaders,
    inKey: listParts({
      query: isSome(parameters?.QueryStringsConfig?.QueryStringBehavior),
      cookies: isSome(parameters?.CookiesConfig?.CookieBehavior),
      authorization: keyHeaders.includes('authorization'),
    }),
    ...nameCookies(
      parameters?.CookiesConfig?.CookieBehavior,
      parameters?.CookiesConfig?.Cookies?.Items,
    ),
  };
}

/** What is not listed by name may be any cookie. */
function nameCookies(
  behavior = 'none',
  names: readonly string[] = [],
): Pick<Caching, 'keyCookies'> {
  if (!isSome(behavior)) return {};
  return { keyCookies: behavior === 'whitelist' ? names : ['*'] };
}

const YEAR = 31_536_000;

/** Behaviours from before cache policies; with all headers in the key they don't cache. */
function ofLegacy({
  ForwardedValues,
  MinTTL = 0,
  MaxTTL = YEAR,
}: DefaultCacheBehavior & { readonly ForwardedValues?: ForwardedValues | undefined }): InKey {
  const keyHeaders = lower(ForwardedValues?.Headers?.Items);
  const all = keyHeaders.includes('*');
  return {
    minimum: MinTTL,
    maximum: all ? 0 : MaxTTL,
    keyHeaders,
    inKey: listParts({
      query: ForwardedValues?.QueryString === true,
      cookies: isSome(ForwardedValues?.Cookies?.Forward),
      authorization: all || keyHeaders.includes('authorization'),
    }),
    ...nameCookies(
      ForwardedValues?.Cookies?.Forward,
      ForwardedValues?.Cookies?.WhitelistedNames?.Items,
    ),
  };
}

/** What an origin request policy adds to the key. */
function forwardedBy(config: OriginRequestPolicyConfig | undefined): readonly RequestPart[] {
  if (config === undefined) return [];
  const { HeaderBehavior = 'none', Headers } = config.HeadersConfig ?? {};
  const named = lower(Headers?.Items).includes('authorization');
  return listParts({
    query: isSome(config.QueryStringsConfig?.QueryStringBehavior),
    cookies: isSome(config.CookiesConfig?.CookieBehavior),
    authorization:
      HeaderBehavior.startsWith('allViewer') || (HeaderBehavior === 'allExcept' ? !named : named),
  });
}

/** All of them, or those that somebody chose. */
function isSome(behavior = 'none'): boolean {
  return behavior !== 'none';
}

function listParts(has: {
  readonly query: boolean;
  readonly cookies: boolean;
  readonly authorization: boolean;
}): readonly RequestPart[] {
  return [
    ...(has.query ? (['query strings'] as const) : []),
    ...(has.cookies ? (['cookies'] as const) : []),
    ...(has.authorization ? (['Authorization'] as const) : []),
  ];
}

function lower(headers: readonly string[] = []): readonly string[] {
  return headers.map((header) => header.toLowerCase());
}

function explain(error: unknown, verb: string, resource: string): Error {
  return translateError(error, { action: `cloudfront:${verb}`, resource });
}
