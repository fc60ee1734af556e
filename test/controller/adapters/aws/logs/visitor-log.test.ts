import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, PutMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createVisitorLog } from '../../../../../controller/adapters/aws/logs/visitor-log.ts';
import { listMetricFilters } from '../../../../../controller/core/rollout/visitors/metric-filters.ts';
import { startLogWriter, type LogWriter } from '../../../local/logs/log-writer.ts';
import { PATIENCE } from '../../../../patience.ts';

const GROUP = '/aws/cloudfront/function/headgate-prod-request';
const PLACE = { app: 'shop', environment: 'eu-1' };
const REQUEST = 'u6E0WdEzjWAYZfQ_VM1k2Rr-VqDTAlFMs6G1VjEfeQ==';

let writer: LogWriter;

beforeAll(async () => {
  writer = await startLogWriter();
});
afterAll(() => writer.close());

const asked = () => ({
  ...PLACE,
  logGroup: GROUP,
  salt: 57,
  since: new Date(writer.start).toISOString(),
});

const LINES = [
  'headgate 1 shop eu-1 canary n 1043 57 500 524288',
  'headgate 1 shop eu-1 canary e 1043 57 500 524288',
  'headgate 1 shop eu-1 stable o 1042 57 500 7',
];
const OTHERS = [
  'headgate 1 shop eu-1 canary e 1043 56 500 524288',
  'headgate 1 shop prod canary e 1043 57 500 524288',
  'headgate 1 pay eu-1 canary e 1043 57 500 524288',
  'headgate 2 shop eu-1 canary e 1043 57 500 524288',
  'START DistributionID: E1',
  'hello headgate 1 shop eu-1 canary e 1043 57 500 524288',
];

it('reads the lines of one rollout, and makes metrics of all', async () => {
  await writer.createGroup(GROUP, 's');
  const filters = listMetricFilters(PLACE, GROUP);
  for (const { metricTransformations, ...filter } of filters) {
    const transformations = metricTransformations.map((one) => ({ ...one }));
    await writer.logs.send(
      new PutMetricFilterCommand({ ...filter, metricTransformations: transformations }),
    );
  }
  await writer.put(
    GROUP,
    [...OTHERS, ...LINES].map((line) => `${REQUEST} ${line}`),
  );
  await writer.waitFor(GROUP, OTHERS.length + LINES.length);
  const { lines, sampling } = await createVisitorLog(writer.logs).read(asked());
  expect(sampling).toBe(1);
  const canary = { arm: 'canary', build: '1043', weightBasisPoints: 500, slot: 524288 };
  expect(lines).toEqual([
    { ...canary, kind: 'n', at: writer.start + OTHERS.length },
    { ...canary, kind: 'e', at: writer.start + OTHERS.length + 1 },
    {
      ...canary,
      arm: 'stable',
      build: '1042',
      slot: 7,
      kind: 'o',
      at: writer.start + OTHERS.length + 2,
    },
  ]);

  const client = new CloudWatchClient(writer.cloud.config());
  const read = async (MetricName: string, arm: string) => {
    const Metric = {
      Namespace: 'Headgate/shop/eu-1',
      MetricName,
      Dimensions: [{ Name: 'Arm', Value: arm }],
    };
    const { MetricDataResults: [result] = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(writer.start - 60_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [{ Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
      }),
    );
    return (result?.Values ?? []).reduce((sum, value) => sum + value, 0);
  };
  // Of both rollouts: a metric knows no salt.
  await vi.waitFor(async () => expect(await read('Errors', 'canary')).toBe(2), PATIENCE);
  expect(await read('Errors', 'stable')).toBe(0);
  expect(await read('Navigations', 'canary')).toBe(1);
  client.destroy();
});

it('says so when there is no log', async () => {
  const gone = createVisitorLog(writer.logs).read({ ...asked(), logGroup: '/gone' });
  await expect(gone).rejects.toThrow('There is no log group /gone');
});

const closed: Server[] = [];
afterEach(() => {
  for (const server of closed.splice(0)) server.close();
});

/** A log with more pages than anybody reads; `pages` of them for the lowest of so many slots. */
async function startEndless(pages: Readonly<Record<string, number>>) {
  const patterns: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { filterPattern, nextToken = '0' } = JSON.parse(body) as Record<string, string>;
      patterns.push(filterPattern ?? '');
      const limit = Object.entries(pages).find(([slots]) => filterPattern?.includes(slots))?.[1];
      const next = Number(nextToken) + 1;
      const message = `${REQUEST} ${LINES[0]}`;
      const answer = {
        events: [{ message, timestamp: 1 }],
        nextToken: next === limit ? undefined : String(next),
      };
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify(answer));
    });
  });
  closed.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = { ...writer.cloud.config(), endpoint: `http://127.0.0.1:${port}` };
  return { client: new CloudWatchLogsClient(config), patterns };
}

it('reads fewer slots where there are too many lines, and gives up in the end', async () => {
  const endless = await startEndless({ 'slot<65536': 3 });
  const read = await createVisitorLog(endless.client).read(asked());
  expect(read).toMatchObject({ sampling: 16, lines: { length: 3 } });
  expect(endless.patterns).toHaveLength(43);

  const never = await startEndless({});
  await expect(createVisitorLog(never.client).read(asked())).rejects.toThrow(
    'more lines of shop/eu-1',
  );
  expect(never.patterns).toHaveLength(100);
});
