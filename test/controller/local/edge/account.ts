import {
  CreateCachePolicyCommand,
  CreateDistributionCommand,
  CreateFunctionCommand,
  CreateKeyValueStoreCommand,
  CreateOriginAccessControlCommand,
  CreateResponseHeadersPolicyCommand,
  ListOriginAccessControlsCommand,
  PublishFunctionCommand,
  type CacheBehavior,
  type CachePolicyConfig,
  type DefaultCacheBehavior,
  type DistributionConfig,
  type FunctionAssociation,
} from '@aws-sdk/client-cloudfront';
import {
  DescribeKeyValueStoreCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { World } from './world.ts';

const BUCKET = 'acme-web-builds';

/** A bucket that every distribution may read and list. */
export async function createBucket({ s3 }: World): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const arn = `arn:aws:s3:::${BUCKET}`;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [arn, `${arn}/*`],
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
}

export async function putObject(
  { s3 }: World,
  Key: string,
  object: { readonly body: string; readonly cacheControl?: string; readonly build?: string },
): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key,
      Body: object.body,
      ContentType: 'text/html',
      CacheControl: object.cacheControl,
      Metadata: object.build === undefined ? {} : { build: object.build },
    }),
  );
}

/** Creates and publishes a function; returns its ARN. */
export async function publishFunction(
  { cloudFront }: World,
  Name: string,
  given: { readonly code: string; readonly store?: string },
): Promise<string> {
  const associations = given.store === undefined ? [] : [{ KeyValueStoreARN: given.store }];
  const created = await cloudFront.send(
    new CreateFunctionCommand({
      Name,
      FunctionCode: Buffer.from(given.code),
      FunctionConfig: {
        Comment: Name,
        Runtime: 'cloudfront-js-2.0',
        KeyValueStoreAssociations: { Quantity: associations.length, Items: associations },
      },
    }),
  );
  await cloudFront.send(new PublishFunctionCommand({ Name, IfMatch: created.ETag }));
  return String(created.FunctionSummary?.FunctionMetadata?.FunctionARN);
}

/** Creates a READY KeyValueStore; returns its ARN. */
export async function createStore(world: World, Name: string): Promise<string> {
  const created = await world.cloudFront.send(new CreateKeyValueStoreCommand({ Name }));
  world.advance(3);
  return String(created.KeyValueStore?.ARN);
}

export async function putKeys(
  { keyValueStore }: World,
  KvsARN: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { ETag } = await keyValueStore.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  const Puts = Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
  await keyValueStore.send(new UpdateKeysCommand({ KvsARN, IfMatch: ETag, Puts }));
}

export async function createCachePolicy(
  { cloudFront }: World,
  config: Partial<CachePolicyConfig> & { readonly Name: string },
): Promise<string> {
  const made = await cloudFront.send(
    new CreateCachePolicyCommand({
      CachePolicyConfig: {
        MinTTL: 0,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: false,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
        ...config,
      },
    }),
  );
  return String(made.CachePolicy?.Id);
}

export async function createHeadersPolicy(
  { cloudFront }: World,
  Name: string,
  headers: readonly { Header: string; Value: string; Override: boolean }[],
): Promise<string> {
  const made = await cloudFront.send(
    new CreateResponseHeadersPolicyCommand({
      ResponseHeadersPolicyConfig: {
        Name,
        CustomHeadersConfig: { Quantity: headers.length, Items: [...headers] },
      },
    }),
  );
  return String(made.ResponseHeadersPolicy?.Id);
}

/** The managed policy CachingOptimized. */
const CACHING = '658327ea-f89d-4fab-a63d-7e88639e58f6';

export function associate(
  functions: Partial<Record<'viewer-request' | 'viewer-response', string>>,
): { FunctionAssociations: { Quantity: number; Items: FunctionAssociation[] } } {
  const Items = Object.entries(functions).map(([event, FunctionARN]) => ({
    EventType: event as 'viewer-request' | 'viewer-response',
    FunctionARN,
  }));
  return { FunctionAssociations: { Quantity: Items.length, Items } };
}

export interface DistributionParts {
  readonly host: string;
  readonly behaviour?: Partial<DefaultCacheBehavior>;
  readonly behaviours?: readonly (Partial<CacheBehavior> & { readonly PathPattern: string })[];
  readonly config?: Partial<DistributionConfig>;
}

/** A configuration with the bucket as its only origin unless `config` says otherwise. */
export function composeConfig(parts: DistributionParts): DistributionConfig {
  const { host, behaviour, behaviours = [], config } = parts;
  const base = {
    TargetOriginId: 'bucket',
    ViewerProtocolPolicy: 'allow-all',
    CachePolicyId: CACHING,
  } as const;
  return {
    CallerReference: host,
    Comment: '',
    Enabled: true,
    Aliases: { Quantity: 1, Items: [host] },
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'bucket',
          DomainName: `${BUCKET}.s3.us-east-1.amazonaws.com`,
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
      ],
    },
    DefaultCacheBehavior: { ...base, ...behaviour },
    CacheBehaviors: {
      Quantity: behaviours.length,
      Items: behaviours.map((one) => ({ ...base, ...one })),
    },
    ...config,
  };
}

/** An origin access control, made once in each world. */
async function findAccessControl({ cloudFront }: Pick<World, 'cloudFront'>): Promise<string> {
  const { OriginAccessControlList } = await cloudFront.send(
    new ListOriginAccessControlsCommand({}),
  );
  const [known] = OriginAccessControlList?.Items ?? [];
  if (known !== undefined) return String(known.Id);
  const OriginAccessControlConfig = {
    Name: 'every-bucket',
    SigningProtocol: 'sigv4',
    SigningBehavior: 'always',
    OriginAccessControlOriginType: 's3',
  } as const;
  const made = await cloudFront.send(
    new CreateOriginAccessControlCommand({ OriginAccessControlConfig }),
  );
  return String(made.OriginAccessControl?.Id);
}

/** Creates a distribution whose buckets have an access control, lets it be Deployed; returns its id and domain. */
export async function distribute(
  world: Pick<World, 'cloudFront' | 'advance'>,
  parts: DistributionParts,
) {
  const DistributionConfig = composeConfig(parts);
  const OriginAccessControlId = await findAccessControl(world);
  const Items = DistributionConfig.Origins?.Items?.map((origin) =>
    origin.S3OriginConfig === undefined ? origin : { OriginAccessControlId, ...origin },
  );
  DistributionConfig.Origins = { Quantity: Items?.length, Items };
  const { Distribution } = await world.cloudFront.send(
    new CreateDistributionCommand({ DistributionConfig }),
  );
  world.advance(3);
  return { id: String(Distribution?.Id), domain: String(Distribution?.DomainName) };
}
