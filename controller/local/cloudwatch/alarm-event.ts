import { randomUUID } from 'node:crypto';
import type { Happening } from '../events/event.ts';
import {
  composeAlarmArn,
  isComposite,
  type Alarm,
  type AlarmState,
  type MetricAlarm,
} from './alarm.ts';
import { formatTime } from './composite-alarms.ts';

/** What CloudWatch tells EventBridge when an alarm's state changes. */
export function describeChange(before: Alarm, after: Alarm): Happening {
  const { region, definition, stateTransitioned } = after;
  const description = definition.AlarmDescription;
  return {
    region,
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [composeAlarmArn(after)],
    time: new Date(stateTransitioned),
    detail: {
      alarmName: definition.AlarmName,
      configuration: {
        ...(description === undefined ? {} : { description }),
        ...(isComposite(after)
          ? { alarmRule: after.definition.AlarmRule }
          : { metrics: [describeMetric(after)] }),
      },
      previousState: describeState(before.state, before.stateUpdated),
      state: describeState(after.state, stateTransitioned),
    },
  };
}

function describeMetric({ definition }: MetricAlarm) {
  const { MetricName, Namespace, Dimensions, Period, Statistic } = definition;
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  const metric = { dimensions, name: MetricName, namespace: Namespace };
  return {
    id: randomUUID(),
    metricStat: { metric, period: Period, stat: Statistic },
    returnData: true,
  };
}

function describeState({ value, reason, reasonData }: AlarmState, time: number) {
  const data = reasonData === undefined ? {} : { reasonData };
  return { reason, ...data, timestamp: formatTime(time), value };
}
