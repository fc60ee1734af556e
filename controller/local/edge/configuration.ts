import type { CloudFront } from '../cloudfront/cloudfront.ts';
import {
  aliasesOf,
  ALL_VIEWER_EXCEPT_HOST,
  associationsOf,
  behavioursOf,
} from '../cloudfront/distribution-rules.ts';
import { originGroupsOf } from '../cloudfront/origin-groups.ts';
import {
  lambdaAssociationsOf,
  type LambdaAssociation,
  type LambdaEventType,
} from '../cloudfront/lambda-rules.ts';
import { childOf, itemsOf, textOf, textsOf, type XmlElement } from '../cloudfront/xml.ts';
import { compilePattern } from './path-pattern.ts';

/** A distribution as the edge needs it. */
export interface EdgeDistribution {
  readonly id: string;
  readonly arn: string;
  readonly domain: string;
  readonly enabled: boolean;
  /** Lower case; may begin with `*.`. */
  readonly aliases: readonly string[];
  readonly defaultRootObject: string;
  /** In the order they are tried; the last one matches every path. */
  readonly behaviours: readonly EdgeBehaviour[];
  readonly errors: ReadonlyMap<number, ErrorRule>;
  /** By id; functions may choose from them. */
  readonly origins: ReadonlyMap<string, Origin>;
}

export interface EdgeBehaviour {
  readonly pattern: string;
  readonly matches: (path: string) => boolean;
  readonly target: Target;
  readonly cachePolicyId: string;
  readonly responseHeadersPolicyId: string;
  /** The origin gets what the viewer sent, whatever is in the cache key; but for the host. */
  readonly forwardsAll: boolean;
  readonly methods: ReadonlySet<string>;
  readonly cachedMethods: ReadonlySet<string>;
  readonly viewerRequest: string | undefined;
  readonly viewerResponse: string | undefined;
  readonly lambdas: ReadonlyMap<LambdaEventType, LambdaAssociation>;
}

export interface Origin {
  readonly domain: string;
  /** '' or a path with a leading slash. */
  readonly path: string;
  readonly protocol: 'http' | 'https';
  readonly port: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a function wants the origin to be asked as, whatever the cache policy forwards. */
  readonly hostHeader?: string | undefined;
  /** Whether a bucket is asked as this distribution (origin access control), or as anybody. */
  readonly isSigned: boolean;
  readonly readSeconds: number;
}

/** Who is asked: an origin, or two, the second one when the first fails. */
export interface Target {
  readonly primary: Origin;
  readonly secondary?: Origin;
  readonly failoverCodes: ReadonlySet<number>;
}

export interface ErrorRule {
  readonly cachingSeconds: number;
  readonly page: string | undefined;
  readonly status: number | undefined;
}

export interface Catalogue {
  /** The distribution that answers for this host (lower case, no port), as it is deployed now. */
  distributionOf(host: string): EdgeDistribution | undefined;
}

/** Reads deployed configurations, each version once. */
export function createCatalogue({ distributions, originAccessControls }: CloudFront): Catalogue {
  const signs = (id: string) => {
    const config = originAccessControls.get(id)?.config ?? {};
    return (textOf(config, 'SigningBehavior') ?? 'never') !== 'never';
  };
  const known = new WeakMap<XmlElement, EdgeDistribution>();
  const deployed = () =>
    distributions.values().flatMap((record) => {
      const config = distributions.deployed(record);
      if (config === undefined) return [];
      const distribution = known.get(config) ?? readDistribution(record, config, signs);
      known.set(config, distribution);
      return distribution.enabled ? [distribution] : [];
    });
  return {
    distributionOf(host) {
      const wildcard = host.replace(/^[^.]+/, '*');
      const all = deployed();
      return (
        all.find(({ domain, aliases }) => domain === host || aliases.includes(host)) ??
        all.find(({ aliases }) => aliases.includes(wildcard))
      );
    },
  };
}

