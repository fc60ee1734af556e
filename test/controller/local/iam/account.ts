import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  type CreateRoleCommandInput,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient, type Credentials } from '@aws-sdk/client-sts';
import type { Statement } from '../../../../controller/core/iam/document.ts';
import type { ClientConfig, TestCloud } from '../harness.ts';

export const ACCOUNT = '000000000000';

export function documentOf(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** Whoever the account lets. */
export const TRUST = documentOf({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'sts:AssumeRole',
});

export function configOf(
  cloud: Pick<TestCloud, 'config'>,
  { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Partial<Credentials> = {},
  region?: string,
): ClientConfig & { readonly credentials: { readonly sessionToken: string } } {
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  return { ...cloud.config(region), credentials: { ...keys, sessionToken: SessionToken } };
}

/** Makes a role that may do that, and gives a client's configuration with credentials of it. */
export async function becomeRole(
  cloud: Pick<TestCloud, 'config'>,
  name: string,
  ...statements: readonly Statement[]
): Promise<ReturnType<typeof configOf>> {
  const iam = new IAMClient(cloud.config());
  const sts = new STSClient(cloud.config());
  const role: CreateRoleCommandInput = { RoleName: name, AssumeRolePolicyDocument: TRUST };
  const { Role } = await iam.send(new CreateRoleCommand(role));
  if (statements.length > 0) {
    const PolicyDocument = documentOf(...statements);
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }));
  }
  const RoleArn = Role?.Arn;
  const { Credentials: credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }),
  );
  iam.destroy();
  sts.destroy();
  return configOf(cloud, credentials);
}
