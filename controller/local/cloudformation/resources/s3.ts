import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type BucketLocationConstraint,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { defineResource, unlessMissing } from './resource-type.ts';
import { Tags } from './tags.ts';

const bucketShape = z.strictObject({
  BucketName: z.string().optional(),
  PublicAccessBlockConfiguration: z
    .strictObject({
      BlockPublicAcls: z.boolean().optional(),
      BlockPublicPolicy: z.boolean().optional(),
      IgnorePublicAcls: z.boolean().optional(),
      RestrictPublicBuckets: z.boolean().optional(),
    })
    .optional(),
  OwnershipControls: z
    .strictObject({
      Rules: z
        .array(
          z.strictObject({
            ObjectOwnership: z.enum([
              'BucketOwnerEnforced',
              'BucketOwnerPreferred',
              'ObjectWriter',
            ]),
          }),
        )
        .length(1),
    })
    .optional(),
  BucketEncryption: z
    .strictObject({
      ServerSideEncryptionConfiguration: z
        .array(
          z.strictObject({
            ServerSideEncryptionByDefault: z.strictObject({ SSEAlgorithm: z.literal('AES256') }),
          }),
        )
        .length(1),
    })
    .optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  LifecycleConfiguration: z
    .strictObject({
      Rules: z
        .array(
          z.strictObject({
            Id: z.string().max(255).optional(),
            Status: z.enum(['Enabled', 'Disabled']),
            Prefix: z.string().optional(),
            ExpirationInDays: z.int().min(1).optional(),
            AbortIncompleteMultipartUpload: z
              .strictObject({ DaysAfterInitiation: z.int().min(1) })
              .optional(),
          }),
        )
        .min(1),
    })
    .optional(),
  Tags,
});

type BucketProperties = z.output<typeof bucketShape>;

const BUCKET = defineResource({
  type: 'AWS::S3::Bucket',
  shape: bucketShape,
  attributes: ['Arn', 'DomainName', 'RegionalDomainName'],
  createOnly: ['BucketName'],
  nameProperty: 'BucketName',
  async create({ BucketName }, { clients, region, generatedName }) {
    const Bucket = BucketName ?? generatedName.toLowerCase();
    const CreateBucketConfiguration =
      region === 'us-east-1'
        ? {}
        : {
            CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
          };
    await clients.s3.send(new CreateBucketCommand({ Bucket, ...CreateBucketConfiguration }));
    return Bucket;
  },
  async settle(Bucket, properties, { clients }) {
    await configureAccess(clients.s3, Bucket, properties);
    await configureKeeping(clients.s3, Bucket, properties);
    return true;
  },
  async read(Bucket, _, { clients, region }) {
    const found = await unlessMissing(clients.s3.send(new HeadBucketCommand({ Bucket })));
    return found && describeBucket(Bucket, region);
  },
  async remove(Bucket, _, { clients }) {
    await unlessMissing(clients.s3.send(new DeleteBucketCommand({ Bucket })));
  },
});

function describeBucket(name: string, region: string) {
  return {
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
}

async function configureAccess(s3: S3Client, Bucket: string, properties: BucketProperties) {
  const { PublicAccessBlockConfiguration, OwnershipControls } = properties;
  await (PublicAccessBlockConfiguration === undefined
    ? s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
    : s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration })));
  await (OwnershipControls === undefined
    ? s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }))
    : s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls })));
}

async function configureKeeping(s3: S3Client, Bucket: string, properties: BucketProperties) {
  const { BucketEncryption, VersioningConfiguration, LifecycleConfiguration } = properties;
  if (BucketEncryption !== undefined) {
    const Rules = BucketEncryption.ServerSideEncryptionConfiguration.map(
      ({ ServerSideEncryptionByDefault }) => ({
        ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
      }),
    );
    const ServerSideEncryptionConfiguration = { Rules };
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  }
  if (VersioningConfiguration !== undefined) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  await (LifecycleConfiguration === undefined
    ? s3.send(new DeleteBucketLifecycleCommand({ Bucket }))
    : s3.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: { Rules: LifecycleConfiguration.Rules.map(toLifecycleRule) },
        }),
      ));
}

type LifecycleRule = NonNullable<BucketProperties['LifecycleConfiguration']>['Rules'][number];

function toLifecycleRule(rule: LifecycleRule) {
  const { Id, Status, Prefix = '', ExpirationInDays, AbortIncompleteMultipartUpload } = rule;
  return {
    ID: Id,
    Status,
    Filter: { Prefix },
    Expiration: ExpirationInDays === undefined ? undefined : { Days: ExpirationInDays },
    AbortIncompleteMultipartUpload,
  };
}

const BUCKET_POLICY = defineResource({
  type: 'AWS::S3::BucketPolicy',
  shape: z.strictObject({
    Bucket: z.string(),
    PolicyDocument: z.record(z.string(), z.unknown()),
  }),
  createOnly: ['Bucket'],
  nameProperty: 'Bucket',
  async create({ Bucket, PolicyDocument }, { clients }) {
    const Policy = JSON.stringify(PolicyDocument);
    await clients.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    return Bucket;
  },
  async update(Bucket, { properties: { PolicyDocument } }, { clients }) {
    const Policy = JSON.stringify(PolicyDocument);
    await clients.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  },
  async read(Bucket, _, { clients }) {
    const found = await unlessMissing(clients.s3.send(new GetBucketPolicyCommand({ Bucket })));
    return found && {};
  },
  async remove(Bucket, _, { clients }) {
    await unlessMissing(clients.s3.send(new DeleteBucketPolicyCommand({ Bucket })));
  },
});

export const S3_TYPES = [BUCKET, BUCKET_POLICY];
