import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import {
  DeleteRetentionPolicyCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import {
  AddPermissionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { inEdge, inShop, type Fault } from './fault.ts';
import type { Patient } from './patient.ts';

const LANE = 'headgate-fast-lane';
const RULE = 'headgate-shop-prod';
const SCHEDULE = 'headgate-schedule-acme-web-builds';
const DAYS = 86_400;

const disabled =
  (Name: string) =>
  async ({ clients: { events } }: Patient) => {
    await events.send(new DisableRuleCommand({ Name }));
    return () => events.send(new EnableRuleCommand({ Name }));
  };

const targeted =
  (edit: (targets: Target[]) => Target[]) =>
  async ({ clients: { events } }: Patient) => {
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: RULE }));
    const put = (targets: Target[]) =>
      events.send(new PutTargetsCommand({ Rule: RULE, Targets: targets }));
    const Ids = Targets.map(({ Id }) => Id!);
    await events.send(new RemoveTargetsCommand({ Rule: RULE, Ids }));
    const others = edit(structuredClone(Targets));
    if (others.length > 0) await put(others);
    return () => put(Targets);
  };

const patterned =
  (from: string, to: string) =>
  async ({ clients: { events } }: Patient) => {
    const { EventPattern = '' } = await events.send(new DescribeRuleCommand({ Name: RULE }));
    const put = (text: string) =>
      events.send(new PutRuleCommand({ Name: RULE, EventPattern: text, State: 'ENABLED' }));
    await put(EventPattern.replaceAll(from, to));
    return () => put(EventPattern);
  };

/** The lane with code of so many bytes; bootstrap brings back what belongs there. */
const coded = (bytes: number) => async (patient: Patient) => {
  const { lambda } = patient.clients;
  const ZipFile = zipSync({ 'index.mjs': [strToU8('x'.repeat(bytes)), { level: 0 }] });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: LANE, ZipFile }));
  await settle(patient);
  return () => patient.account.bootstrap('--deploy');
};

async function settle({ clients: { lambda } }: Patient): Promise<void> {
  const asked = new GetFunctionConfigurationCommand({ FunctionName: LANE });
  const isSettled = async () => (await lambda.send(asked)).LastUpdateStatus === 'Successful';
  while (!(await isSettled())) await new Promise((resolve) => setTimeout(resolve, 10));
}

const reserved =
  (ReservedConcurrentExecutions: number) =>
  async ({ clients: { lambda } }: Patient) => {
    const FunctionName = LANE;
    await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }),
    );
    return () => lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  };

async function forbid({ clients: { lambda } }: Patient): Promise<() => Promise<unknown>> {
  const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: LANE }));
  const [statement] = (
    JSON.parse(Policy) as {
      Statement: { Sid: string; Condition: { ArnLike: { 'AWS:SourceArn': string } } }[];
    }
  ).Statement;
  const { Sid: StatementId, Condition } = statement!;
  await lambda.send(new RemovePermissionCommand({ FunctionName: LANE, StatementId }));
  return () =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName: LANE,
        StatementId,
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: Condition.ArnLike['AWS:SourceArn'],
      }),
    );
}

/** The alarm away, or anew with something else. */
const alarmed =
  (more?: Partial<PutMetricAlarmCommandInput>) =>
  async ({ clients: { cloudWatch } }: Patient) => {
    const AlarmNames = ['shop-prod-errors'];
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
    const { AlarmName, Namespace, MetricName, Dimensions, Statistic, Period, ...rest } =
      MetricAlarms[0]!;
    const { EvaluationPeriods, Threshold, ComparisonOperator, TreatMissingData } = rest;
    await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames }));
    const what = { AlarmName, Namespace, MetricName, Dimensions, Statistic, Period };
    const when = { EvaluationPeriods, Threshold, ComparisonOperator, TreatMissingData };
    const put = (changed = {}) =>
      cloudWatch.send(new PutMetricAlarmCommand({ ...what, ...when, ...changed }));
    if (more) await put(more);
    return () => put();
  };

export const LANE_FAULTS: readonly Fault[] = [
  {
    id: 'alarm-missing',
    says: /there is no alarm shop-prod-errors in eu-west-1/,
    brings: ['alarm-undelivered', 'role-unseen'],
    asked: inShop(
      'name: shop-prod-errors, region: us-east-1',
      'name: shop-prod-errors, region: eu-west-1',
    ),
  },
  { id: 'alarm-missing', plant: alarmed() },
  {
    id: 'alarm-without-data',
    brings: ['clock-skew'],
    says: /has had no data since/,
    plant: alarmed({ TreatMissingData: 'missing' }),
    asked: { aheadSeconds: 2 * DAYS },
  },
  {
    id: 'lane-missing',
    says: /there is no function shop-fast-lane/,
    brings: ['role-unseen', 'log-unlimited'],
    asked: inEdge('setup:', 'setup:\n  stack: shop'),
  },
  { id: 'lane-placeholder', plant: coded(100) },
  { id: 'lane-old', plant: coded(100_000) },
  { id: 'lane-throttled', says: /an alarm waits while/, plant: reserved(1) },
  { id: 'lane-throttled', says: /it never runs/, plant: reserved(0) },
  {
    id: 'lane-differs',
    says: /it has 3 s, not 300$/,
    plant: async (patient) => {
      const put = async (Timeout: number) => {
        const { lambda } = patient.clients;
        const asked = { FunctionName: LANE, Timeout };
        await lambda.send(new UpdateFunctionConfigurationCommand(asked));
        await settle(patient);
      };
      await put(3);
      return () => put(300);
    },
  },
  {
    id: 'log-unlimited',
    says: /it keeps every line for ever/,
    plant: async ({ clients: { logs } }) => {
      const logGroupName = `/aws/lambda/${LANE}`;
      await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
      return () => logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 30 }));
    },
  },
  {
    id: 'metric-filter-missing',
    says: /headgate-shop-prod-errors/,
    asked: inShop('noData: pass }', 'noData: pass, beacon: hold }'),
  },
  { id: 'rule-disabled', brings: ['alarm-undelivered'], plant: disabled(RULE) },
  { id: 'rule-without-target', brings: ['alarm-undelivered'], plant: targeted(() => []) },
  { id: 'alarm-undelivered', plant: patterned('shop-prod-errors', 'shop-prod-error') },
  {
    id: 'rule-other-target',
    plant: targeted((targets) =>
      targets.map(({ InputTransformer, ...target }) => ({
        ...target,
        InputTransformer: {
          ...InputTransformer,
          InputTemplate: InputTransformer!.InputTemplate!.replace('"prod"', '"staging"'),
        },
      })),
    ),
  },
  { id: 'schedule-missing', brings: ['rule-disabled'], plant: disabled(SCHEDULE) },
  { id: 'lane-uninvokable', plant: forbid },
  {
    id: 'test-event-lost',
    brings: ['lane-uninvokable'],
    plant: forbid,
    asked: { args: ['--test-event'], isInVain: true },
  },
  {
    id: 'test-event-unmatched',
    plant: patterned('"headgate.doctor"', '"somebody.else"'),
    asked: { args: ['--test-event'] },
  },
];
