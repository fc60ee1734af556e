/** Who looks whether all is well: reads what a plan reads, and how the account is set up; sends only test events. */
import { TEST_SOURCE } from '../../doctor/test-event.ts';
import { fastLaneName, HOME_REGION } from '../../infrastructure/names.ts';
import { setupOf } from '../../policy/setup.ts';
import type { Statement } from '../document.ts';
import type { Role, RoleFacts } from './facts.ts';
import { ROLE_IDS } from './ids.ts';
import { ACCOUNT, awayRegionsOf, bucketsOf } from './places.ts';
import {
  listDistributions,
  parametersOf,
  readCaching,
  readFunctions,
  readStored,
} from './reads.ts';
import { allow, documentOf } from './statements.ts';
import { trustAccount } from './trust.ts';

export function doctorRole(facts: RoleFacts): Role {
  return {
    verb: 'doctor',
    id: ROLE_IDS.doctor,
    name: `${setupOf(facts.policies).stack}-doctor`,
    purpose: 'finds what is wrong; changes nothing',
    trust: trustAccount(),
    policy: documentOf(
      readStored(facts),
      readCaching(facts),
      readFunctions(facts),
      listDistributions(facts),
      readSettings(facts),
      readLogGroups(facts),
      readAccount(facts),
      readLane(facts),
      readRules(facts),
    ),
  };
}

/** How things are set up that a plan takes as they are. */
function readSettings({ policies: { apps, groups } }: RoleFacts): readonly Statement[] {
  const actions = [
    'GetBucketOwnershipControls',
    'GetBucketPolicy',
    'GetBucketPublicAccessBlock',
    'GetEncryptionConfiguration',
    'GetLifecycleConfiguration',
  ];
  return [
    ...allow(
      'ReadBuckets',
      actions.map((action) => `s3:${action}`),
      bucketsOf([...apps, ...groups]),
    ),
    ...allow('ReadVersionsOfParameters', ['ssm:GetParameterHistory'], apps.flatMap(parametersOf)),
    ...allow(
      'ReadCachePolicies',
      ['cloudfront:GetCachePolicy', 'cloudfront:GetResponseHeadersPolicy'],
      ['cache', 'response-headers'].map((kind) => `arn:aws:cloudfront::*:${kind}-policy/*`),
    ),
    // One by one they would fill the policy of a role that only reads.
    ...allow(
      'ReadDistributions',
      ['cloudfront:GetDistribution'],
      [`arn:aws:cloudfront::${ACCOUNT}:distribution/*`],
    ),
    ...allow(
      'ReadAccessControls',
      ['cloudfront:GetOriginAccessControl'],
      [`arn:aws:cloudfront::${ACCOUNT}:origin-access-control/*`],
    ),
  ];
}

/** Filters only where a guard goes by what browsers report. */
function readLogGroups({ policies: { apps } }: RoleFacts): readonly Statement[] {
  const guards = apps.flatMap(({ environments }) => environments.map(({ guard }) => guard));
  const hasFilters = guards.some(({ beacon }) => beacon !== undefined);
  return allow(
    'ReadLogGroups',
    ['logs:DescribeLogGroups', ...(hasFilters ? ['logs:DescribeMetricFilters'] : [])],
    [`arn:aws:logs:${HOME_REGION}:${ACCOUNT}:log-group:*`],
  );
}

/** IAM is asked about any role or user that `--role` names, and about who asks. */
function readAccount({ policies }: RoleFacts): readonly Statement[] {
  const { stack } = setupOf(policies);
  const principals = ['role', 'user'].map((kind) => `arn:aws:iam::${ACCOUNT}:${kind}/*`);
  return [
    ...allow('AskIam', ['iam:GetRole', 'iam:SimulatePrincipalPolicy'], principals),
    ...allow(
      'CountAll',
      [
        'cloudfront:ListFunctions',
        'cloudfront:ListKeyValueStores',
        'events:TestEventPattern',
        'iam:ListRoles',
        'servicequotas:ListServiceQuotas',
        'ssm:DescribeParameters',
      ],
      ['*'],
    ),
    ...allow(
      'ReadNamesOfRoles',
      ['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      [`arn:aws:cloudformation:${HOME_REGION}:${ACCOUNT}:stack/${stack}/*`],
    ),
  ];
}

function readLane({ policies }: RoleFacts): readonly Statement[] {
  const name = fastLaneName(setupOf(policies));
  if (name === undefined) return [];
  const actions = ['GetFunctionConfiguration', 'GetFunctionConcurrency', 'GetPolicy'];
  return [
    ...allow(
      'ReadFastLane',
      actions.map((action) => `lambda:${action}`),
      [`arn:aws:lambda:${HOME_REGION}:${ACCOUNT}:function:${name}`],
    ),
    ...allow(
      'SeeTestEvents',
      ['logs:FilterLogEvents'],
      [`arn:aws:logs:${HOME_REGION}:${ACCOUNT}:log-group:/aws/lambda/${name}:*`],
    ),
  ];
}

/** In every region whose alarms are to wake the fast lane. */
function readRules({ policies }: RoleFacts): readonly Statement[] {
  const setup = setupOf(policies);
  if (setup.fastLane === 'off') return [];
  const regions = [HOME_REGION, ...awayRegionsOf(policies)];
  const arns = (name: string) =>
    regions.map((region) => `arn:aws:events:${region}:${ACCOUNT}:${name}`);
  const Condition = { StringEquals: { 'events:source': TEST_SOURCE } };
  return [
    ...allow('ListRules', ['events:ListRules'], arns('rule/*')),
    ...allow('ReadRules', ['events:ListTargetsByRule'], arns(`rule/${setup.stack}-*`)),
    ...allow('SendTestEvents', ['events:PutEvents'], arns('event-bus/default')).map(
      (statement) => ({ ...statement, Condition }),
    ),
  ];
}
