import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { expect, it, vi } from 'vitest';
import { startRecorder, type Recorder } from './recorder.ts';
import { PATIENCE } from '../../../patience.ts';

const logGroupName = '/aws/cloudfront/function/edge';
const logStreamName = '2026/1/1/x';

/** A metric of errors by arm, an alarm on the canary's, another alarm above it, and a rule. */
async function watch({ cloud, arn }: Recorder, logs: CloudWatchLogsClient): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  await logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName: 'errors',
      filterPattern: '[id, tag=headgate, arm, kind=e]',
      metricTransformations: [
        {
          metricName: 'errors',
          metricNamespace: 'shop',
          metricValue: '1',
          dimensions: { arm: '$arm' },
        },
      ],
    }),
  );
  const cloudWatch = new CloudWatchClient(cloud.config());
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'canary-errors',
      Namespace: 'shop',
      MetricName: 'errors',
      Dimensions: [{ Name: 'arm', Value: 'canary' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    }),
  );
  await cloudWatch.send(
    new PutCompositeAlarmCommand({ AlarmName: 'shop', AlarmRule: 'ALARM("canary-errors")' }),
  );
  cloudWatch.destroy();
  const events = new EventBridgeClient(cloud.config());
  const EventPattern = JSON.stringify({
    source: ['aws.cloudwatch'],
    detail: { alarmName: ['shop'], state: { value: ['ALARM'] } },
  });
  await events.send(new PutRuleCommand({ Name: 'shop', EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: 'shop', Targets: [{ Id: 'it', Arn: arn }] }));
  events.destroy();
}

it('leads from a line of the edge to a function, which prints into a log of its own', async () => {
  const recorder = await startRecorder();
  const logs = new CloudWatchLogsClient(recorder.cloud.config());
  await watch(recorder, logs);
  const timestamp = Date.now();
  const messages = ['a== headgate canary e', 'b== headgate canary e', 'c== headgate stable e'];
  const logEvents = messages.map((message) => ({ timestamp, message }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  expect(await recorder.wait((event) => event['source'] === 'aws.cloudwatch')).toMatchObject({
    detail: {
      alarmName: 'shop',
      configuration: { alarmRule: 'ALARM("canary-errors")' },
      state: {
        value: 'ALARM',
        reason: expect.stringContaining(':canary-errors transitioned to ALARM at ') as string,
      },
    },
  });
  await vi.waitFor(async () => {
    const own = { logGroupName: '/aws/lambda/recorder', filterPattern: '"REPORT RequestId"' };
    const { events } = await logs.send(new FilterLogEventsCommand(own));
    expect(events).toHaveLength(1);
  }, PATIENCE);
  logs.destroy();
  await recorder.close();
});
