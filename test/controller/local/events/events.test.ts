import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
  type PutEventsRequestEntry,
  type PutRuleCommandInput,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { missing } from '../../../depth.ts';
import { startRecorder, type Recorder } from './recorder.ts';
import { PATIENCE } from '../../../patience.ts';

let recorder: Recorder;
let events: EventBridgeClient;

beforeAll(async () => {
  recorder = await startRecorder();
  events = new EventBridgeClient(recorder.cloud.config());
});
afterAll(async () => {
  events.destroy();
  await recorder.close();
});

const pattern = (source: string, more: object = {}) =>
  JSON.stringify({ source: [source], ...more });

/** A rule whose only target is the recorder. */
async function join(
  Name: string,
  rule: Partial<PutRuleCommandInput>,
  target: Partial<Target> = {},
): Promise<void> {
  await events.send(new PutRuleCommand({ Name, ...rule }));
  await events.send(
    new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'it', Arn: recorder.arn, ...target }] }),
  );
}

const put = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));
const entry = (Source: string, detail: object = {}): PutEventsRequestEntry => ({
  Source,
  DetailType: 'Build Published',
  Detail: JSON.stringify(detail),
});

describe('a rule with a pattern', () => {
  it('hands each event that matches to its function, as the bus writes it', async () => {
    await join('published', { EventPattern: pattern('shop', { detail: { build: [1043] } }) });
    const { Entries } = await put(
      entry('shop', { build: 1 }),
      { ...entry('shop', { build: 1043 }), Resources: ['a'], Time: new Date(1_700_000_000_123) },
      entry('other', { build: 1043 }),
    );
    expect(await recorder.wait((event) => event['source'] === 'shop')).toEqual({
      version: '0',
      id: Entries?.[1]?.EventId,
      'detail-type': 'Build Published',
      source: 'shop',
      account: '000000000000',
      time: '2023-11-14T22:13:20Z',
      region: 'us-east-1',
      resources: ['a'],
      detail: { build: 1043 },
    });
    await recorder.settle();
    expect(recorder.seen().filter((event) => event['source'] === 'shop')).toHaveLength(1);
  });

  it('gives the target what InputTransformer, Input and InputPath say', async () => {
    const template =
      '{"build": <build>, "text": "<build> of <aws.events.rule-name>", "around": <aws.events.event>, "whole": <aws.events.event.json>}';
    const InputTransformer = {
      InputPathsMap: { build: '$.detail.build', first: '$.resources[0]' },
      InputTemplate: template,
    };
    await join('transformed', { EventPattern: pattern('transformed') }, { InputTransformer });
    await join('fixed', { EventPattern: pattern('transformed') }, { Input: '{"fixed":[1]}' });
    await join('part', { EventPattern: pattern('transformed') }, { InputPath: '$.detail' });
    await put(entry('transformed', { build: '7', nested: { a: 1 } }));
    expect(await recorder.wait((event) => event['text'] !== undefined)).toMatchObject({
      build: '7',
      text: '7 of transformed',
      around: { source: 'transformed', region: 'us-east-1' },
      whole: { source: 'transformed', detail: { build: '7' } },
    });
    const [transformed] = recorder.seen().filter((event) => event['text'] !== undefined);
    expect(transformed?.['around']).not.toHaveProperty('detail');
    expect(await recorder.wait((event) => event['fixed'] !== undefined)).toEqual({ fixed: [1] });
    expect(await recorder.wait((event) => event['nested'] !== undefined)).toEqual({
      build: '7',
      nested: { a: 1 },
    });
  });

  it('delivers nothing that its function does not permit, or that is no JSON any more', async () => {
    await recorder.define('closed', { isOpen: false });
    await join('to-closed', { EventPattern: pattern('closed') }, { Arn: recorder.arnOf('closed') });
    const InputTransformer = { InputPathsMap: { b: '$.detail.b' }, InputTemplate: '{"b":<b>}' };
    await join('broken', { EventPattern: pattern('broken') }, { InputTransformer });
    await put(entry('closed'), entry('broken'));
    await recorder.waitForLog('does not let arn:aws:events:us-east-1:000000000000:rule/to-closed');
    await recorder.waitForLog('the InputTemplate made no JSON');
    await recorder.settle();
    expect(recorder.seen().some((event) => event['source'] === 'closed')).toBe(false);
    await recorder.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'closed',
        StatementId: 'bus',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: 'arn:aws:events:us-east-1:000000000000:rule/to-*',
      }),
    );
    await put(entry('closed'));
    await recorder.wait((event) => event['source'] === 'closed');
  });

  it('is asked for no event while it is disabled', async () => {
    await join('resting', { EventPattern: pattern('resting'), State: 'DISABLED' });
    await put(entry('resting', { turn: 1 }));
    await events.send(new EnableRuleCommand({ Name: 'resting' }));
    await put(entry('resting', { turn: 2 }));
    expect(await recorder.wait((event) => event['source'] === 'resting')).toMatchObject({
      detail: { turn: 2 },
    });
    await events.send(new DisableRuleCommand({ Name: 'resting' }));
    expect(await events.send(new DescribeRuleCommand({ Name: 'resting' }))).toMatchObject({
      State: 'DISABLED',
      EventPattern: pattern('resting'),
    });
  });
});

