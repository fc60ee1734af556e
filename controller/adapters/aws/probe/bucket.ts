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
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import { type Look, observe, refusalOf, refusalToOwner, tell } from './observe.ts';
import type { PartRun } from './part-run.ts';
import type { Scratch } from './scratch.ts';
import { waitFor } from './wait.ts';

const ORIGINAL = 'original';
const COPY = 'copy';
const BARE = 'bare';

/** Rules of S3, on a bucket of the probe's own. */
export async function measureBucket(s3: S3Client, run: PartRun): Promise<readonly Measured[]> {
  const { scratch } = run;
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
      const refusal = await refusalToOwner(s3.send(copy));
      const { condition } = refusal ?? {};
      return [condition === 'x-amz-copy-source-If-Match', `${tell(refusal)}, ${condition}`];
    }),
    await observe('copy-under-never-overwrite', () => copyTwice(s3, Bucket, run)),
    await observe('delete-bucket-with-upload', () => deleteWithUpload(s3, Bucket, scratch)),
  ];
}

/** Whether a copy gets through that brings the header. */
async function copyTwice(s3: S3Client, Bucket: string, { signal, minute }: PartRun): Promise<Look> {
  const CopySource = `${Bucket}/${ORIGINAL}`;
  const Policy = composePolicy(Bucket);
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const bare = new CopyObjectCommand({ Bucket, Key: BARE, CopySource });
  // From then on the policy is in force.
  const patience = { signal, pause: minute / 60, most: 2 * minute };
  const without = await waitFor(() => refusalOf(s3.send(bare)), patience);
  const order = { Bucket, Key: COPY, CopySource, IfNoneMatch: '*' };
  const fine = await refusalOf(s3.send(new CopyObjectCommand(order)));
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  if (without === undefined) throw new Error('the policy never kept anything out');
  const evidence = `with the header ${tell(fine)}, without it ${tell(without)}`;
  return [fine === undefined, evidence];
}

/** The last one: it takes the bucket away. */
async function deleteWithUpload(s3: S3Client, Bucket: string, scratch: Scratch): Promise<Look> {
  const start = new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' });
  const { UploadId } = await s3.send(start);
  const end = new AbortMultipartUploadCommand({ Bucket, Key: 'unfinished', UploadId });
  scratch.keep(`upload of ${Bucket}`, () => s3.send(end));
  const part = { Bucket, Key: 'unfinished', UploadId, PartNumber: 1, Body: 'probe' };
  await s3.send(new UploadPartCommand(part));
  await empty(s3, Bucket);
  const refusal = await refusalToOwner(s3.send(new DeleteBucketCommand({ Bucket })));
  return [refusal === undefined, `DeleteBucket: ${tell(refusal)}`];
}

function empty(s3: S3Client, Bucket: string): Promise<unknown> {
  const Objects = [ORIGINAL, COPY, BARE].map((Key) => ({ Key }));
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
