import { CloudFrontClient, CreateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { CreateFunctionCommand, DeleteFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { composeConfig } from '../edge/account.ts';
import { startTestCloud } from '../harness.ts';
import { functionZip } from './archive.ts';

const CODE = `exports.handler = async () => ({ status: '200', body: JSON.stringify(process.env) });`;

it('a published version runs at the edge of the same cloud, in the region of that edge', async () => {
  const cloud = await startTestCloud({ speed: 1000, edgeRegion: 'ap-northeast-1' });
  const lambda = new LambdaClient(cloud.config());
  const cloudFront = new CloudFrontClient(cloud.config());
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'shop',
      Role: 'arn:aws:iam::123456789012:role/edge',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Publish: true,
      Code: { ZipFile: functionZip(CODE) },
    }),
  );
  const Items = [{ EventType: 'viewer-request' as const, LambdaFunctionARN: String(FunctionArn) }];
  const behaviour = { LambdaFunctionAssociations: { Quantity: 1, Items } };
  const DistributionConfig = composeConfig({ host: 'shop.test', behaviour });
  const create = () => cloudFront.send(new CreateDistributionCommand({ DistributionConfig }));
  // A thousandth of a second, and of three, later.
  await expect.poll(create).toHaveProperty('Distribution');
  await expect
    .poll(() => ask(cloud.edgeUrl))
    .toMatchObject({
      AWS_REGION: 'ap-northeast-1',
      AWS_ENDPOINT_URL: cloud.endpoint,
    });
  // Opened again, it is the same cloud.
  const again = await startTestCloud({ directory: cloud.directory, speed: 1000 });
  expect(await ask(again.edgeUrl)).toMatchObject({ AWS_REGION: 'us-east-1' });
  await again.close();
  await expect(
    lambda.send(new DeleteFunctionCommand({ FunctionName: 'shop' })),
  ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  for (const client of [lambda, cloudFront]) client.destroy();
  await cloud.close();
});

async function ask(url: string): Promise<unknown> {
  const answer = await new Promise<string>((resolve, reject) => {
    request(url, { headers: { host: 'shop.test' } }, (incoming) => resolve(text(incoming)))
      .on('error', reject)
      .end();
  });
  return answer.startsWith('{') ? JSON.parse(answer) : answer;
}
