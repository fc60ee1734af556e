import {
  paginateGetMetricData,
  type CloudWatchClient,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { FunctionMetrics } from '../../../ports/edge-code.ts';
import { translateError } from '../translate-error.ts';

/**
 * Documented: namespace, names, dimensions, us-east-1, live functions only, sums by the minute.
 * Assumed: minutes without an error have no datapoint or a zero, and figures are a few minutes late.
 */
const NAMESPACE = 'AWS/CloudFront';
// Throttles are not the code's: the rush that a gate is for must not take the gate's code back.
const ERRORS = ['FunctionExecutionErrors', 'FunctionValidationErrors'];
/**
 * The same of Lambda@Edge, by distribution. That CloudFront counts them is documented; the names are
 * those of the dashboards that its console exports (assumed). The last has timeouts, which are the
 * code's, and throttles together.
 */
const LAMBDA_ERRORS = [
  'LambdaExecutionError',
  'LambdaValidationError',
  'LambdaLimitExceededErrors',
];
const MINUTE = 60;
/** GetMetricData takes no more. */
const QUERIES_PER_CALL = 500;

export function createFunctionMetrics(client: CloudWatchClient): FunctionMetrics {
  return {
    countErrors: (functions, since, until) =>
      count(client, { dimension: 'FunctionName', of: functions, metrics: ERRORS, since, until }),
    countLambdaErrors: (distributions, since, until) =>
      count(client, {
        dimension: 'DistributionId',
        of: distributions,
        metrics: LAMBDA_ERRORS,
        since,
        until,
      }),
  };
}

interface Asked {
  readonly dimension: 'FunctionName' | 'DistributionId';
  readonly of: readonly string[];
  readonly metrics: readonly string[];
  readonly since: Date;
  readonly until: Date;
}

async function count(client: CloudWatchClient, asked: Asked): Promise<number> {
  const { dimension, of, metrics, since, until } = asked;
  // The minute that is under way has the errors of the code before, too.
  const start = new Date(Math.ceil(since.getTime() / (MINUTE * 1000)) * MINUTE * 1000);
  if (start >= until || of.length === 0) return 0;
  const all = of.flatMap((value) => metrics.map((metric) => ({ value, metric })));
  const queries = all.map(({ value, metric }, index) => ({
    Id: `m${index}`,
    MetricStat: { Metric: nameMetric(metric, dimension, value), Period: MINUTE, Stat: 'Sum' },
  }));
  try {
    let sum = 0;
    for (let first = 0; first < queries.length; first += QUERIES_PER_CALL) {
      const some = queries.slice(first, first + QUERIES_PER_CALL);
      sum += await sumAll(client, { start, until, queries: some });
    }
    return sum;
  } catch (error) {
    const resource = `the metrics of ${of.join(', ')}`;
    throw translateError(error, { action: 'cloudwatch:GetMetricData', resource });
  }
}

function nameMetric(metric: string, dimension: Asked['dimension'], value: string) {
  const Dimensions = [
    { Name: dimension, Value: value },
    { Name: 'Region', Value: 'Global' },
  ];
  return { Namespace: NAMESPACE, MetricName: metric, Dimensions };
}

async function sumAll(
  client: CloudWatchClient,
  asked: { readonly start: Date; readonly until: Date; readonly queries: MetricDataQuery[] },
): Promise<number> {
  const { start, until, queries } = asked;
  const input = { StartTime: start, EndTime: until, MetricDataQueries: queries };
  let sum = 0;
  for await (const page of paginateGetMetricData({ client }, input)) {
    const values = (page.MetricDataResults ?? []).flatMap(({ Values }) => Values ?? []);
    sum += values.reduce((total, value) => total + value, 0);
  }
  return sum;
}
