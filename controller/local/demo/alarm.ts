import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';

export interface Alarm {
  /** OK, ALARM or INSUFFICIENT_DATA. */
  readonly state: () => Promise<string>;
  /** When it first entered ALARM after `start`, even if it is OK again. */
  readonly firedSince: (start: Date) => Promise<Date | undefined>;
  /** Puts that many errors into the metric it watches. */
  readonly reportErrors: (count: number) => Promise<void>;
}

/** Where the storefront's error reports end up. */
export const METRIC = { Namespace: 'Storefront', MetricName: 'CheckoutErrors' } as const;

export function watchAlarm(cloudWatch: CloudWatchClient, name: string): Alarm {
  return {
    state: async () => {
      const read = new DescribeAlarmsCommand({ AlarmNames: [name] });
      return String((await cloudWatch.send(read)).MetricAlarms?.[0]?.StateValue);
    },
    firedSince: async (start) => {
      const read = new DescribeAlarmHistoryCommand({
        AlarmName: name,
        HistoryItemType: 'StateUpdate',
        ScanBy: 'TimestampAscending',
        StartDate: start,
        EndDate: new Date(),
      });
      const { AlarmHistoryItems: items = [] } = await cloudWatch.send(read);
      return items.find(({ HistorySummary }) => HistorySummary?.endsWith('to ALARM'))?.Timestamp;
    },
    reportErrors: async (count) => {
      const { Namespace, MetricName } = METRIC;
      const datum = { MetricName, Value: count, Unit: 'Count', Timestamp: new Date() } as const;
      await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: [datum] }));
    },
  };
}