describe('an alarm that changes its state', () => {
  it('is an event with both states and the configuration', async () => {
    await join('alarms', {
      EventPattern: JSON.stringify({
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ prefix: 'errors-' }], state: { value: ['ALARM'] } },
      }),
    });
    await recorder.putAlarm('errors-shop');
    const cloudWatch = new CloudWatchClient(recorder.cloud.config());
    await cloudWatch.send(
      new SetAlarmStateCommand({
        AlarmName: 'errors-shop',
        StateValue: 'ALARM',
        StateReason: 'a drill',
      }),
    );
    cloudWatch.destroy();
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+0000$/) as string;
    expect(await recorder.wait((event) => event['source'] === 'aws.cloudwatch')).toMatchObject({
      'detail-type': 'CloudWatch Alarm State Change',
      region: 'us-east-1',
      resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors-shop'],
      detail: {
        alarmName: 'errors-shop',
        configuration: {
          metrics: [
            {
              metricStat: {
                metric: { dimensions: { app: 'shop' }, name: 'errors', namespace: 'shop' },
                period: 60,
                stat: 'Sum',
              },
              returnData: true,
            },
          ],
        },
        previousState: { value: 'INSUFFICIENT_DATA', timestamp: time },
        state: { value: 'ALARM', reason: 'a drill', timestamp: time },
      },
    });
  });

  it('reaches a function of another region over that region’s bus', async () => {
    const away = new EventBridgeClient(recorder.cloud.config('eu-west-1'));
    const EventPattern = pattern('far');
    const Arn = 'arn:aws:events:us-east-1:000000000000:event-bus/default';
    const RoleArn = 'arn:aws:iam::000000000000:role/bus';
    await away.send(new PutRuleCommand({ Name: 'forward', EventPattern }));
    const Targets = [{ Id: 'home', Arn, RoleArn }];
    await away.send(new PutTargetsCommand({ Rule: 'forward', Targets }));
    await join('far', { EventPattern: pattern('far', { region: ['eu-west-1'] }) });
    await away.send(new PutEventsCommand({ Entries: [entry('far')] }));
    await recorder.wait((event) => event['source'] === 'far');
    await expect(
      away.send(
        new PutTargetsCommand({ Rule: 'forward', Targets: [{ Id: 'x', Arn: recorder.arn }] }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    away.destroy();
  });
});

describe('a rule with a schedule', () => {
  it('runs by itself again and again', async () => {
    await join('tick', { ScheduleExpression: 'rate(1 minute)' });
    const isTick = (event: Readonly<Record<string, unknown>>) =>
      event['detail-type'] === 'Scheduled Event';
    await vi.waitFor(
      () => expect(recorder.seen().filter(isTick).length).toBeGreaterThan(1),
      PATIENCE,
    );
    await events.send(new DisableRuleCommand({ Name: 'tick' }));
    expect(recorder.seen().find(isTick)).toMatchObject({
      source: 'aws.events',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/tick'],
      detail: {},
    });
  });

  it.each(['rate(1 minutes)', 'rate(5 minute)', 'rate(0 minutes)', 'cron(0 10 * * * *)', 'daily'])(
    '%s is none',
    async (ScheduleExpression) => {
      await expect(
        events.send(new PutRuleCommand({ Name: 'never', ScheduleExpression })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    },
  );
});

describe('patterns', () => {
  const event = {
    version: '0',
    id: '1',
    'detail-type': 'x',
    source: 'shop.builds',
    account: '000000000000',
    time: '2026-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: ['one', 'two'],
    detail: { count: 5, state: 'OK', inner: { flag: true }, none: null },
  };
  it.each<[object, boolean]>([
    [{ source: [{ prefix: 'shop.' }] }, true],
    [{ source: [{ suffix: '.apps' }] }, false],
    [{ source: [{ 'equals-ignore-case': 'SHOP.Builds' }] }, true],
    [{ resources: ['two', 'three'] }, true],
    [{ detail: { state: [{ 'anything-but': ['ALARM', 'INSUFFICIENT_DATA'] }] } }, true],
    [{ detail: { state: [{ 'anything-but': { prefix: 'O' } }] } }, false],
    [{ detail: { absent: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { absent: [{ exists: false }], count: [{ exists: true }] } }, true],
    [{ detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
    [{ detail: { count: ['5'] } }, false],
    [{ detail: { inner: { flag: [true] }, none: [null] } }, true],
    [{ detail: { inner: { flag: [true] }, state: ['ALARM'] } }, false],
  ])('%j of the sample: %s', async (written, Result) => {
    const command = { EventPattern: JSON.stringify(written), Event: JSON.stringify(event) };
    expect(await events.send(new TestEventPatternCommand(command))).toMatchObject({ Result });
  });

  it.each([
    '{',
    '[]',
    '{}',
    '{"source":"x"}',
    '{"source":[]}',
    '{"source":[{"cidr":"10.0.0.0/8"}]}',
  ])('%s is refused', async (EventPattern) => {
    await expect(
      events.send(new PutRuleCommand({ Name: 'never', EventPattern })),
    ).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });
});

describe('rules and targets', () => {
  it('come in pages, by name, and go only without targets', async () => {
    for (const Name of ['page-1', 'page-2', 'page-3']) {
      await join(Name, { EventPattern: pattern('never') });
    }
    const list = (NextToken?: string) =>
      events.send(new ListRulesCommand({ NamePrefix: 'page-', Limit: 2, NextToken }));
    const first = await list();
    const second = await list(first.NextToken);
    expect([first, second].map(({ Rules }) => Rules?.map(({ Name }) => Name))).toEqual([
      ['page-1', 'page-2'],
      ['page-3'],
    ]);
    await expect(list('bogus')).rejects.toMatchObject({ name: 'ValidationException' });
    const { RuleNames } = await events.send(
      new ListRuleNamesByTargetCommand({ TargetArn: recorder.arn }),
    );
    expect(RuleNames).toContain('page-3');
    const remove = () => events.send(new DeleteRuleCommand({ Name: 'page-1' }));
    await expect(remove()).rejects.toMatchObject({ message: expect.stringContaining('targets') });
    const removed = await events.send(
      new RemoveTargetsCommand({ Rule: 'page-1', Ids: ['it', 'other'] }),
    );
    expect(removed).toMatchObject({ FailedEntryCount: 1, FailedEntries: [{ TargetId: 'other' }] });
    const targets = await events.send(new ListTargetsByRuleCommand({ Rule: 'page-1' }));
    expect(targets.Targets).toEqual([]);
    await remove();
    await remove();
    await expect(events.send(new DescribeRuleCommand({ Name: 'page-1' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuse what EventBridge would refuse', async () => {
    await events.send(new PutRuleCommand({ Name: 'strict', EventPattern: pattern('never') }));
    const refuse = async (name: string, target: Partial<Target>) =>
      await expect(
        events.send(
          new PutTargetsCommand({
            Rule: 'strict',
            Targets: [{ Id: 'a', Arn: recorder.arn, ...target }],
          }),
        ),
      ).rejects.toMatchObject({ name });
    await refuse('ValidationException', { Arn: 'arn:aws:sqs:us-east-1:000000000000:queue' });
    await refuse('ValidationException', { Arn: `${recorder.arn}:1` });
    await refuse('ValidationException', { Input: '{' });
    await refuse('ValidationException', { Input: '1', InputPath: '$.detail' });
    await refuse('ValidationException', { InputTransformer: { InputTemplate: 'plain text' } });
    await refuse('ValidationException', { InputTransformer: { InputTemplate: '{"a":<unknown>}' } });
    await refuse('ValidationException', { RetryPolicy: { MaximumRetryAttempts: 1 } });
    const six = ['1', '2', '3', '4', '5', '6'].map((Id) => ({ Id, Arn: recorder.arn }));
    await expect(
      events.send(new PutTargetsCommand({ Rule: 'strict', Targets: six })),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    await expect(events.send(new PutRuleCommand({ Name: 'empty' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const wrong = await put(
      entry('aws.cloudwatch'),
      { ...entry('shop'), Detail: '[]' },
      { DetailType: 'x', Detail: '{}' },
    );
    expect(wrong).toMatchObject({
      FailedEntryCount: 3,
      Entries: [
        { ErrorCode: 'NotAuthorizedForSourceException' },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'InvalidArgument' },
      ],
    });
  });
});

const AWSCLI = '/usr/bin/aws';
const absent = !existsSync(AWSCLI) && missing('awscli', 'apt-get install awscli (Debian 12)');

it.skipIf(absent)('awscli sees the rules', { timeout: 300_000 }, async () => {
  await join('seen-by-awscli', { EventPattern: pattern('never') });
  const { cloud } = recorder;
  const words = ['events', 'list-targets-by-rule', '--rule', 'seen-by-awscli'];
  const all = [...words, '--endpoint-url', cloud.endpoint, '--output', 'json'];
  const env = { PATH: '/usr/bin:/bin', HOME: cloud.directory, ...cloud.environment };
  const { stdout } = await promisify(execFile)(AWSCLI, all, { env });
  expect(JSON.parse(stdout)).toEqual({ Targets: [{ Id: 'it', Arn: recorder.arn }] });
});
