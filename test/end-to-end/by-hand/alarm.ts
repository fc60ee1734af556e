import { type CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';

/** Five errors in one period are too many; a quiet shop (no errors reported at all) is fine. */
export async function createAlarm(cloudWatch: CloudWatchClient, name: string): Promise<void> {
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      Namespace: 'Storefront',
      MetricName: 'CheckoutErrors',
      AlarmName: name,
      Statistic: 'Sum',
      Period: 10,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    }),
  );
}
