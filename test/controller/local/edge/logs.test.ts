import {
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeFunctionCommand, TestFunctionCommand } from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { associate, createBucket, distribute, publishFunction, putObject } from './account.ts';
import { serveWith } from './lambda-site.ts';
import { PROPAGATION_SECONDS, startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await createBucket(world);
  await putObject(world, 'index.html', { body: 'x' });
});
afterAll(() => world.close());

async function read(client: CloudWatchLogsClient, logGroupName: string) {
  const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName }));
  return events;
}

const INGESTION_SECONDS = 2;

it('keeps what CloudFront Functions print, the request’s id in front, after a delay', async () => {
  const printing = `function handler(event) {
    var request = event.request;
    if (request.uri !== '/quiet') console.log('headgate 1 shop ' + request.uri);
    if (request.uri === '/throws') throw new Error('boom');
    return request;
  }`;
  const silent = 'function handler(event) { return event.response; }';
  const functions = associate({
    'viewer-request': await publishFunction(world, 'printing', { code: printing }),
    'viewer-response': await publishFunction(world, 'silent', { code: silent }),
  });
  const { id } = await distribute(world, { host: 'logs.test', behaviour: functions });
  world.advance(PROPAGATION_SECONDS);
  const { headers } = await world.send('/index.html', { host: 'logs.test' });
  const group = '/aws/cloudfront/function/printing';
  expect(await read(world.cloudWatchLogs, group)).toEqual([]);
  world.advance(INGESTION_SECONDS);
  const requestId = String(headers['x-amz-cf-id']);
  const events = await read(world.cloudWatchLogs, group);
  expect(events.map(({ message }) => message)).toEqual([
    `${requestId} START DistributionID: ${id}`,
    `${requestId} headgate 1 shop /index.html`,
    `${requestId} END`,
  ]);
  expect(events[0]?.logStreamName).toMatch(/^\d{4}\/\d{1,2}\/\d{1,2}\/[\da-f-]{36}$/);
  await world.send('/throws', { host: 'logs.test' });
  await world.send('/quiet', { host: 'logs.test' });
  world.advance(INGESTION_SECONDS);
  const more = (await read(world.cloudWatchLogs, group)).slice(3);
  expect(more.map(({ message }) => message?.split(' ').slice(1).join(' '))).toEqual([
    `START DistributionID: ${id}`,
    'headgate 1 shop /throws',
    'END',
    `START DistributionID: ${id}`,
    'END',
  ]);
  // A test is no production request; and a function that can't print has no group.
  const { ETag: IfMatch } = await world.cloudFront.send(
    new DescribeFunctionCommand({ Name: 'printing', Stage: 'LIVE' }),
  );
  const request = { method: 'GET', uri: '/', headers: {}, cookies: {}, querystring: {} };
  const event = { version: '1.0', context: { eventType: 'viewer-request' }, request };
  const EventObject = Buffer.from(JSON.stringify({ ...event, viewer: { ip: '1.2.3.4' } }));
  const tested = { Name: 'printing', Stage: 'LIVE', IfMatch, EventObject } as const;
  await world.cloudFront.send(new TestFunctionCommand(tested));
  world.advance(INGESTION_SECONDS);
  expect(await read(world.cloudWatchLogs, group)).toHaveLength(8);
  const { logGroups } = await world.cloudWatchLogs.send(new DescribeLogGroupsCommand({}));
  expect(logGroups?.map(({ logGroupName }) => logGroupName)).toEqual([group]);
});

it('keeps what Lambda@Edge functions print, where they run', async () => {
  const body = "console.log('headgate %d', 1); console.warn('a\\nb'); return request;";
  const { get } = await serveWith(world, 'lambda-logs', { 'origin-request': body }, {});
  await get('/index.html');
  world.advance(INGESTION_SECONDS);
  const group = '/aws/lambda/us-east-1.lambda-logs-origin-request';
  const events = await read(world.away.cloudWatchLogs, group);
  const [begin = '', first = '', second = '', end = '', report = ''] = events.map(
    ({ message }) => message ?? '',
  );
  const [, id = ''] = /^START RequestId: (\S+) Version: 1\n$/.exec(begin) ?? [];
  expect(first).toMatch(/^\d{4}-\S+Z\t/);
  expect(first.slice(first.indexOf('\t'))).toBe(`\t${id}\tINFO\theadgate 1\n`);
  expect(second.slice(second.indexOf('\t'))).toBe(`\t${id}\tWARN\ta\nb\n`);
  expect(end).toBe(`END RequestId: ${id}\n`);
  expect(report).toMatch(
    /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\t\n$/,
  );
  expect(events[0]?.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[1\][\da-f]{32}$/);
});
