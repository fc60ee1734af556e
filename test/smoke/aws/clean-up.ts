import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  DeleteParametersCommand,
  GetParametersByPathCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { createClients, readSettings } from '../../../controller/local/demo/clients.ts';
import { createHeadgate } from '../../../controller/local/demo/headgate.ts';
import { Mismatch, type Pace } from '../../../controller/local/demo/mismatch.ts';
import { bucketOf } from './names.ts';

export interface Remains {
  readonly name: string;
  readonly account: string;
  /** A directory of policies that name them. */
  readonly policies: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly cli: readonly string[];
  readonly pace: Pace;
  readonly say: (line: string) => void;
}

/** The stack, and then the data that `--destroy` keeps: all of it was made by this run. False: the stack is still there. */
export async function cleanUp(remains: Remains): Promise<boolean> {
  const { name, account, environment, say } = remains;
  const isGone = await destroyStack(remains);
  // Its functions still answer visitors from this data, and whoever comes later needs none of it.
  const clients = await createClients(environment);
  const logs = new CloudWatchLogsClient(readSettings(environment));
  const gone = [
    ...(await deleteBucket(clients.s3, bucketOf(name, account))),
    ...(await deleteParameters(clients.ssm, `/headgate/${name}`)),
    ...(await deleteLogs(logs, `/aws/cloudfront/function/headgate-${name}-`)),
  ];
  for (const one of gone) say(`deleted ${one}`);
  return isGone;
}

/** Again and again: a creation that was interrupted goes on for a while, and nothing can be deleted meanwhile. */
async function destroyStack(remains: Remains): Promise<boolean> {
  const { name, policies, environment, cli, pace, say } = remains;
  const headgate = createHeadgate(cli, environment);
  const deadline = Date.now() + pace.seconds * 1000;
  for (;;) {
    try {
      say(await headgate(['bootstrap', '--destroy', '--confirm', name, '--policies', policies]));
      return true;
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      say(error.actual);
      if (Date.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, pace.pauseMilliseconds ?? 1000));
    }
  }
}

async function deleteBucket(s3: S3Client, Bucket: string): Promise<readonly string[]> {
  let objects = 0;
  try {
    for (;;) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      if (Contents.length === 0) break;
      const Objects = Contents.map(({ Key }) => ({ Key: String(Key) }));
      const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      const [error] = answer.Errors ?? [];
      if (error !== undefined) throw new Error(`${Bucket}/${error.Key}: ${error.Message}`);
      objects += Objects.length;
    }
    await s3.send(new DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if (error instanceof NoSuchBucket) return [];
    throw error;
  }
  return [`bucket ${Bucket} with ${objects} objects`];
}

async function deleteParameters(ssm: SSMClient, Path: string): Promise<readonly string[]> {
  const gone: string[] = [];
  for (;;) {
    const read = new GetParametersByPathCommand({ Path, Recursive: true, MaxResults: 10 });
    const { Parameters = [] } = await ssm.send(read);
    if (Parameters.length === 0) return gone;
    const Names = Parameters.map(({ Name }) => String(Name));
    await ssm.send(new DeleteParametersCommand({ Names }));
    gone.push(...Names.map((name) => `parameter ${name}`));
  }
}

async function deleteLogs(
  logs: CloudWatchLogsClient,
  logGroupNamePrefix: string,
): Promise<readonly string[]> {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
  const names = logGroups.map(({ logGroupName }) => String(logGroupName));
  for (const logGroupName of names) await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  return names.map((name) => `log group ${name}`);
}