function readDistribution(
  { id, arn, domain }: Pick<EdgeDistribution, 'id' | 'arn' | 'domain'>,
  config: XmlElement,
  signs: (accessControl: string) => boolean,
): EdgeDistribution {
  const origins = new Map(
    itemsOf(childOf(config, 'Origins'), 'Origin').map((origin) => [
      textOf(origin, 'Id') ?? '',
      readOrigin(origin, signs(textOf(origin, 'OriginAccessControlId') ?? '')),
    ]),
  );
  const targets = readTargets(config, origins);
  const rules = itemsOf(childOf(config, 'CustomErrorResponses'), 'CustomErrorResponse');
  return {
    id,
    arn,
    domain,
    enabled: textOf(config, 'Enabled') === 'true',
    aliases: aliasesOf(config),
    defaultRootObject: textOf(config, 'DefaultRootObject') ?? '',
    behaviours: behavioursOf(config).map((behaviour) => readBehaviour(behaviour, targets)),
    errors: new Map(rules.map((rule) => [Number(textOf(rule, 'ErrorCode')), readErrorRule(rule)])),
    origins,
  };
}

function readBehaviour(behaviour: XmlElement, targets: ReadonlyMap<string, Target>): EdgeBehaviour {
  const pattern = textOf(behaviour, 'PathPattern') ?? '*';
  const target = targets.get(textOf(behaviour, 'TargetOriginId') ?? '');
  if (target === undefined) throw new Error(`The behaviour ${pattern} has no origin.`);
  const methods = childOf(behaviour, 'AllowedMethods');
  const associations = associationsOf(behaviour);
  return {
    pattern,
    matches: compilePattern(pattern),
    target,
    cachePolicyId: textOf(behaviour, 'CachePolicyId') ?? '',
    responseHeadersPolicyId: textOf(behaviour, 'ResponseHeadersPolicyId') ?? '',
    forwardsAll: textOf(behaviour, 'OriginRequestPolicyId') === ALL_VIEWER_EXCEPT_HOST,
    methods: new Set(textsOf(methods, 'Method')),
    cachedMethods: new Set([
      'GET',
      'HEAD',
      ...textsOf(childOf(methods, 'CachedMethods'), 'Method'),
    ]),
    viewerRequest: associations.find(({ event }) => event === 'viewer-request')?.arn,
    viewerResponse: associations.find(({ event }) => event === 'viewer-response')?.arn,
    lambdas: new Map(lambdaAssociationsOf(behaviour).map((lambda) => [lambda.event, lambda])),
  };
}

/** Origins and origin groups: they share one name space. */
function readTargets(
  config: XmlElement,
  origins: ReadonlyMap<string, Origin>,
): ReadonlyMap<string, Target> {
  const single = [...origins].map(
    ([id, primary]) => [id, { primary, failoverCodes: new Set<number>() }] as const,
  );
  const groups = originGroupsOf(config).flatMap(({ id, members, statusCodes }) => {
    const [primary, secondary] = members.map((member) => origins.get(member));
    if (primary === undefined || secondary === undefined) return [];
    return [[id, { primary, secondary, failoverCodes: new Set(statusCodes) }] as const];
  });
  return new Map<string, Target>([...single, ...groups]);
}

const READ_SECONDS = 30;

function readOrigin(origin: XmlElement, isSigned: boolean): Origin {
  const headers = itemsOf(childOf(origin, 'CustomHeaders'), 'OriginCustomHeader').map((header) => [
    (textOf(header, 'HeaderName') ?? '').toLowerCase(),
    textOf(header, 'HeaderValue') ?? '',
  ]);
  const custom = childOf(origin, 'CustomOriginConfig');
  // `match-viewer` is HTTP: so are all viewers here.
  const isSecure = textOf(custom, 'OriginProtocolPolicy') === 'https-only';
  return {
    domain: textOf(origin, 'DomainName') ?? '',
    path: textOf(origin, 'OriginPath') ?? '',
    protocol: isSecure ? 'https' : 'http',
    port: Number(textOf(custom, isSecure ? 'HTTPSPort' : 'HTTPPort') ?? 80),
    headers: Object.fromEntries(headers) as Record<string, string>,
    isSigned,
    readSeconds: Number(textOf(custom, 'OriginReadTimeout') ?? READ_SECONDS),
  };
}

function readErrorRule(rule: XmlElement): ErrorRule {
  const page = textOf(rule, 'ResponsePagePath') ?? '';
  const status = textOf(rule, 'ResponseCode') ?? '';
  return {
    cachingSeconds: Number(textOf(rule, 'ErrorCachingMinTTL') ?? ERROR_CACHING_SECONDS),
    page: page === '' ? undefined : page,
    status: status === '' ? undefined : Number(status),
  };
}

/** What CloudFront does about an error no rule mentions. */
export const ERROR_CACHING_SECONDS = 10;
