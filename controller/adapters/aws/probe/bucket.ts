import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import { observe, refusalOf, tell } from './observe.ts';
import type { Scratch } from './scratch.ts';

const ORIGINAL = 'original';
const COPY = 'copy';

/** Rules of S3, on a bucket of the probe's own. */
export async function measureBucket(s3: S3Client, scratch: Scratch): Promise<readonly Measured[]> {
  const Bucket = `${scratch.name}-rules`;
  const CopySource = `${Bucket}/${ORIGINAL}`;
  scratch.keep(`bucket ${Bucket}`, () => s3.send(new DeleteBucketCommand({ Bucket })));
  await s3.send(new CreateBucketCommand({ Bucket }));
  scratch.keep(`objects of ${Bucket}`, () => empty(s3, Bucket));
  await s3.send(new PutObjectCommand({ Bucket, Key: ORIGINAL, Body: 'probe' }));
  return [
    await observe('copy-condition-name', async () => {
      const CopySourceIfMatch = '"00000000000000000000000000000000"';
      const copy = new CopyObjectCommand({ Bucket, Key: COPY, CopySource, CopySourceIfMatch });
      const refusal = await refusalOf(s3.send(copy));
      const { condition } = refusal ?? {};
      return [condition === 'x-amz-copy-source-If-Match', `${tell(refusal)}, ${condition}`];
    }),
    await observe('copy-under-never-overwrite', async () => {
      const Policy = composePolicy(Bucket);
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const copy = { Bucket, Key: COPY, CopySource };
      const fine = await refusalOf(s3.send(new CopyObjectCommand({ ...copy, IfNoneMatch: '*' })));
      // Says whether the policy was in force at all.
      const bare = await refusalOf(s3.send(new CopyObjectCommand(copy)));
      await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
      const evidence = `with the header ${tell(fine)}, without it ${tell(bare)}`;
      return [fine === undefined, evidence];
    }),
    // The last one: it takes the bucket away.
    await observe('delete-bucket-with-upload', async () => {
      const start = new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' });
      const { UploadId } = await s3.send(start);
      const end = new AbortMultipartUploadCommand({ Bucket, Key: 'unfinished', UploadId });
      scratch.keep(`upload of ${Bucket}`, () => s3.send(end));
      await empty(s3, Bucket);
      const refusal = await refusalOf(s3.send(new DeleteBucketCommand({ Bucket })));
      return [refusal === undefined, `DeleteBucket: ${tell(refusal)}`];
    }),
  ];
}

function empty(s3: S3Client, Bucket: string): Promise<unknown> {
  const Objects = [{ Key: ORIGINAL }, { Key: COPY }];
  return s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
}

/** As `NeverOverwrite` of the buckets that bootstrap makes. */
function composePolicy(bucket: string): string {
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
    Condition: {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
