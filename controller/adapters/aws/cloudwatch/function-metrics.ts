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
const ERRORS = ['FunctionExecutionErrors', 'FunctionValidationErrors', 'FunctionThrottles'];
const MINUTE = 60;

export function createFunctionMetrics(client: CloudWatchClient): FunctionMetrics {
  return {
    async countErrors(functions, since, until) {
      // The minute that is under way has the errors of the code before, too.
      const start = new Date(Math.ceil(since.getTime() / (MINUTE * 1000)) * MINUTE * 1000);
      if (start >= until) return 0;
      const names = functions.flatMap((name) => ERRORS.map((metric) => [name, metric] as const));
      const queries = names.map(([name, metric], index) => queryOf(name, metric, `m${index}`));
      try {
        return await sumAll(client, { start, until, queries });
      } catch (error) {
        const resource = `the metrics of ${functions.join(', ')}`;
        throw translateError(error, { action: 'cloudwatch:GetMetricData', resource });
      }
    },
  };
}

function queryOf(name: string, metric: string, id: string): MetricDataQuery {
  const Dimensions = [
    { Name: 'FunctionName', Value: name },
    { Name: 'Region', Value: 'Global' },
  ];
  const Metric = { Namespace: NAMESPACE, MetricName: metric, Dimensions };
  return { Id: id, MetricStat: { Metric, Period: MINUTE, Stat: 'Sum' } };
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
