/** Who publishes edge code. Code decides what visitors get, so this role is no weaker than that of a release. */
import type { LambdaGroup } from '../../policy/policy.ts';
import type { PolicyDocument, Statement } from '../document.ts';
import type { RoleFacts } from './facts.ts';
import {
  ACCOUNT,
  distributionsOf,
  functionsOf,
  isLambda,
  lambdasOf,
  objects,
  storesOf,
} from './places.ts';
import { listDistributions, readCode, readState } from './reads.ts';
import { allow, documentOf, one } from './statements.ts';

export function changeCode(facts: RoleFacts): PolicyDocument {
  const { groups } = facts.policies;
  return documentOf(
    readState(facts),
    readCode(facts),
    listDistributions(facts),
    allow(
      'ArchiveCode',
      ['s3:PutObject'],
      groups.flatMap((group) => objects(group, 'edge/*')),
    ),
    changeFunctions(facts),
    changeVersions(groups.filter(isLambda)),
    allow(
      'PutCodeOnBehaviours',
      ['cloudfront:GetDistributionConfig', 'cloudfront:UpdateDistribution'],
      distributionsOf(facts, facts.policies.apps),
    ),
  );
}

/** The reserved keys that code is tested against are in the store, which IAM knows as a whole. */
function changeFunctions(facts: RoleFacts): readonly Statement[] {
  const { groups } = facts.policies;
  const actions = ['CreateFunction', 'UpdateFunction', 'TestFunction', 'PublishFunction'];
  return [
    ...allow(
      'ChangeFunctions',
      actions.map((action) => `cloudfront:${action}`),
      functionsOf(groups),
    ),
    ...allow('WriteTestKeys', ['cloudfront-keyvaluestore:UpdateKeys'], storesOf(facts, groups)),
  ];
}

const CHANGES = [
  'CreateFunction',
  'GetFunctionConfiguration',
  'InvokeFunction',
  'PublishVersion',
  'UpdateFunctionCode',
  'UpdateFunctionConfiguration',
];

const OF_VERSIONS = [
  'GetFunctionConfiguration',
  'GetFunction',
  'EnableReplication*',
  'DisableReplication*',
];

/**
 * A version is another resource than its function. CloudFront replicates it in the name of who associates it
 * (documented).
 */
function changeVersions(groups: readonly LambdaGroup[]): readonly Statement[] {
  const functions = lambdasOf(groups);
  return [
    ...allow('ChangeVersions', CHANGES.map(nameLambda), functions),
    ...allow(
      'ReplicateVersions',
      OF_VERSIONS.map(nameLambda),
      functions.map((name) => `${name}:*`),
    ),
    ...passRoles(groups),
    ...allow(
      'ReplicateAtAll',
      ['iam:CreateServiceLinkedRole'],
      functions.length === 0 ? [] : [REPLICATOR, LOGGER],
    ),
  ];
}

function passRoles(groups: readonly LambdaGroup[]): readonly Statement[] {
  const roles = [...new Set(groups.map(({ role }) => role))];
  const services = ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'];
  return allow('GiveItsRole', ['iam:PassRole'], roles).map((statement) => ({
    ...statement,
    Condition: { StringEquals: { 'iam:PassedToService': one(services) } },
  }));
}

function nameLambda(action: string): string {
  return `lambda:${action}`;
}

const LINKED = `arn:aws:iam::${ACCOUNT}:role/aws-service-role`;
const REPLICATOR = `${LINKED}/replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator`;
const LOGGER = `${LINKED}/logger.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontLogger`;
