import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  ListCachePoliciesCommand,
  ListDistributionsCommand,
  ListFunctionsCommand,
  ListKeyValueStoresCommand,
  ListOriginAccessControlsCommand,
  ListResponseHeadersPoliciesCommand,
} from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import {
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import {
  GetBucketPolicyCommand,
  ListBucketsCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Setting } from '../../../end-to-end/setting.ts';

/** Names of all that is in an account, by what it is; what there is nothing of is left out. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

const REGIONS = ['us-east-1', 'eu-west-1'];

export async function listAccount({ clients, cloud }: Setting): Promise<Inventory> {
  const settings = (region: string) => ({
    endpoint: cloud.endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const regional = await Promise.all(REGIONS.map((region) => listRegion(settings(region))));
  const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand({}));
  const lists: Record<string, readonly (string | undefined)[]> = {
    buckets: Buckets.map(({ Name }) => Name),
    bucketPolicies: await listBucketPolicies(
      settings('us-east-1'),
      Buckets.map(({ Name }) => String(Name)),
    ),
    ...(await listCloudFront(clients.cloudFront)),
    ...(await listIam(new IAMClient(settings('us-east-1')))),
  };
  for (const one of regional) {
    for (const [kind, names] of Object.entries(one)) {
      lists[kind] = [...(lists[kind] ?? []), ...names];
    }
  }
  const named = Object.entries(lists).filter(([, names]) => names.length > 0);
  return Object.fromEntries(named.map(([kind, names]) => [kind, names.map(String).toSorted()]));
}

/** Of the buckets those that have one. */
async function listBucketPolicies(settings: Settings, buckets: readonly string[]) {
  const s3 = new S3Client({ ...settings, forcePathStyle: true, followRegionRedirects: true });
  const found: string[] = [];
  for (const Bucket of buckets) {
    try {
      await s3.send(new GetBucketPolicyCommand({ Bucket }));
      found.push(Bucket);
    } catch (error) {
      const isNone = error instanceof S3ServiceException && error.name === 'NoSuchBucketPolicy';
      if (!isNone) throw error;
    }
  }
  return found;
}

/** What stays for a while of what is gone, whoever removed it: of AWS's memory, and of the local cloud's. */
const MEMORY = [
  'cloudformation/stacks',
  'cloudformation/resources',
  'cloudformation/events',
  'cloudformation/change-sets',
  'cloudwatch/history',
  'cloudwatch/metrics',
  'cloudfront/replica',
  'sts/sessions',
];

/** Kinds that `--destroy` keeps, each of which it names. */
export const DATA = [
  's3/buckets',
  's3/objects',
  's3/bodies',
  'ssm/us-east-1',
  'ssm/eu-west-1',
  'logs/groups',
  'logs/events',
];

/**
 * Kinds of all that the local cloud holds, as `iam/roles`, by the files of its state: a list of the calls above
 * can forget one, and this has also those that nobody thought of.
 */
export async function listKinds({ directory }: Setting): Promise<readonly string[]> {
  const state = join(directory, 'cloud');
  const files = await readdir(state, { recursive: true, withFileTypes: true });
  const kinds = files
    .filter((file) => file.isFile())
    .map(({ parentPath }) => relative(state, parentPath).split(sep).slice(0, 2).join('/'));
  return [...new Set(kinds)].filter((kind) => !MEMORY.includes(kind)).toSorted();
}

async function listCloudFront(client: Setting['clients']['cloudFront']) {
  const [distributions, functions, stores, caches, controls, headers] = await Promise.all([
    client.send(new ListDistributionsCommand({})),
    client.send(new ListFunctionsCommand({})),
    client.send(new ListKeyValueStoresCommand({})),
    client.send(new ListCachePoliciesCommand({ Type: 'custom' })),
    client.send(new ListOriginAccessControlsCommand({})),
    client.send(new ListResponseHeadersPoliciesCommand({ Type: 'custom' })),
  ]);
  return {
    distributions: (distributions.DistributionList?.Items ?? []).map(({ Id }) => Id),
    functions: (functions.FunctionList?.Items ?? []).map(({ Name }) => Name),
    stores: (stores.KeyValueStoreList?.Items ?? []).map(({ Name }) => Name),
    cachePolicies: (caches.CachePolicyList?.Items ?? []).map(
      ({ CachePolicy }) => CachePolicy?.CachePolicyConfig?.Name,
    ),
    accessControls: (controls.OriginAccessControlList?.Items ?? []).map(({ Name }) => Name),
    headersPolicies: (headers.ResponseHeadersPolicyList?.Items ?? []).map(
      ({ ResponseHeadersPolicy }) => ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.Name,
    ),
  };
}

async function listIam(client: IAMClient) {
  const [roles, providers] = await Promise.all([
    client.send(new ListRolesCommand({})),
    client.send(new ListOpenIDConnectProvidersCommand({})),
  ]);
  return {
    roles: (roles.Roles ?? []).map(({ RoleName }) => RoleName),
    providers: (providers.OpenIDConnectProviderList ?? []).map(({ Arn }) => Arn),
  };
}

interface Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

async function listRegion(settings: Settings) {
  const { region } = settings;
  const ofHeadgate = { Path: '/headgate', Recursive: true };
  const [alarms, groups, rules, stacks, parameters, lambdas] = await Promise.all([
    new CloudWatchClient(settings).send(new DescribeAlarmsCommand({})),
    new CloudWatchLogsClient(settings).send(new DescribeLogGroupsCommand({})),
    new EventBridgeClient(settings).send(new ListRulesCommand({})),
    new CloudFormationClient(settings).send(new ListStacksCommand({})),
    new SSMClient(settings).send(new GetParametersByPathCommand(ofHeadgate)),
    listLambdas(new LambdaClient(settings), ['headgate-fast-lane', 'headgate-prod']),
  ]);
  const here = (name: string | undefined) => `${region} ${name}`;
  return {
    alarms: (alarms.MetricAlarms ?? []).map(({ AlarmName }) => here(AlarmName)),
    composites: (alarms.CompositeAlarms ?? []).map(({ AlarmName }) => here(AlarmName)),
    logGroups: (groups.logGroups ?? []).map(({ logGroupName }) => here(logGroupName)),
    rules: (rules.Rules ?? []).map(({ Name }) => here(Name)),
    stacks: (stacks.StackSummaries ?? [])
      .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
      .map(({ StackName }) => here(StackName)),
    parameters: (parameters.Parameters ?? []).map(({ Name }) => here(Name)),
    lambdas: lambdas.map(here),
  };
}

async function listLambdas(client: LambdaClient, names: readonly string[]) {
  const found: string[] = [];
  for (const name of names) {
    try {
      await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      found.push(name);
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
  return found;
}
