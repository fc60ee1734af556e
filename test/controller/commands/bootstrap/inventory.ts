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
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
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
