import type { CloudWatch, OwnMetric } from './cloudwatch/cloudwatch.ts';
import type { FunctionRunAtEdge, LambdaEdgeFailure } from './edge/edge.ts';
import type { LambdaRun } from './lambda-runtime/runtime.ts';

export interface EdgeMetrics {
  functionRan(run: FunctionRunAtEdge): void;
  lambdaRan(run: LambdaRun): void;
  lambdaFailed(failure: LambdaEdgeFailure): void;
}

/** CloudFront's own metrics live there, wherever the edge is. */
const CLOUDFRONT_REGION = 'us-east-1';

const FUNCTION_FAILURES = {
  execution: 'FunctionExecutionErrors',
  validation: 'FunctionValidationErrors',
} as const;

const LAMBDA_FAILURES = {
  execution: 'LambdaExecutionError',
  limit: 'LambdaLimitExceededErrors',
  validation: 'LambdaValidationError',
} as const;

/** What CloudFront and Lambda tell CloudWatch about functions at the edge. */
export function createEdgeMetrics(cloudWatch: Pick<CloudWatch, 'report'>): EdgeMetrics {
  return {
    functionRan({ name, utilization, failedBy }) {
      const of = (metric: string) =>
        cloudFrontMetric(metric, { Name: 'FunctionName', Value: name });
      cloudWatch.report(of('FunctionInvocations'), 1);
      cloudWatch.report(of('FunctionComputeUtilization'), utilization);
      if (failedBy !== undefined) cloudWatch.report(of(FUNCTION_FAILURES[failedBy]), 1);
    },
    lambdaRan({ name, region, millis, isFailed }) {
      const Dimensions = [{ Name: 'FunctionName', Value: name }];
      const of = (MetricName: string) => ({
        region,
        namespace: 'AWS/Lambda',
        MetricName,
        Dimensions,
      });
      cloudWatch.report(of('Invocations'), 1);
      cloudWatch.report(of('Duration'), millis);
      cloudWatch.report(of('Errors'), isFailed ? 1 : 0);
    },
    lambdaFailed({ distributionId, by }) {
      const distribution = { Name: 'DistributionId', Value: distributionId };
      cloudWatch.report(cloudFrontMetric(LAMBDA_FAILURES[by], distribution), 1);
    },
  };
}

function cloudFrontMetric(
  MetricName: string,
  of: { readonly Name: string; readonly Value: string },
): OwnMetric {
  const Dimensions = [of, { Name: 'Region', Value: 'Global' }];
  return { region: CLOUDFRONT_REGION, namespace: 'AWS/CloudFront', MetricName, Dimensions };
}
