import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmTransition } from '../../../../core/backtest/alarm-record.ts';
import { createAlarmHistory } from '../../cloudwatch/alarm-history.ts';
import { GLOBAL_REGION } from '../../client-config.ts';
import type { Scratch } from '../scratch.ts';

/** Alarms of the probe's own, on one metric of its own. */
export interface ScratchAlarms {
  readonly name: (suffix: string) => string;
  /** That so many of the last so many minutes have 1 or more. */
  put(suffix: string, periods: number): Promise<void>;
  putComposite(suffix: string, rule: string): Promise<void>;
  /** A breaching datum of that moment. */
  breach(at: number): Promise<void>;
  setOk(suffix: string): Promise<void>;
  /** Of both kinds. */
  stateOf(suffix: string): Promise<string | undefined>;
  /** Oldest first. */
  transitions(suffix: string): Promise<readonly AlarmTransition[]>;
}

const NAMESPACE = 'headgate-probe';

/** `attempt` keeps the names of one apart from those of the one before. */
export function createAlarms(
  client: CloudWatchClient,
  scratch: Scratch,
  attempt: number,
): ScratchAlarms {
  const begun = new Date().toISOString();
  const history = createAlarmHistory(async () => client);
  const name = (suffix: string) => `${scratch.name}-${attempt}-${suffix}`;
  const MetricName = name('metric');
  const keep = (AlarmName: string) =>
    scratch.keep(`alarm ${AlarmName}`, () =>
      client.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] })),
    );
  return {
    name,
    async put(suffix, periods) {
      keep(name(suffix));
      const order = composeAlarm(name(suffix), MetricName, periods);
      await client.send(new PutMetricAlarmCommand(order));
    },
    async putComposite(suffix, AlarmRule) {
      keep(name(suffix));
      await client.send(new PutCompositeAlarmCommand({ AlarmName: name(suffix), AlarmRule }));
    },
    async breach(at) {
      const MetricData = [{ MetricName, Value: 1, Timestamp: new Date(at) }];
      await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
    },
    async setOk(suffix) {
      const state = { StateValue: 'OK', StateReason: 'headgate doctor --probe' } as const;
      await client.send(new SetAlarmStateCommand({ AlarmName: name(suffix), ...state }));
    },
    stateOf: (suffix) => readState(client, name(suffix)),
    transitions: (suffix) =>
      history.transitions([{ name: name(suffix), region: GLOBAL_REGION }], begun),
  };
}

function composeAlarm(AlarmName: string, MetricName: string, periods: number) {
  return {
    AlarmName,
    Namespace: NAMESPACE,
    MetricName,
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: periods,
    DatapointsToAlarm: periods,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'missing',
  } as const;
}

async function readState(client: CloudWatchClient, name: string): Promise<string | undefined> {
  const AlarmTypes: ('MetricAlarm' | 'CompositeAlarm')[] = ['MetricAlarm', 'CompositeAlarm'];
  const order = new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes });
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(order);
  return [...MetricAlarms, ...CompositeAlarms].at(0)?.StateValue;
}
