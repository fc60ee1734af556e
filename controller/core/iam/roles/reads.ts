/** What has to be read before anything is decided; several roles share it. */
import { requestFunctionName } from '../../plan/behaviours.ts';
import { logGroupOf } from '../../rollout/visitors/metric-filters.ts';
import { needsKeys } from '../../policy/needs-keys.ts';
import type { AppPolicy, EnvironmentPolicy, Policies } from '../../policy/policy.ts';
import { keys, parameters } from '../../state/keys.ts';
import type { Statement } from '../document.ts';
import type { RoleFacts } from './facts.ts';
import {
  ACCOUNT,
  bucketsOf,
  buildsOf,
  distributionsOf,
  functionsOf,
  isFunctions,
  isLambda,
  lambdasOf,
  objects,
  parameter,
  storesOf,
} from './places.ts';
import { allow } from './statements.ts';

/** What `plan` and `status` look at. */
export function readState(facts: RoleFacts): readonly Statement[] {
  return [...readStored(facts), ...readDistributions(facts)];
}

/** Records, builds, routes, parameters, alarms. */
export function readStored(facts: RoleFacts): readonly Statement[] {
  const { apps, groups } = facts.policies;
  return [
    ...allow(
      'ReadState',
      ['s3:GetObject'],
      [
        ...apps.flatMap((app) => [
          ...objects(app, `${app.app}/environments/*`, keys.settings(app.app)),
          ...objects(app, keys.policyCopy(app.app), `${keys.pages(app.app)}*`),
          ...buildsOf(app),
        ]),
        ...groups.flatMap((group) => objects(group, 'edge/*')),
      ],
    ),
    ...missingIs404([...apps, ...groups]),
    ...readRoutes(facts),
    ...allow('ReadParameters', ['ssm:GetParameters'], apps.flatMap(parametersOf)),
    ...readAlarms(),
    ...readVisitors(facts),
    ...listEdgeKeys(facts),
  ];
}

/** Without it S3 says 403 of what isn't there, which nobody can tell from a missing permission. */
export function missingIs404(places: readonly { readonly bucket: string }[]) {
  return allow('MissingIs404', ['s3:ListBucket'], bucketsOf(places));
}

export function readRoutes(facts: RoleFacts): readonly Statement[] {
  const stores = storesOf(facts, facts.policies.groups);
  return allow('ReadRoutes', [...KEY_READS, 'cloudfront-keyvaluestore:ListKeys'], stores);
}

/** One key at a time, where it is known which. */
export function readDerivedKeys(facts: RoleFacts): readonly Statement[] {
  return allow('ReadDerivedKeys', KEY_READS, storesOf(facts, facts.policies.groups));
}

const KEY_READS = [
  'cloudfront:DescribeKeyValueStore',
  'cloudfront-keyvaluestore:DescribeKeyValueStore',
  'cloudfront-keyvaluestore:GetKey',
];

/** Never those below `keys/`: who can read the signing keys can sign. */
export function parametersOf(app: AppPolicy): readonly string[] {
  const own = [parameters.route(app.app, '*'), parameters.activeBuild(app.app, '*')];
  const adopted = app.environments.flatMap(
    ({ adopted: former }) => former?.activeBuildParameter ?? [],
  );
  return [...own, ...adopted].map((name) => parameter(app.region, name));
}

export function readDistributions(facts: RoleFacts): readonly Statement[] {
  const own = distributionsOf(facts, facts.policies.apps);
  return [
    ...allow('ReadDistributions', ['cloudfront:GetDistribution'], own),
    ...readCaching(facts),
  ];
}

/** Policies of CloudFront's own have an ARN too, and not this account in it. */
export function readCaching({ policies: { apps } }: RoleFacts): readonly Statement[] {
  const origins = apps.filter(({ origins: own }) => own !== undefined);
  return [
    ...allow(
      'ReadCaching',
      ['cloudfront:GetCachePolicy', 'cloudfront:GetOriginRequestPolicy'],
      origins.length === 0
        ? []
        : ['arn:aws:cloudfront::*:cache-policy/*', 'arn:aws:cloudfront::*:origin-request-policy/*'],
    ),
  ];
}

