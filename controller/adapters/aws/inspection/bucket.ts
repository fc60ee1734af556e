import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type LifecycleRule as Written,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LifecycleRule } from '../../../core/doctor/facts.ts';
import type { PolicyDocument } from '../../../core/iam/document.ts';
import type { BucketPlace, Inspection } from '../../../ports/inspection.ts';
import { readText } from '../fields.ts';
import { translateError, type Doing } from '../translate-error.ts';
import { askOrNone } from './asking.ts';
import type { Clients } from './clients.ts';

type OfBucket = Pick<
  Inspection,
  'bucketRegion' | 'bucketPolicy' | 'blocksPublic' | 'lifecycle' | 'encryption' | 'ownership'
>;

export function inspectBucket(clients: Pick<Clients, 's3'>): OfBucket {
  const clientOf = ({ region }: BucketPlace) => clients.s3(region);
  return {
    bucketRegion: async (place) => readRegion(await clientOf(place), place),
    bucketPolicy: async (place) => readPolicy(await clientOf(place), place),
    blocksPublic: async (place) => readBlock(await clientOf(place), place),
    encryption: async (place) => readEncryption(await clientOf(place), place),
    ownership: async (place) => readOwnership(await clientOf(place), place),
    async lifecycle(place) {
      const client = await clientOf(place);
      const answer = await askOrNone(
        doing('GetLifecycleConfiguration', place),
        ['NoSuchLifecycleConfiguration'],
        () => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: place.bucket })),
      );
      return (answer?.Rules ?? []).filter(({ Status }) => Status === 'Enabled').map(toRule);
    },
  };
}

function doing(verb: string, { bucket }: BucketPlace): Doing {
  return { action: `s3:${verb}`, resource: `bucket ${bucket}` };
}

async function readPolicy(
  client: S3Client,
  place: BucketPlace,
): Promise<PolicyDocument | undefined> {
  const answer = await askOrNone(doing('GetBucketPolicy', place), ['NoSuchBucketPolicy'], () =>
    client.send(new GetBucketPolicyCommand({ Bucket: place.bucket })),
  );
  if (answer?.Policy === undefined) return undefined;
  const document = JSON.parse(answer.Policy) as PolicyDocument;
  return { ...document, Statement: [document.Statement].flat() };
}

async function readBlock(client: S3Client, place: BucketPlace): Promise<boolean> {
  const answer = await askOrNone(
    doing('GetBucketPublicAccessBlock', place),
    ['NoSuchPublicAccessBlockConfiguration'],
    () => client.send(new GetPublicAccessBlockCommand({ Bucket: place.bucket })),
  );
  const set = answer?.PublicAccessBlockConfiguration;
  return (
    set?.BlockPublicAcls === true &&
    set.IgnorePublicAcls === true &&
    set.BlockPublicPolicy === true &&
    set.RestrictPublicBuckets === true
  );
}

/** Every bucket has one since 2023 (documented). */
async function readEncryption(client: S3Client, place: BucketPlace): Promise<string> {
  const answer = await askOrNone(
    doing('GetEncryptionConfiguration', place),
    ['ServerSideEncryptionConfigurationNotFoundError'],
    () => client.send(new GetBucketEncryptionCommand({ Bucket: place.bucket })),
  );
  const [rule] = answer?.ServerSideEncryptionConfiguration?.Rules ?? [];
  return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? 'AES256';
}

async function readOwnership(client: S3Client, place: BucketPlace): Promise<string | undefined> {
  const answer = await askOrNone(
    doing('GetBucketOwnershipControls', place),
    ['OwnershipControlsNotFoundError'],
    () => client.send(new GetBucketOwnershipControlsCommand({ Bucket: place.bucket })),
  );
  return answer?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
}

/** S3 names the region of a bucket that is elsewhere in its refusal. */
async function readRegion(
  client: S3Client,
  { bucket, region }: BucketPlace,
): Promise<string | undefined> {
  try {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return BucketRegion ?? region;
  } catch (error) {
    const name = readText(error, 'name');
    if (name === 'NotFound' || name === 'NoSuchBucket') return undefined;
    const elsewhere = readText(error, '$response', 'headers', 'x-amz-bucket-region');
    if (elsewhere !== undefined && elsewhere !== region) return elsewhere;
    throw translateError(error, { action: 's3:ListBucket', resource: `bucket ${bucket}` });
  }
}

function toRule(written: Written): LifecycleRule {
  const { ID, Filter, Prefix, Transitions = [] } = written;
  const reachesOurs = !isForTagged(Filter);
  return {
    id: ID ?? '(without a name)',
    prefix: Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '',
    expires: reachesOurs && deletes(written),
    moves: reachesOurs ? Transitions.flatMap(({ StorageClass }) => StorageClass ?? []) : [],
    aborts: written.AbortIncompleteMultipartUpload?.DaysAfterInitiation !== undefined,
  };
}

/** Headgate tags nothing, so such a rule reaches nothing of it. */
function isForTagged(filter: Written['Filter']): boolean {
  return filter?.Tag !== undefined || (filter?.And?.Tags ?? []).length > 0;
}

/** A rule that only removes markers of what was deleted deletes nothing. */
function deletes({ Expiration }: Written): boolean {
  return Expiration?.Days !== undefined || Expiration?.Date !== undefined;
}
