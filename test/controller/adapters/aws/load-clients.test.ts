import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import * as clients from '../../../../controller/adapters/aws/load-clients.ts';
import { stubProxies } from '../../../contract/upload-proxy.ts';
import { startForwardProxy, type ForwardProxy } from '../../../fakes/proxy.ts';

let proxy: ForwardProxy;

beforeAll(async () => void (proxy = await startForwardProxy(1)));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => proxy.close());

it('lets every client go through the proxy of the environment', async () => {
  stubProxies({ HTTPS_PROXY: `http://${proxy.host}` });
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const region = 'eu-west-1';
  const asked = [
    import('@aws-sdk/client-s3').then(async ({ HeadBucketCommand }) =>
      (await clients.createS3(region)).send(new HeadBucketCommand({ Bucket: 'acme' })),
    ),
    import('@aws-sdk/client-ssm').then(async ({ GetParameterCommand }) =>
      (await clients.createSsm(region)).send(new GetParameterCommand({ Name: '/a' })),
    ),
    import('@aws-sdk/client-cloudwatch').then(async ({ DescribeAlarmsCommand }) =>
      (await clients.createCloudWatch(region)).send(new DescribeAlarmsCommand({})),
    ),
    import('@aws-sdk/client-cloudwatch-logs').then(async ({ DescribeLogGroupsCommand }) =>
      (await clients.createLogs()).send(new DescribeLogGroupsCommand({})),
    ),
    import('@aws-sdk/client-cloudfront').then(async ({ ListDistributionsCommand }) =>
      (await clients.createCloudFront()).send(new ListDistributionsCommand({})),
    ),
    import('@aws-sdk/client-cloudfront-keyvaluestore').then(async ({ GetKeyCommand }) =>
      (await clients.createKeyValueStore()).send(
        new GetKeyCommand({
          KvsARN: 'arn:aws:cloudfront::123456789012:key-value-store/a',
          Key: 'k',
        }),
      ),
    ),
    import('@aws-sdk/client-lambda').then(async ({ ListFunctionsCommand }) =>
      (await clients.createLambda()).send(new ListFunctionsCommand({})),
    ),
  ];
  proxy.refuse(...asked.map(() => 403));
  const outcomes = await Promise.allSettled(asked);
  for (const outcome of outcomes)
    expect(String(outcome.status === 'rejected' && outcome.reason)).toMatch(
      /which HTTPS_PROXY names/,
    );
  expect(proxy.seen.map((one) => /^CONNECT .*\.(amazonaws\.com|api\.aws):443$/.test(one))).toEqual(
    asked.map(() => true),
  );
});
