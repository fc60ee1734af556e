import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';

const Bucket = 'builds';
let cloud: TestCloud;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = new S3Client(cloud.config());
  await s3.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
  s3.destroy();
  await cloud.close();
});

test('a bucket has no settings but encryption, until they are put', async () => {
  const missing = [
    [new GetPublicAccessBlockCommand({ Bucket }), 'NoSuchPublicAccessBlockConfiguration'],
    [new GetBucketLifecycleConfigurationCommand({ Bucket }), 'NoSuchLifecycleConfiguration'],
    [new GetBucketOwnershipControlsCommand({ Bucket }), 'OwnershipControlsNotFoundError'],
  ] as const;
  for (const [command, name] of missing) {
    await expect(s3.send(command)).rejects.toMatchObject({ name });
  }
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  expect(Status).toBeUndefined();
  const encrypted = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  expect(encrypted.ServerSideEncryptionConfiguration?.Rules).toMatchObject([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
  ]);
});

test('lifecycle rules, versioning and ownership come back as they were put', async () => {
  const Rules = [
    {
      ID: 'parts',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
    { ID: 'old', Status: 'Disabled', Filter: { Prefix: 'shop/' }, Expiration: { Days: 30 } },
  ] as const;
  const LifecycleConfiguration = { Rules: [...Rules] };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  const shown = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(shown.Rules).toEqual(Rules);
  await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
  await expect(
    s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
  ).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  expect(await s3.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject(
    VersioningConfiguration,
  );
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  expect(await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).toMatchObject({
    OwnershipControls,
  });
});

test('what no bucket here does is refused by name', async () => {
  const encryption = new PutBucketEncryptionCommand({
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
    },
  });
  await expect(s3.send(encryption)).rejects.toMatchObject({ name: 'MalformedXML' });
  const Rules = [{ Status: 'Enabled' as const, Filter: {}, Transitions: [{ Days: 1 }] }];
  await expect(
    s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    ),
  ).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('Transition'),
  });
});

test('the public access block keeps a public policy from being put, and from counting', async () => {
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const put = (more: object = {}) =>
    s3.send(
      new PutBucketPolicyCommand({
        Bucket,
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] }),
      }),
    );
  const block = (switches: object) =>
    s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: switches }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
  const read = async () => (await fetch(`${cloud.endpoint}/${Bucket}/a`)).status;
  await put();
  expect(await read()).toBe(200);
  await block({ RestrictPublicBuckets: true });
  expect(await read()).toBe(403);
  await block({ BlockPublicPolicy: true });
  expect(await read()).toBe(200);
  await expect(put()).rejects.toMatchObject({ name: 'AccessDenied' });
  // A distribution of one's own is not the public, nor is who is refused.
  const SourceArn = 'arn:aws:cloudfront::000000000000:distribution/E1';
  await put({ Condition: { StringEquals: { 'AWS:SourceArn': SourceArn } } });
  await put({ Effect: 'Deny' });
  const wide = { StringLike: { 'AWS:SourceArn': 'arn:aws:cloudfront::*' } };
  await expect(put({ Condition: wide })).rejects.toMatchObject({ name: 'AccessDenied' });
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await put();
});

test('only an empty bucket can be deleted', async () => {
  const remove = () => s3.send(new DeleteBucketCommand({ Bucket }));
  await expect(remove()).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  await remove();
  await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NotFound',
  });
});
