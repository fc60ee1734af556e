import {
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Fault } from './fault.ts';
import type { Asked, Patient } from './patient.ts';

const PLAN = 'headgate-plan';
const WATCHER = 'watcher';

interface Trust {
  readonly Statement: readonly { readonly Condition: Readonly<Record<string, object>> }[];
}

/** The trust of the role that plans, with another condition. */
const trusting =
  (edit: (condition: Readonly<Record<string, object>>) => object) =>
  async ({ clients: { iam } }: Patient) => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: PLAN }));
    const text = decodeURIComponent(Role!.AssumeRolePolicyDocument!);
    const trust = JSON.parse(text) as Trust;
    const Statement = trust.Statement.map((one) => ({ ...one, Condition: edit(one.Condition) }));
    const put = (PolicyDocument: string) =>
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: PLAN, PolicyDocument }));
    await put(JSON.stringify({ ...trust, Statement }));
    return () => put(text);
  };

/** A role of the stack, deleted by hand. */
async function dismiss({ clients: { iam } }: Patient): Promise<() => Promise<unknown>> {
  const RoleName = 'headgate-rollback';
  const PolicyName = 'headgate';
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const written = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  return async () => {
    const AssumeRolePolicyDocument = decodeURIComponent(Role!.AssumeRolePolicyDocument!);
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const PolicyDocument = decodeURIComponent(written.PolicyDocument!);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  };
}

/** A role that any account's rule may be given. */
async function lend({ clients: { iam } }: Patient): Promise<() => Promise<unknown>> {
  const RoleName = 'headgate-forward';
  const Principal = { Service: 'events.amazonaws.com' };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return () => iam.send(new DeleteRoleCommand({ RoleName }));
}

const AUDIENCE = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' };
const subject = (sub: string) => ({ 'token.actions.githubusercontent.com:sub': sub });

/** Somebody who may do nothing but say who he is. */
async function hire({ clients: { iam } }: Patient): Promise<() => Promise<unknown>> {
  const principal = { AWS: 'arn:aws:iam::000000000000:root' };
  const trust = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' };
  await iam.send(
    new CreateRoleCommand({
      RoleName: WATCHER,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  const may = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::none/*' };
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: WATCHER,
      PolicyName: 'little',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [may] }),
    }),
  );
  return async () => {
    await iam.send(new DeleteRolePolicyCommand({ RoleName: WATCHER, PolicyName: 'little' }));
    await iam.send(new DeleteRoleCommand({ RoleName: WATCHER }));
  };
}

export async function askAs(name: string, { account }: Patient): Promise<Asked> {
  const { environment } = account.setting.cloud;
  const sts = new STSClient({
    endpoint: String(environment['AWS_ENDPOINT_URL']),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::000000000000:role/${name}`,
      RoleSessionName: 'test',
    }),
  );
  sts.destroy();
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const env = {
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
  };
  return { env };
}

export const IDENTITY_FAULTS: readonly Fault[] = [
  {
    id: 'role-trusts-any',
    says: /repo:acme\/\*/,
    plant: trusting(() => ({ StringEquals: AUDIENCE, StringLike: subject('repo:acme/*') })),
  },
  {
    id: 'role-lacks-audience',
    plant: trusting(() => ({ StringEquals: subject('repo:acme/releases:pull_request') })),
  },
  {
    id: 'role-lacks-audience',
    says: /takes sts\.amazonaws\.com, others for aud/,
    plant: trusting(() => ({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': ['sts.amazonaws.com', 'others'],
        ...subject('repo:acme/releases:pull_request'),
      },
    })),
  },
  { id: 'role-missing', says: /the stack made it, and it is gone/, plant: dismiss },
  { id: 'role-unguarded', plant: lend },
  {
    id: 'role-trusts-other',
    says: /repo:stranger\/releases/,
    plant: trusting(() => ({
      StringEquals: { ...AUDIENCE, ...subject('repo:stranger/releases:pull_request') },
    })),
  },
  {
    id: 'permission-missing',
    says: /may not do ssm:PutParameter/,
    asked: { args: ['--role', `arn:aws:iam::000000000000:role/${PLAN}`] },
  },
  {
    id: 'unreadable',
    says: /may not do s3:GetBucketPolicy on bucket acme-web-builds/,
    plant: hire,
    asked: (patient) => askAs(WATCHER, patient),
  },
  { id: 'credentials-refused', asked: { env: { AWS_ACCESS_KEY_ID: 'somebody' } } },
  { id: 'clock-skew', says: /30\d s ahead/, asked: { aheadSeconds: 300 } },
  { id: 'global-endpoint', asked: { env: { AWS_STS_REGIONAL_ENDPOINTS: 'legacy' } } },
];
