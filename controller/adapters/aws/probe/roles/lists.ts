import {
  CreateBucketCommand,
  DeleteBucketCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { observe, refusalOf, tell } from '../observe.ts';
import type { PartRun } from '../part-run.ts';
import { waitFor, type Patience } from '../wait.ts';
import type { Statement } from './role.ts';

export interface TwoBuckets {
  /** The role may list all of it. */
  readonly whole: string;
  /** The role may list what is below a prefix. */
  readonly narrowed: string;
}

export async function createBuckets(s3: S3Client, { scratch }: PartRun): Promise<TwoBuckets> {
  const [whole, narrowed] = [`${scratch.name}-whole`, `${scratch.name}-narrowed`];
  for (const Bucket of [whole, narrowed]) {
    scratch.keep(`bucket ${Bucket}`, () => s3.send(new DeleteBucketCommand({ Bucket })));
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  return { whole, narrowed };
}

/** As roles that list below a prefix have it. */
export function allowLists({ whole, narrowed }: TwoBuckets): readonly Statement[] {
  const arns = [whole, narrowed].map((name) => `arn:aws:s3:::${name}`);
  return [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: arns.map((arn) => `${arn}/*`) },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${whole}` },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${narrowed}`,
      Condition: { StringLike: { 's3:prefix': 'app/*' } },
    },
  ];
}

/** Three pages say the same, each of its own. */
const IDS = ['list-without-prefix', 'list-by-prefix', 'list-by-prefix-role'];

/** What a session is told of a key that isn't there. */
export async function measureLists(
  s3: S3Client,
  { whole, narrowed }: TwoBuckets,
  { add, patience }: Pick<PartRun, 'add'> & { readonly patience: Patience },
): Promise<void> {
  const ask = (Bucket: string) =>
    refusalOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'app/missing' })));
  const seen = await observe(IDS.join(), async () => {
    // From then on S3 knows what the role may do: both came in one policy.
    const known = await waitFor(async () => {
      const refusal = await ask(whole);
      return refusal?.status === 404 ? refusal : undefined;
    }, patience);
    const refusal = await ask(narrowed);
    if (known === undefined) throw new Error(`S3 never knew the role: ${tell(refusal)}`);
    const evidence = `with s3:ListBucket under s3:prefix: ${tell(refusal)}, without the condition: ${tell(known)}`;
    return [refusal?.status === 403, evidence];
  });
  add(...IDS.map((id) => ({ ...seen, id })));
}
