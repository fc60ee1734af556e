import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { missing } from '../../../depth.ts';
import { startTestCloud } from '../harness.ts';
import { SPEED as speed, startLogWriter, type LogWriter } from './log-writer.ts';
import { PATIENCE } from '../../../patience.ts';

let writer: LogWriter;
let { cloud, logs, start, createGroup, put, read, waitFor } = {} as LogWriter;

beforeAll(async () => {
  writer = await startLogWriter();
  ({ cloud, logs, start, createGroup, put, read, waitFor } = writer);
});
afterAll(() => writer.close());

const refusedAs = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });

it('a group says for how many days it is kept, of the numbers that there are', async () => {
  await createGroup('kept', 's');
  const logGroupName = 'kept';
  const shown = async () => {
    const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName });
    return (await logs.send(command)).logGroups?.[0]?.retentionInDays;
  };
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 30 }));
  expect(await shown()).toBe(30);
  const odd = new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 31 });
  await expect(logs.send(odd)).rejects.toMatchObject(refusedAs('InvalidParameterException'));
  await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  expect(await shown()).toBeUndefined();
});

describe('events', () => {
  it('can be read a moment after they were written, by time over all streams', async () => {
    const slow = await startTestCloud();
    const client = new CloudWatchLogsClient(slow.config());
    const logGroupName = 'slow';
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }));
    const logEvents = [{ message: 'x', timestamp: start }];
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName: 's', logEvents }));
    expect(await client.send(new FilterLogEventsCommand({ logGroupName }))).toMatchObject({
      events: [],
    });
    client.destroy();
    await slow.close();

    await createGroup('streams', 'a', 'b');
    await put('streams', ['2', '3'], { stream: 'a', at: start + 1 });
    await put('streams', ['1'], { stream: 'b' });
    await waitFor('streams', 3);
    expect(await read('streams')).toEqual(['1', '2', '3']);
    expect(await read('streams', { logStreamNames: ['a'] })).toEqual(['2', '3']);
    expect(await read('streams', { logStreamNamePrefix: 'b' })).toEqual(['1']);
    expect(await read('streams', { startTime: start + 1, endTime: start + 1 })).toEqual(['2']);
    const { events: [event] = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: 'streams', limit: 1 }),
    );
    expect(event).toMatchObject({ logStreamName: 'b', timestamp: start, message: '1' });
    expect(event?.ingestionTime).toBeGreaterThan(start);
    expect(event?.eventId).toHaveLength(56);
  });

  it('come in pages by number, by bytes and by how many were looked at', async () => {
    await createGroup('pages', 's');
    await put('pages', ['1', '2', '3']);
    await waitFor('pages', 3);
    const page = (nextToken?: string) =>
      logs.send(new FilterLogEventsCommand({ logGroupName: 'pages', limit: 2, nextToken }));
    const first = await page();
    const second = await page(first.nextToken);
    expect([first, second].map(({ events }) => events?.map(({ message }) => message))).toEqual([
      ['1', '2'],
      ['3'],
    ]);
    expect(second.nextToken).toBeUndefined();
    await expect(page('bogus')).rejects.toMatchObject(refusedAs('InvalidParameterException'));

    await createGroup('long', 's');
    const long = 'x'.repeat(400_000);
    await put('long', [long, long]);
    await put('long', [long], { at: start + 5 });
    await vi.waitFor(async () => {
      const { events, nextToken } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: 'long' }),
      );
      expect(events).toHaveLength(2);
      expect(nextToken).toBeDefined();
    }, PATIENCE);
    expect(await read('long')).toHaveLength(3);

    await createGroup('many', 's');
    const noise = Array.from({ length: 9000 }, (_, index) => `noise ${index}`);
    await put('many', noise);
    await put('many', [...noise, 'needle'], { at: start + 9000 });
    await vi.waitFor(async () => {
      const found = await read('many', { filterPattern: 'needle', startTime: start });
      expect(found).toEqual(['needle']);
    }, PATIENCE);
    const empty = await logs.send(
      new FilterLogEventsCommand({ logGroupName: 'many', filterPattern: 'needle' }),
    );
    expect(empty.events).toEqual([]);
    expect(empty.nextToken).toBeDefined();
  });

  it('of a stream can be read to and fro', async () => {
    await createGroup('to-and-fro', 's');
    await put('to-and-fro', ['1', '2', '3', '4', '5']);
    await waitFor('to-and-fro', 5);
    const get = async (more: object) => {
      const names = { logGroupName: 'to-and-fro', logStreamName: 's' };
      const answer = await logs.send(new GetLogEventsCommand({ ...names, limit: 2, ...more }));
      return { ...answer, text: (answer.events ?? []).map(({ message }) => message).join('') };
    };
    const last = await get({});
    expect(last.text).toBe('45');
    const middle = await get({ nextToken: last.nextBackwardToken });
    expect(middle.text).toBe('23');
    expect((await get({ nextToken: middle.nextForwardToken })).text).toBe('45');
    const head = await get({ startFromHead: true });
    expect(head.text).toBe('12');
    const end = await get({ nextToken: last.nextForwardToken });
    expect(end).toMatchObject({ text: '', nextForwardToken: last.nextForwardToken });
    expect((await get({ endTime: start + 1, limit: 9 })).text).toBe('1');
  });

  it('survive a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headgate-logs-'));
    const other = await startTestCloud({ speed, directory });
    const client = new CloudWatchLogsClient(other.config());
    const logGroupName = '/kept/group';
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }));
    const logEvents = [{ message: 'kept', timestamp: start }];
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName: 's', logEvents }));
    // Written a moment ago: nobody could read it yet.
    await other.close();
    const again = await startTestCloud({ speed, directory });
    const reopened = new CloudWatchLogsClient(again.config());
    const { events } = await reopened.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events).toMatchObject([{ message: 'kept', timestamp: start, logStreamName: 's' }]);
    for (const one of [client, reopened]) one.destroy();
    await again.close();
    await rm(directory, { recursive: true });
  });

  it('are refused where CloudWatch Logs would refuse them', async () => {
    await createGroup('strict', 's');
    const wrong = refusedAs('InvalidParameterException');
    const write = (...times: number[]) =>
      logs.send(
        new PutLogEventsCommand({
          logGroupName: 'strict',
          logStreamName: 's',
          logEvents: times.map((timestamp) => ({ timestamp, message: 'x' })),
        }),
      );
    const day = 24 * 3_600_000;
    await expect(write(start, start - 1)).rejects.toMatchObject(wrong);
    await expect(write(start - day - 1, start)).rejects.toMatchObject(wrong);
    const rejected = await write(start - 15 * day, start - 14.5 * day);
    expect(rejected.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2 });
    const ahead = await write(start, start + 3 * 3_600_000);
    expect(ahead.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    await expect(put('strict', ['x'.repeat(1_048_576)])).rejects.toMatchObject(wrong);
    await expect(put('strict', ['x'], { stream: 'other' })).rejects.toMatchObject(
      refusedAs('ResourceNotFoundException'),
    );
    await expect(read('absent')).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
    for (const more of [
      { filterPattern: '{ $.a = 1 }' },
      { limit: 10_001 },
      { logStreamNames: ['s'], logStreamNamePrefix: 's' },
      { unmask: true },
    ]) {
      await expect(read('strict', more)).rejects.toMatchObject(wrong);
    }
  });
});

