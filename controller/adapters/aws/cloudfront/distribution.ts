import type {
  DefaultCacheBehavior,
  DistributionConfig,
  FunctionAssociations,
  LambdaFunctionAssociations,
  Origin,
} from '@aws-sdk/client-cloudfront';
import { isNamed } from '../../../core/plan/replaced.ts';
import type {
  Association,
  Behaviour,
  Distribution,
  ErrorPage,
  FunctionAssociation,
} from '../../../ports/distributions.ts';
import { required } from '../fields.ts';
import { changeBehaviours, DEFAULT_PATTERN } from './change-behaviours.ts';
import { movedTo } from './origin-paths.ts';
import { associateVersion } from './version-associations.ts';

interface Head {
  readonly Id: string | undefined;
  readonly DomainName: string | undefined;
  readonly Status: string | undefined;
}

/** What a listing tells, too, but for the root object. */
type Config = Pick<
  DistributionConfig,
  | 'Aliases'
  | 'Enabled'
  | 'Origins'
  | 'OriginGroups'
  | 'DefaultRootObject'
  | 'DefaultCacheBehavior'
  | 'CacheBehaviors'
>;

/** CloudFront's description of a distribution in our words. */
export function toDistribution(distribution: Head, config: Config, revision: string): Distribution {
  const fallback = required(config.DefaultCacheBehavior, 'the default behaviour');
  return {
    id: required(distribution.Id, 'the id of a distribution'),
    domain: required(distribution.DomainName, 'the domain name of a distribution').toLowerCase(),
    aliases: config.Aliases?.Items ?? [],
    enabled: config.Enabled ?? false,
    originIds: (config.Origins?.Items ?? []).flatMap(({ Id }) => Id ?? []),
    rootObject: config.DefaultRootObject ?? '',
    status: distribution.Status === 'Deployed' ? 'Deployed' : 'InProgress',
    behaviours: [
      ...(config.CacheBehaviors?.Items ?? []).map((behaviour) =>
        toBehaviour(behaviour, required(behaviour.PathPattern, 'a path pattern'), config),
      ),
      toBehaviour(fallback, DEFAULT_PATTERN, config),
    ],
    revision,
  };
}

/** What the distribution does about errors; 10 s is CloudFront's own where nothing is said. */
export function toErrorPages({
  CustomErrorResponses,
}: Pick<DistributionConfig, 'CustomErrorResponses'>): readonly ErrorPage[] {
  return (CustomErrorResponses?.Items ?? []).map((one) => ({
    code: required(one.ErrorCode, 'the code of an error response'),
    page: one.ResponsePagePath === '' ? undefined : one.ResponsePagePath,
    status:
      one.ResponseCode === undefined || one.ResponseCode === ''
        ? undefined
        : Number(one.ResponseCode),
    cachingSeconds: one.ErrorCachingMinTTL ?? 10,
  }));
}

/** The configuration with our functions on the named behaviours, all else as it was. */
export function withAssociations(
  config: DistributionConfig,
  associations: readonly Association[],
): DistributionConfig {
  const wanted = new Map(associations.map((association) => [association.pattern, association]));
  const changed = changeBehaviours(config, (behaviour, pattern) => {
    const association = wanted.get(pattern);
    if (!association) return {};
    if ('lambdaArn' in association) return associateVersion(behaviour, association);
    return {
      FunctionAssociations: replaceViewerFunctions(behaviour.FunctionAssociations, association),
      ...removeLambdas(behaviour.LambdaFunctionAssociations, association.replaces ?? []),
    };
  });
  const below = associations.filter(({ originPath }) => originPath !== undefined);
  return below.reduce(
    (moved, { pattern, originPath = '' }) => movedTo(moved, pattern, { from: originPath, to: '' }),
    changed,
  );
}

function toBehaviour(behaviour: DefaultCacheBehavior, pattern: string, config: Config): Behaviour {
  const origin = findOrigin(config, behaviour.TargetOriginId);
  const functions = behaviour.FunctionAssociations?.Items ?? [];
  const arnAt = (event: string) =>
    functions.find(({ EventType }) => EventType === event)?.FunctionARN;
  return {
    pattern,
    originDomain: required(origin.DomainName, 'the domain of an origin'),
    originPath: origin.OriginPath ?? '',
    ...findSecond(config, behaviour.TargetOriginId),
    // CloudFront's default where nothing is said.
    methods: behaviour.AllowedMethods?.Items ?? ['GET', 'HEAD'],
    viewerRequestArn: arnAt('viewer-request'),
    viewerResponseArn: arnAt('viewer-response'),
    lambdas: (behaviour.LambdaFunctionAssociations?.Items ?? []).map((lambda) => ({
      event: required(lambda.EventType, 'the event of a Lambda association'),
      arn: required(lambda.LambdaFunctionARN, 'the ARN of a Lambda association'),
      ...(lambda.IncludeBody === true && { includeBody: true }),
    })),
  };
}

/** A behaviour targets an origin or an origin group, whose first member is asked first. */
function findOrigin(config: Config, target: string | undefined): Origin {
  const group = config.OriginGroups?.Items?.find(({ Id }) => Id === target);
  const id = group?.Members?.Items?.[0]?.OriginId ?? target;
  const origin = config.Origins?.Items?.find(({ Id }) => Id === id);
  return required(origin, `an origin named ${id}`);
}

function findSecond(config: Config, target: string | undefined): Pick<Behaviour, 'second'> {
  const group = config.OriginGroups?.Items?.find(({ Id }) => Id === target);
  const id = group?.Members?.Items?.[1]?.OriginId;
  if (id === undefined) return {};
  const origin = findOrigin(config, id);
  const second = {
    originDomain: required(origin.DomainName, 'the domain of an origin'),
    originPath: origin.OriginPath ?? '',
    statuses: group?.FailoverCriteria?.StatusCodes?.Items ?? [],
  };
  return { second };
}

/** At all events: what is left at the origin ones would rewrite what ours have rewritten. */
export function removeLambdas(
  present: LambdaFunctionAssociations | undefined,
  names: readonly string[],
): Pick<DefaultCacheBehavior, 'LambdaFunctionAssociations'> {
  if (names.length === 0) return {};
  const items = (present?.Items ?? []).filter(
    ({ LambdaFunctionARN }) => !isNamed(LambdaFunctionARN ?? '', names),
  );
  return { LambdaFunctionAssociations: { Quantity: items.length, Items: items } };
}

function replaceViewerFunctions(
  present: FunctionAssociations | undefined,
  { viewerRequestArn, viewerResponseArn }: FunctionAssociation,
): FunctionAssociations {
  const others = (present?.Items ?? []).filter(
    ({ EventType }) => EventType !== 'viewer-request' && EventType !== 'viewer-response',
  );
  const items = [
    ...others,
    { EventType: 'viewer-request' as const, FunctionARN: viewerRequestArn },
    { EventType: 'viewer-response' as const, FunctionARN: viewerResponseArn },
  ];
  return { Quantity: items.length, Items: items };
}
