import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteMetricFilterCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  type StandardUnit,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import { defineResource, unlessMissing } from './resource-type.ts';
import { Tags } from './tags.ts';

const LOG_GROUP = defineResource({
  type: 'AWS::Logs::LogGroup',
  shape: z.strictObject({
    LogGroupName: z.string().optional(),
    RetentionInDays: z.int().min(1).optional(),
    LogGroupClass: z.literal('STANDARD').optional(),
    Tags,
  }),
  attributes: ['Arn'],
  createOnly: ['LogGroupName'],
  nameProperty: 'LogGroupName',
  async create({ LogGroupName }, { clients, generatedName }) {
    const logGroupName = LogGroupName ?? generatedName;
    await clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
    return logGroupName;
  },
  async settle(logGroupName, { RetentionInDays: retentionInDays }, { clients }) {
    await (retentionInDays === undefined
      ? clients.logs.send(new DeleteRetentionPolicyCommand({ logGroupName }))
      : clients.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays })));
    return true;
  },
  async read(name, _, { clients }) {
    const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
    const { logGroups = [] } = await clients.logs.send(command);
    const found = logGroups.find(({ logGroupName }) => logGroupName === name);
    return found && { Arn: String(found.arn) };
  },
  async remove(logGroupName, _, { clients }) {
    await unlessMissing(clients.logs.send(new DeleteLogGroupCommand({ logGroupName })));
  },
});

const filterShape = z.strictObject({
  FilterName: z.string().optional(),
  FilterPattern: z.string(),
  LogGroupName: z.string(),
  MetricTransformations: z
    .array(
      z.strictObject({
        MetricName: z.string(),
        MetricNamespace: z.string(),
        MetricValue: z.string(),
        DefaultValue: z.number().optional(),
        Dimensions: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
        Unit: z.string().optional(),
      }),
    )
    .length(1),
});

function toFilter(filterName: string, properties: z.output<typeof filterShape>) {
  return new PutMetricFilterCommand({
    filterName,
    logGroupName: properties.LogGroupName,
    filterPattern: properties.FilterPattern,
    metricTransformations: properties.MetricTransformations.map((one) => ({
      metricName: one.MetricName,
      metricNamespace: one.MetricNamespace,
      metricValue: one.MetricValue,
      defaultValue: one.DefaultValue,
      dimensions:
        one.Dimensions && Object.fromEntries(one.Dimensions.map(({ Key, Value }) => [Key, Value])),
      unit: one.Unit as StandardUnit | undefined,
    })),
  });
}

const METRIC_FILTER = defineResource({
  type: 'AWS::Logs::MetricFilter',
  shape: filterShape,
  createOnly: ['FilterName', 'LogGroupName'],
  nameProperty: 'FilterName',
  async create(properties, { clients, generatedName }) {
    const name = properties.FilterName ?? generatedName;
    await clients.logs.send(toFilter(name, properties));
    return name;
  },
  async update(name, { properties }, { clients }) {
    await clients.logs.send(toFilter(name, properties));
  },
  async read(name, { LogGroupName }, { clients }) {
    const logGroupName = String(LogGroupName);
    const command = new DescribeMetricFiltersCommand({ logGroupName, filterNamePrefix: name });
    const { metricFilters = [] } = (await unlessMissing(clients.logs.send(command))) ?? {};
    return metricFilters.some(({ filterName }) => filterName === name) ? {} : undefined;
  },
  async remove(filterName, { LogGroupName: logGroupName }, { clients }) {
    const command = new DeleteMetricFilterCommand({ filterName, logGroupName });
    await unlessMissing(clients.logs.send(command));
  },
});

export const LOGS_TYPES = [LOG_GROUP, METRIC_FILTER];
