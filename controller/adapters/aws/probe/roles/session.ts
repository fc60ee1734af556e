import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { buildClientConfig, findEndpoint, GLOBAL_REGION } from '../../client-config.ts';
import { refusalOf } from '../observe.ts';
import { waitFor, type Patience } from '../wait.ts';

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Session {
  readonly credentials: Required<SessionCredentials>;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

export interface SessionClients {
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly cloudfront: CloudFrontClient;
  readonly cloudwatch: CloudWatchClient;
}

/** Some permissions are waited for, each for minutes. */
const SECONDS = 3600;

/** A session of that role, which IAM doesn't know everywhere as soon as it is made. */
export async function takeRole(
  sts: STSClient,
  RoleArn: string,
  { seconds = SECONDS, ...patience }: Patience & { readonly seconds?: number },
): Promise<Session> {
  const order = { RoleArn, RoleSessionName: 'headgate-probe', DurationSeconds: seconds };
  let refused = '';
  const answer = await waitFor(async () => {
    try {
      return await sts.send(new AssumeRoleCommand(order));
    } catch (error) {
      refused = String(error);
      if ((await refusalOf(Promise.reject(error)))?.status !== 403) throw error;
      return undefined;
    }
  }, patience);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer?.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error(`nobody could take the role ${RoleArn}: ${refused}`);
  }
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  return { credentials, ends: Expiration.getTime() };
}

/** Clients of that session, in CloudFront's region. */
export async function createClients(credentials: SessionCredentials): Promise<SessionClients> {
  const config = { ...buildClientConfig(GLOBAL_REGION), credentials };
  const s3 = new S3Client(config);
  // As in s3/client.ts.
  const forcePathStyle = (await findEndpoint(s3)) !== undefined;
  return {
    s3: forcePathStyle ? new S3Client({ ...config, forcePathStyle }) : s3,
    ssm: new SSMClient(config),
    cloudfront: new CloudFrontClient(config),
    cloudwatch: new CloudWatchClient(config),
  };
}
