import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFunctionMetrics } from '../../../../../controller/adapters/aws/cloudwatch/function-metrics.ts';
import { startTestCloud, type TestCloud } from '../../../local/harness.ts';

const MINUTE = 60_000;
/** A whole minute, some minutes ago. */
const START = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;

let cloud: TestCloud;
let client: CloudWatchClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = new CloudWatchClient(cloud.config());
});

afterAll(async () => {
  client.destroy();
  await cloud.close();
});

async function fail(
  name: string,
  metric: string,
  minute: number,
  dimension = 'FunctionName',
): Promise<void> {
  const MetricData = {
    MetricName: metric,
    Value: 1,
    Timestamp: new Date(START + minute * MINUTE),
    Dimensions: [
      { Name: dimension, Value: name },
      { Name: 'Region', Value: 'Global' },
    ],
  };
  const input = { Namespace: 'AWS/CloudFront', MetricData: [MetricData] };
  // AWS refuses its own namespaces; the local cloud has to get the figures from somewhere.
  await client.send(new PutMetricDataCommand(input));
}

it('adds up the errors of these functions, throttles not,, from the next whole minute on', async () => {
  await fail('ours', 'FunctionExecutionErrors', 0);
  await fail('ours', 'FunctionExecutionErrors', 2);
  await fail('ours', 'FunctionValidationErrors', 3);
  await fail('other', 'FunctionExecutionErrors', 3);
  // A rush is no fault of the code.
  await fail('other', 'FunctionThrottles', 3);
  await fail('foreign', 'FunctionExecutionErrors', 3);
  await fail('ours', 'FunctionInvocations', 3);
  const metrics = createFunctionMetrics(client);
  const count = (from: number, to: number) =>
    metrics.countErrors(
      ['ours', 'other'],
      new Date(START + from * MINUTE),
      new Date(START + to * MINUTE),
    );
  expect(await count(0, 10)).toBe(4);
  // The code before ran in that minute, too.
  expect(await count(0.5, 10)).toBe(3);
  expect(await count(0, 3)).toBe(2);
  expect(await count(3.2, 3.5)).toBe(0);
});

it('adds up what Lambda@Edge failed in these distributions', async () => {
  const of = 'DistributionId';
  await fail('E1', 'LambdaExecutionError', 2, of);
  await fail('E1', 'LambdaValidationError', 3, of);
  await fail('E2', 'LambdaExecutionError', 3, of);
  await fail('E2', 'LambdaLimitExceededErrors', 3, of);
  await fail('E3', 'LambdaExecutionError', 3, of);
  await fail('E1', '5xxErrorRate', 3, of);
  const metrics = createFunctionMetrics(client);
  const until = new Date(START + 10 * MINUTE);
  const count = (ids: readonly string[]) => metrics.countLambdaErrors(ids, new Date(START), until);
  expect(await count(['E1', 'E2'])).toBe(4);
  expect(await count([])).toBe(0);
});

it('says which permission it lacks', async () => {
  const denied = new CloudWatchClient({
    ...cloud.config(),
    credentials: { accessKeyId: 'unknown', secretAccessKey: 'unknown' },
  });
  const counting = createFunctionMetrics(denied).countErrors(
    ['ours'],
    new Date(START),
    new Date(START + MINUTE),
  );
  await expect(counting).rejects.toThrow(/the metrics of ours|credentials/);
  denied.destroy();
});
