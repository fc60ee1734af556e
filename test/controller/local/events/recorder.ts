import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { expect, vi } from 'vitest';
import type { CloudOptions } from '../../../../controller/local/cloud.ts';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { zip } from '../lambda/archive.ts';
import { PATIENCE } from '../../../patience.ts';

type Event = Readonly<Record<string, unknown>>;

/** A cloud with a function that tells the test what it was given. */
export interface Recorder {
  cloud: TestCloud;
  lambda: LambdaClient;
  readonly arn: string;
  arnOf(name: string): string;
  /** Another such function; one that isn't open lets EventBridge not invoke it. */
  define(name: string, more: { readonly isOpen: boolean; readonly fails?: number }): Promise<void>;
  putAlarm(name: string): Promise<void>;
  /** An event of this source, with a rule that gives it to the function. */
  publishOnce(source: string): Promise<void>;
  /** Ends the cloud and opens its directory again. */
  restart(): Promise<void>;
  seen(): readonly Event[];
  wait(test: (event: Event) => boolean): Promise<Event>;
  /** Long enough for anything that is under way. */
  settle(): Promise<void>;
  /** Until the cloud has said these words. */
  waitForLog(words: string): Promise<void>;
  close(): Promise<void>;
}

/** A minute takes 300 ms. */
const SPEED = 200;

export async function startRecorder(options: Partial<CloudOptions> = {}): Promise<Recorder> {
  const lines: string[] = [];
  const seen: Event[] = [];
  const server = createServer((incoming, outgoing) => {
    void json(incoming).then((event) => {
      seen.push(event as Event);
      return outgoing.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const log = (line: string) => void lines.push(line);
  const settings = { speed: SPEED, log, ...options };
  const cloud = await startTestCloud(settings);
  const lambda = new LambdaClient(cloud.config());
  const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
  const recorder: Recorder = {
    cloud,
    lambda,
    arn: arnOf('recorder'),
    arnOf,
    define: (name, more) => define(recorder.lambda, name, { url, ...more }),
    putAlarm: (name) => putAlarm(recorder.cloud, name),
    publishOnce: (source) => publishOnce(recorder, source),
    async restart() {
      recorder.lambda.destroy();
      await recorder.cloud.close();
      recorder.cloud = await startTestCloud(settings);
      recorder.lambda = new LambdaClient(recorder.cloud.config());
    },
    seen: () => seen,
    wait: (test) =>
      vi.waitFor(() => {
        const found = seen.find(test);
        if (found === undefined) throw new Error(`no such event among ${JSON.stringify(seen)}`);
        return found;
      }, PATIENCE),
    settle: () => new Promise((resolve) => setTimeout(resolve, 250)),
    waitForLog: (words) => vi.waitFor(() => expect(lines.join('\n')).toContain(words), PATIENCE),
    async close() {
      recorder.lambda.destroy();
      await recorder.cloud.close();
      server.closeAllConnections();
      server.close();
    },
  };
  await recorder.define('recorder', { isOpen: true });
  return recorder;
}

async function define(
  lambda: LambdaClient,
  FunctionName: string,
  how: { readonly url: string; readonly isOpen: boolean; readonly fails?: number },
): Promise<void> {
  const source = `let runs = 0;
    export const handler = async (event, { awsRequestId }) => {
      const { FAILS, RECORDER_URL } = process.env;
      const body = JSON.stringify({ ...event, runs: (runs += 1), awsRequestId });
      await fetch(RECORDER_URL, { method: 'POST', body });
      if (runs <= Number(FAILS)) throw new Error('failed on purpose');
    };`;
  // What the recorder adds is wanted of functions that fail only.
  const plain = source.replace('{ ...event, runs: (runs += 1), awsRequestId }', 'event');
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: 'arn:aws:iam::000000000000:role/recorder',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zip({ 'index.mjs': how.fails === undefined ? plain : source }) },
      Environment: { Variables: { RECORDER_URL: how.url, FAILS: String(how.fails ?? 0) } },
    }),
  );
  await waitUntilFunctionActiveV2(
    { client: lambda, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 },
    { FunctionName },
  );
  if (!how.isOpen) return;
  await lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'events',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    }),
  );
}

async function putAlarm(cloud: TestCloud, AlarmName: string): Promise<void> {
  const cloudWatch = new CloudWatchClient(cloud.config());
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'shop',
      MetricName: 'errors',
      Dimensions: [{ Name: 'app', Value: 'shop' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    }),
  );
  cloudWatch.destroy();
}

async function publishOnce({ cloud, arn }: Recorder, source: string): Promise<void> {
  const events = new EventBridgeClient(cloud.config());
  const EventPattern = JSON.stringify({ source: [source] });
  await events.send(new PutRuleCommand({ Name: source, EventPattern }));
  await events.send(new PutTargetsCommand({ Rule: source, Targets: [{ Id: 'it', Arn: arn }] }));
  await events.send(
    new PutEventsCommand({ Entries: [{ Source: source, DetailType: 'x', Detail: '{}' }] }),
  );
  events.destroy();
}
