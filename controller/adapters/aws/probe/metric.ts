import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type Metric,
} from '@aws-sdk/client-cloudwatch';

/** Of the last hour, whose minutes are summed; undefined: no datapoint. */
export async function readMetric(
  cloudwatch: CloudWatchClient,
  Metric: Metric,
  Stat: 'Sum' | 'SampleCount' = 'Sum',
): Promise<number | undefined> {
  const now = Date.now();
  const answer = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - 3_600_000),
      EndTime: new Date(now + 60_000),
      MetricDataQueries: [{ Id: 'sum', MetricStat: { Metric, Period: 60, Stat } }],
    }),
  );
  const { Values = [] } = answer.MetricDataResults?.[0] ?? {};
  return Values.length === 0 ? undefined : Values.reduce((sum, one) => sum + one, 0);
}

/** CloudFront's own figures: of a function by its name, or of a distribution by its id. */
export function composeFigure(
  MetricName: string,
  [Name, Value]: readonly ['FunctionName' | 'DistributionId', string],
): Metric {
  const Dimensions = [
    { Name, Value },
    { Name: 'Region', Value: 'Global' },
  ];
  return { Namespace: 'AWS/CloudFront', MetricName, Dimensions };
}
