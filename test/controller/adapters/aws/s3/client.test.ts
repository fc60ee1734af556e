import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createS3 } from '../../../../../controller/adapters/aws/s3/client.ts';
import { deleteObjects } from '../../../../../controller/adapters/aws/s3/delete-objects.ts';
import {
  headObject,
  listObjects,
  readObject,
  writeObject,
} from '../../../../../controller/adapters/aws/s3/objects.ts';
import { makeUpload } from '../../../../contract/upload-store.ts';
import { refuse, startFaultyS3 } from '../../../../fakes/s3-faults.ts';
import { startTestCloud, type TestCloud } from '../../../local/harness.ts';

const NAME = 'builds-in-frankfurt';
let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
  const bucket = {
    Bucket: NAME,
    CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' as const },
  };
  await (await createS3('eu-central-1')).send(new CreateBucketCommand(bucket));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.close();
});

/** Counts every request that leaves. */
function count(client: S3Client): { requests: number } {
  const counted = { requests: 0 };
  client.middlewareStack.add(
    (next) => (args) => {
      counted.requests += 1;
      return next(args);
    },
    { step: 'finalizeRequest', name: 'count' },
  );
  return counted;
}

it('finds the region of a bucket that is named without one, and remembers it', async () => {
  const client = await createS3();
  const counted = count(client);
  const bucket = { client, name: NAME };
  const object = { key: 'a', body: Buffer.from('text'), contentType: 'text/plain' };
  expect(await writeObject(bucket, object, 'absent')).toMatch(/^[0-9a-f]{32}$/);
  expect(counted.requests).toBe(2);
  expect((await readObject(bucket, 'a'))?.bytes).toHaveLength(4);
  expect(await headObject(bucket, 'none')).toBeUndefined();
  expect((await listObjects(bucket, '')).keys).toEqual(['a']);
  await deleteObjects(bucket, ['a']);
  expect(counted.requests).toBe(6);
});

it('finds it when the first request is one without a body in its answer', async () => {
  const client = await createS3();
  expect(await headObject({ client, name: NAME }, 'none')).toBeUndefined();
});

it('takes a region that is named at its word: a policy that says another one is wrong', async () => {
  const bucket = { client: await createS3('us-east-1'), name: NAME };
  await expect(listObjects(bucket, '')).rejects.toThrow(/wrong region/);
});

it('asks for new credentials when S3 calls them expired, also where an answer can not say why', async () => {
  const s3 = await startFaultyS3();
  vi.stubEnv('AWS_ENDPOINT_URL', s3.endpoint);
  s3.guard(({ headers, method }) => {
    if (headers['x-amz-security-token'] === 'old') return refuse(400, 'ExpiredToken');
    return method === 'HEAD' ? ({ response }) => void response.end() : undefined;
  });
  for (const ask of [
    (client: S3Client) => headObject({ client, name: NAME }, 'a'),
    (client: S3Client) => writeObject({ client, name: NAME }, makeUpload('b'), 'absent'),
  ]) {
    vi.stubEnv('AWS_SESSION_TOKEN', 'old');
    const client = await createS3('us-east-1');
    await client.config.credentials();
    vi.stubEnv('AWS_SESSION_TOKEN', 'new');
    await ask(client);
  }
  const tokens = s3.seen.map(({ headers }) => headers['x-amz-security-token']);
  expect(tokens).toEqual(['old', 'new', 'old', 'new']);
  await s3.close();
});
