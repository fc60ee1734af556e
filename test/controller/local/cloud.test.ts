import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { missing } from '../../depth.ts';
import { startTestCloud } from './harness.ts';

const run = promisify(execFile);
const AWSCLI = '/usr/bin/aws';

test('the same directory is the same cloud', async () => {
  const first = await startTestCloud();
  const s3 = new S3Client(first.config());
  await s3.send(new CreateBucketCommand({ Bucket: 'builds' }));
  const { ETag } = await s3.send(
    new PutObjectCommand({ Bucket: 'builds', Key: 'a/+ü', Body: 'x', Metadata: { build: '1' } }),
  );
  await s3.send(new PutObjectCommand({ Bucket: 'builds', Key: 'a/+ü', Body: 'y', IfMatch: ETag }));
  const second = await startTestCloud({ directory: first.directory });
  const again = new S3Client(second.config());
  const got = await again.send(new GetObjectCommand({ Bucket: 'builds', Key: 'a/+ü' }));
  expect(await got.Body?.transformToString()).toBe('y');
  await expect(
    again.send(new PutObjectCommand({ Bucket: 'builds', Key: 'a/+ü', IfNoneMatch: '*' })),
  ).rejects.toMatchObject({ name: 'PreconditionFailed' });
  for (const client of [s3, again]) client.destroy();
  await second.close();
  await first.close();
});

test('a child process needs nothing but the environment', async () => {
  const cloud = await startTestCloud();
  const script = `
    import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
    const { Account } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
    console.log(Account);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], ...cloud.environment },
    cwd: import.meta.dirname,
  });
  expect(stdout.trim()).toBe('000000000000');
  await cloud.close();
});

test('without a signature only what the bucket policy opens to everyone can be read', async () => {
  const cloud = await startTestCloud();
  const s3 = new S3Client(cloud.config());
  await s3.send(new CreateBucketCommand({ Bucket: 'builds' }));
  await s3.send(new PutObjectCommand({ Bucket: 'builds', Key: 'open/a', Body: 'x' }));
  const Policy = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::builds/open/*',
    },
  });
  const url = `${cloud.endpoint}/builds/open/a`;
  expect((await fetch(url)).status).toBe(403);
  await s3.send(new PutBucketPolicyCommand({ Bucket: 'builds', Policy }));
  expect(await (await fetch(url)).text()).toBe('x');
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
  s3.destroy();
  await cloud.close();
});

const withoutAwscli =
  !existsSync(AWSCLI) && missing('awscli 2.9', 'apt-get install awscli (Debian 12)');

test.skipIf(withoutAwscli)(
  'awscli sees buckets, objects and parameters',
  async () => {
    const cloud = await startTestCloud();
    const s3 = new S3Client(cloud.config());
    const ssm = new SSMClient(cloud.config());
    await s3.send(new CreateBucketCommand({ Bucket: 'builds' }));
    await s3.send(new PutObjectCommand({ Bucket: 'builds', Key: 'shop/a+b ü.js', Body: 'xyz' }));
    await ssm.send(new PutParameterCommand({ Name: '/headgate/a', Value: '1043', Type: 'String' }));
    const aws = async (...words: string[]) => {
      const args = ['--endpoint-url', cloud.endpoint, '--output', 'text', ...words];
      // A proxy or a configuration of the machine must not get between them.
      const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...cloud.environment };
      return (await run(AWSCLI, args, { env: { ...env, AWS_CONFIG_FILE: '/dev/null' } })).stdout;
    };
    const [listing, body, value] = await Promise.all([
      aws('s3', 'ls', 's3://builds/shop/'),
      aws('s3', 'cp', 's3://builds/shop/a+b ü.js', '-'),
      aws('ssm', 'get-parameter', '--name', '/headgate/a', '--query', 'Parameter.Value'),
    ]);
    expect(listing).toMatch(/ 3 a\+b ü\.js/);
    expect(body).toBe('xyz');
    expect(value).toBe('1043\n');
    for (const client of [s3, ssm]) client.destroy();
    await cloud.close();
  },
  300_000,
);