describe('groups and streams', () => {
  it('come in pages and are unique', async () => {
    for (const name of ['/list/1', '/list/2', '/list/3']) await createGroup(name, 'one');
    await expect(createGroup('/list/1')).rejects.toMatchObject(
      refusedAs('ResourceAlreadyExistsException'),
    );
    const list = (nextToken?: string) =>
      logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: '/list/', limit: 2, nextToken }),
      );
    const first = await list();
    const second = await list(first.nextToken);
    expect([first, second].map(({ logGroups }) => logGroups?.length)).toEqual([2, 1]);
    expect(first.logGroups?.[0]).toMatchObject({
      logGroupName: '/list/1',
      arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/list/1:*',
      metricFilterCount: 0,
    });
    await logs.send(new CreateLogStreamCommand({ logGroupName: '/list/1', logStreamName: 'two' }));
    await put('/list/1', ['x'], { stream: 'two' });
    await waitFor('/list/1', 1);
    const { logStreams } = await logs.send(
      new DescribeLogStreamsCommand({
        logGroupName: '/list/1',
        orderBy: 'LastEventTime',
        descending: true,
      }),
    );
    expect(logStreams).toMatchObject([
      { logStreamName: 'two', lastEventTimestamp: start },
      { logStreamName: 'one' },
    ]);
    await logs.send(new DeleteLogGroupCommand({ logGroupName: '/list/1' }));
    await createGroup('/list/1', 'two');
    expect(await read('/list/1')).toEqual([]);
  });
});

const AWSCLI = '/usr/bin/aws';
const absent = !existsSync(AWSCLI) && missing('awscli', 'apt-get install awscli (Debian 12)');

it.skipIf(absent)('awscli reads the events', { timeout: 300_000 }, async () => {
  await createGroup('for-awscli', 's');
  await put('for-awscli', ['id headgate e']);
  await waitFor('for-awscli', 1);
  const words = ['logs', 'filter-log-events', '--log-group-name', 'for-awscli'];
  const pattern = ['--filter-pattern', '[id, tag=headgate, kind]'];
  const all = [...words, ...pattern, '--endpoint-url', cloud.endpoint, '--output', 'json'];
  const env = { PATH: '/usr/bin:/bin', HOME: cloud.directory, ...cloud.environment };
  const { stdout } = await promisify(execFile)(AWSCLI, all, { env });
  expect(JSON.parse(stdout)).toMatchObject({ events: [{ message: 'id headgate e' }] });
});
