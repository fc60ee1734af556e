import {
  DescribeInstanceInformationCommand,
  GetParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type RunningServer } from '../../../../controller/local/http/server.ts';
import type { Service } from '../../../../controller/local/service.ts';
import { createClock } from '../../../../controller/local/state/clock.ts';
import { startTestCloud } from '../harness.ts';

let server: RunningServer;
const lines: string[] = [];

const broken: Service = {
  protocol: 'aws-json',
  signingNames: ['ssm'],
  handle: async () => {
    throw new TypeError('a bug');
  },
  renderError: ({ status, code, message }) => ({
    status,
    body: JSON.stringify({ __type: code, message }),
  }),
};

beforeAll(async () => {
  const log = (line: string) => lines.push(line);
  const clock = createClock(1);
  server = await startServer({ port: 0, clock, services: [broken], anonymous: broken, log });
});

afterAll(async () => {
  await server.close();
});

test('a bug in a service is answered with 500 and shows up in the log', async () => {
  const ssm = new SSMClient({
    endpoint: `http://localhost:${server.port}`,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await expect(ssm.send(new GetParameterCommand({ Name: '/a' }))).rejects.toMatchObject({
    name: 'InternalError',
    $metadata: { httpStatusCode: 500 },
  });
  expect(lines.join('\n')).toContain('TypeError: a bug');
  ssm.destroy();
});

test('it answers on both loopback addresses', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const answer = await fetch(`http://${host}:${server.port}/`, {
      headers: { authorization: 'nonsense' },
    });
    expect(answer.status).toBe(501);
  }
});

test('unknown operations are refused by name', async () => {
  const cloud = await startTestCloud();
  const ssm = new SSMClient(cloud.config());
  await expect(ssm.send(new DescribeInstanceInformationCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('AmazonSSM.DescribeInstanceInformation'),
  });
  ssm.destroy();
  await cloud.close();
});
