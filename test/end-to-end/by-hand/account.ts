import {
  CreateKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
} from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { createAlarm } from './alarm.ts';
import type { Clients } from '../../../controller/local/demo/clients.ts';
import { createDistributions, type DistributionPlan } from './distributions.ts';
import { waitFor } from '../../../controller/local/demo/mismatch.ts';

/** What a team that sets its account up by other means has before Headgate: the policies name it, nothing in it serves a build yet. */
export interface AccountPlan {
  readonly app: string;
  /** Holds the builds. */
  readonly bucket: string;
  /** That one, and those that archive edge code. */
  readonly buckets: readonly string[];
  readonly stores: readonly string[];
  readonly alarms: readonly string[];
  readonly distributions: readonly Omit<DistributionPlan, 'app' | 'bucket'>[];
}

/** Creates everything; returns the distributions' ids in the order of the plan. */
export async function createAccount(
  clients: Clients,
  plan: AccountPlan,
): Promise<readonly string[]> {
  for (const Bucket of plan.buckets) await clients.s3.send(new CreateBucketCommand({ Bucket }));
  const [distributions] = await Promise.all([
    createDistributions(
      clients.cloudFront,
      plan.distributions.map((one) => ({ ...one, app: plan.app, bucket: plan.bucket })),
    ),
    ...plan.stores.map((store) => createStore(clients, store)),
    ...plan.alarms.map((alarm) => createAlarm(clients.cloudWatch, alarm)),
  ]);
  const arns = distributions.map(({ arn }) => arn);
  await clients.s3.send(
    new PutBucketPolicyCommand({
      Bucket: plan.bucket,
      Policy: JSON.stringify(composeBucketPolicy(plan, arns)),
    }),
  );
  return distributions.map(({ id }) => id);
}

/**
 * Distributions read what visitors may see: builds, pooled files and pages, but no manifests,
 * records or settings. They may list, or S3 would answer 403 for a file that isn't there.
 */
function composeBucketPolicy({ app, bucket }: AccountPlan, distributionArns: readonly string[]) {
  const arn = `arn:aws:s3:::${bucket}`;
  const common = {
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: { StringEquals: { 'AWS:SourceArn': distributionArns } },
  };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        ...common,
        Sid: 'ReadWhatVisitorsMaySee',
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: ['builds', 'pool', 'pages'].map((folder) => `${arn}/${app}/${folder}/*`),
      },
      {
        ...common,
        Sid: 'ButNoManifests',
        Effect: 'Deny',
        Action: 's3:GetObject',
        Resource: `${arn}/${app}/builds/*/.headgate/*`,
      },
      {
        ...common,
        Sid: 'MissingIs404',
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: arn,
      },
    ],
  };
}

async function createStore({ cloudFront }: Clients, name: string): Promise<void> {
  await cloudFront.send(new CreateKeyValueStoreCommand({ Name: name }));
  await waitFor({
    what: `KeyValueStore ${name}`,
    expected: 'READY',
    seconds: 60,
    ask: async () =>
      (await cloudFront.send(new DescribeKeyValueStoreCommand({ Name: name }))).KeyValueStore
        ?.Status,
    reached: (status) => status === 'READY',
  });
}
