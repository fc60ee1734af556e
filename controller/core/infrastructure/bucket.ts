import { denyOverwrites } from '../iam/deny-overwrites.ts';
import type { PolicyDocument } from '../iam/document.ts';
import { composeBucketPolicy } from './bucket-policy.ts';
import type { Facts, Piece } from './facts.ts';
import { bucketId, idOf } from './names.ts';
import { ownBuckets, type BucketScope } from './scope.ts';
import { tagsOf } from './tags.ts';
import { ref } from './template.ts';

/** Buckets with their policies. */
export function listBucketPieces(facts: Facts): readonly Piece[] {
  return ownBuckets(facts).flatMap((scope) => [
    composeBucket(facts, scope),
    ...composeReaders(facts, scope),
  ]);
}

/** A bucket that only archives edge code has no reader, and S3 takes no policy that says nothing. */
function composeReaders(facts: Facts, scope: BucketScope): readonly Piece[] {
  const PolicyDocument = wholePolicy(facts, scope);
  if (PolicyDocument.Statement.length === 0) return [];
  return [
    {
      region: scope.region,
      id: idOf('Readers', scope.bucket),
      why: `who may read ${scope.bucket}, and that nobody overwrites a build`,
      resource: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: { Bucket: ref(bucketId(scope.bucket)), PolicyDocument },
      },
    },
  ];
}

/** What its distributions may read, and what nobody may overwrite. */
function wholePolicy(facts: Facts, scope: BucketScope): PolicyDocument {
  const { Version, Statement } = composeBucketPolicy(facts, scope);
  return { Version, Statement: [...Statement, ...denyOverwrites(scope.bucket, facts.policies)] };
}

const UNFINISHED = {
  Id: 'unfinished-uploads',
  Status: 'Enabled',
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
} as const;

/**
 * Not versioned: builds are create-only, records compare-and-set, and deletion has a grace period of its own; old
 * versions of leases and records would only cost. No rule expires an object: S3 doesn't know what is live.
 */
function composeBucket({ setup }: Facts, { bucket, region, apps, groups }: BucketScope): Piece {
  const users = [
    ...apps.map(({ app }) => `builds of ${app}`),
    ...groups.map(({ name }) => `edge code of group ${name}`),
  ];
  return {
    region,
    id: bucketId(bucket),
    why: `private, for ${users.join(', ')}`,
    resource: {
      Type: 'AWS::S3::Bucket',
      // A creation that fails leaves nothing behind; what was in use stays.
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        // ETags must stay MD5: `publish` compares by them.
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        LifecycleConfiguration: { Rules: [UNFINISHED] },
        Tags: tagsOf(setup),
      },
    },
  };
}