/** Of composite alarms CloudWatch tells only who may ask about all (documented). */
export function readAlarms(): readonly Statement[] {
  return allow(
    'ReadAlarms',
    ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'],
    ['*'],
  );
}

/** Where a guard goes by what visitors' browsers report. */
export function readVisitors({ policies }: RoleFacts): readonly Statement[] {
  const asked = new Set(
    policies.apps.flatMap(({ environments }) =>
      environments.flatMap(({ guard, edge }) => (guard.beacon === undefined ? [] : edge.group)),
    ),
  );
  const logGroups = policies.groups
    .filter((group) => isFunctions(group) && asked.has(group.name))
    .map(({ name }) => logGroupOf(requestFunctionName(name)));
  return allow(
    'ReadVisitors',
    ['logs:FilterLogEvents'],
    logGroups.map((name) => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${name}*`),
  );
}

/**
 * Lambda@Edge has no store. That there are keys in SSM is told without them; the keys themselves are masters, and only
 * signed smoke checks need them.
 */
export function listEdgeKeys({ policies }: RoleFacts): readonly Statement[] {
  const isListed = foldersOfKeys(policies, () => true).length > 0;
  return [
    ...allow('ListEdgeKeys', ['ssm:DescribeParameters'], isListed ? ['*'] : []),
    ...allow(
      'SignSmokeChecks',
      ['ssm:GetParametersByPath'],
      foldersOfKeys(policies, isSmokeSigned),
    ),
  ];
}

function isSmokeSigned({ release, preview, gate }: EnvironmentPolicy): boolean {
  const isSigned = preview.access === 'signed' || gate?.priority !== undefined;
  return isSigned && (release.smoke ?? []).length > 0;
}

/** Who can read them can sign. */
export function readEdgeKeys({ policies }: RoleFacts): readonly Statement[] {
  return allow(
    'ReadEdgeKeys',
    ['ssm:GetParametersByPath'],
    foldersOfKeys(policies, () => true),
  );
}

function foldersOfKeys(
  { apps, groups }: Policies,
  isMeant: (environment: EnvironmentPolicy) => boolean,
): readonly string[] {
  return apps.flatMap(({ app, region, environments }) =>
    environments
      .filter(({ edge }) => groups.some((one) => isLambda(one) && one.name === edge.group))
      .filter(needsKeys)
      .filter(isMeant)
      .map(({ name }) => parameter(region, parameters.keys(app, name))),
  );
}

/** What is published as CloudFront Functions. */
export function readFunctions({ policies: { groups } }: RoleFacts): readonly Statement[] {
  const actions = ['cloudfront:GetFunction', 'cloudfront:DescribeFunction'];
  return allow('ReadCode', actions, functionsOf(groups));
}

/** What is published, and whether it fails. */
export function readCode(facts: RoleFacts): readonly Statement[] {
  const { groups } = facts.policies;
  return [
    ...readFunctions(facts),
    ...allow('ReadVersions', ['lambda:ListVersionsByFunction'], lambdasOf(groups)),
    ...allow('ReadErrors', ['cloudwatch:GetMetricData'], groups.length === 0 ? [] : ['*']),
  ];
}

/** One request for all instead of one for each. */
export function listDistributions({ policies }: RoleFacts): readonly Statement[] {
  const count = policies.apps.flatMap(({ environments }) => environments).length;
  return count >= LISTED_FROM
    ? allow('ListDistributions', ['cloudfront:ListDistributions'], ['*'])
    : [];
}

/** Fewer are asked for one by one (`adapters/aws/cloudfront/list-distributions.ts`). */
const LISTED_FROM = 10;
