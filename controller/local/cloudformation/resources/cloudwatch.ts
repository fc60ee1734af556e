import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { defineResource, type At } from './resource-type.ts';
import { Tags } from './tags.ts';

const Arns = z.array(z.string()).optional();

const described = {
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.boolean().optional(),
  AlarmActions: Arns,
  OKActions: Arns,
  InsufficientDataActions: Arns,
  Tags,
};

const metricShape = z.strictObject({
  ...described,
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).optional(),
  Statistic: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']),
  Period: z.int().min(10),
  EvaluationPeriods: z.int().min(1),
  DatapointsToAlarm: z.int().min(1).optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).optional(),
});

const compositeShape = z.strictObject({ ...described, AlarmRule: z.string() });

function toMetricAlarm(name: string, properties: z.output<typeof metricShape>) {
  const { Tags: _, AlarmName: __, ...alarm } = properties;
  return new PutMetricAlarmCommand({ ...alarm, AlarmName: name });
}

function toCompositeAlarm(name: string, properties: z.output<typeof compositeShape>) {
  const { Tags: _, AlarmName: __, ...alarm } = properties;
  return new PutCompositeAlarmCommand({ ...alarm, AlarmName: name });
}

/** What both kinds have in common: names, attributes, and how they go. */
const BOTH = {
  attributes: ['Arn'],
  createOnly: ['AlarmName'],
  nameProperty: 'AlarmName',
  read: async (name: string, _: unknown, { clients }: At) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await clients.cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: [name],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      }),
    );
    const [found] = [...MetricAlarms, ...CompositeAlarms];
    return found && { Arn: String(found.AlarmArn) };
  },
  remove: async (name: string, _: unknown, { clients }: At) => {
    await clients.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
  },
};

const ALARM = defineResource({
  ...BOTH,
  type: 'AWS::CloudWatch::Alarm',
  shape: metricShape,
  async create(properties, { clients, generatedName }) {
    const name = properties.AlarmName ?? generatedName;
    await clients.cloudWatch.send(toMetricAlarm(name, properties));
    return name;
  },
  async update(name, { properties }, { clients }) {
    await clients.cloudWatch.send(toMetricAlarm(name, properties));
  },
});

const COMPOSITE_ALARM = defineResource({
  ...BOTH,
  type: 'AWS::CloudWatch::CompositeAlarm',
  shape: compositeShape,
  async create(properties, { clients, generatedName }) {
    const name = properties.AlarmName ?? generatedName;
    await clients.cloudWatch.send(toCompositeAlarm(name, properties));
    return name;
  },
  async update(name, { properties }, { clients }) {
    await clients.cloudWatch.send(toCompositeAlarm(name, properties));
  },
});

export const CLOUDWATCH_TYPES = [ALARM, COMPOSITE_ALARM];
