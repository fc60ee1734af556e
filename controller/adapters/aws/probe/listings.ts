import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { PROBE_NAME } from '../../../core/doctor/probe/part.ts';
import { EDGE_LOG_LISTINGS } from './at-edge/left-overs.ts';
import { EDGE_LISTINGS } from './edge-listings.ts';
import { LAMBDA_EDGE_LISTINGS } from './lambda-edge/left-overs.ts';
import { listAll, type Listed, type Listing } from './listing.ts';
import { PARAMETERS } from './parameter.ts';
import { TABLE_LISTINGS } from './table/left-overs.ts';

const CLOUD_LISTINGS: readonly Listing[] = [
  {
    what: 'bucket',
    parts: ['basics', 'edge', 'roles', 'lambda-edge'],
    list: ({ s3 }) =>
      listAll(async (ContinuationToken) => {
        const order = { ...(ContinuationToken && { ContinuationToken }) };
        const answer = await s3.send(new ListBucketsCommand(order));
        return [(answer.Buckets ?? []).map(({ Name }) => Name), answer.ContinuationToken];
      }),
  },
  {
    what: 'parameter',
    parts: ['basics'],
    list: ({ ssm }) =>
      listAll(async (NextToken) => {
        const order = { Path: PARAMETERS, ...(NextToken && { NextToken }) };
        const answer = await ssm.send(new GetParametersByPathCommand(order));
        const names = (answer.Parameters ?? []).map(({ Name }) => Name?.split('/').at(-1));
        return [names, answer.NextToken];
      }),
  },
  {
    what: 'role',
    parts: ['roles', 'rules', 'lambda', 'lambda-edge'],
    list: ({ iam }) =>
      listAll(async (Marker) => {
        const answer = await iam.send(new ListRolesCommand({ ...(Marker && { Marker }) }));
        return [(answer.Roles ?? []).map(({ RoleName }) => RoleName), answer.Marker];
      }),
  },
];

const WATCH_LISTINGS: readonly Listing[] = [
  {
    what: 'log group',
    parts: ['logs', 'rules', 'stacks'],
    list: async ({ logs }) => [
      ...(await listGroups(logs, '')),
      ...(await listGroups(logs, '/aws/lambda/')),
    ],
  },
  {
    what: 'alarm',
    parts: ['alarms'],
    list: ({ cloudwatch }) =>
      listAll(async (NextToken) => {
        const kinds = { AlarmTypes: [...ALARM_TYPES], AlarmNamePrefix: PROBE_NAME };
        const order = new DescribeAlarmsCommand({ ...kinds, ...(NextToken && { NextToken }) });
        const answer = await cloudwatch.send(order);
        const alarms = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
        return [alarms.map(({ AlarmName }) => AlarmName), answer.NextToken];
      }),
  },
  {
    what: 'rule',
    parts: ['rules'],
    list: ({ events }) =>
      listAll(async (NextToken) => {
        const order = { NamePrefix: PROBE_NAME, ...(NextToken && { NextToken }) };
        const answer = await events.send(new ListRulesCommand(order));
        return [(answer.Rules ?? []).map(({ Name }) => Name), answer.NextToken];
      }),
  },
  {
    what: 'stack',
    parts: ['stacks'],
    list: ({ stacks }) =>
      listAll(async (NextToken) => {
        const order = new DescribeStacksCommand({ ...(NextToken && { NextToken }) });
        const answer = await stacks.send(order);
        return [(answer.Stacks ?? []).map(({ StackName }) => StackName), answer.NextToken];
      }),
  },
];

async function listGroups(
  client: CloudWatchLogsClient,
  folder: string,
): Promise<readonly Listed[]> {
  const found = await listAll(async (nextToken) => {
    const order = { logGroupNamePrefix: folder + PROBE_NAME, ...(nextToken && { nextToken }) };
    const answer = await client.send(new DescribeLogGroupsCommand(order));
    return [(answer.logGroups ?? []).map(({ logGroupName }) => logGroupName), answer.nextToken];
  });
  return found.map(({ name = '' }) => ({ name: name.slice(folder.length), id: name }));
}

const ALARM_TYPES = ['MetricAlarm', 'CompositeAlarm'] as const;

export const LISTINGS: readonly Listing[] = [
  ...CLOUD_LISTINGS,
  ...WATCH_LISTINGS,
  ...TABLE_LISTINGS,
  ...EDGE_LISTINGS,
  ...EDGE_LOG_LISTINGS,
  ...LAMBDA_EDGE_LISTINGS,
];
