import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { full, missing } from '../../../depth.ts';
import { startTestCloud } from '../harness.ts';
import { ACCOUNT, documentOf } from './account.ts';
import { createIssuer, GITHUB } from './issuer.ts';

const run = promisify(execFile);
// Named in full: another program called `aws` may come first on the PATH.
const AWSCLI = '/usr/bin/aws';
const absent =
  full && !existsSync(AWSCLI) && missing('awscli', 'apt-get install awscli (Debian 12)');

test.skipIf(!full || absent)(
  'awscli makes a role, assumes it with a token, and may do what the role may',
  { timeout: 300_000 },
  async () => {
    const issuer = createIssuer();
    const cloud = await startTestCloud({ issuers: issuer.issuers });
    const aws = async (args: readonly string[], session: Readonly<Record<string, string>> = {}) => {
      const all = [...args, '--endpoint-url', cloud.endpoint, '--output', 'json'];
      const base = { PATH: '/usr/bin:/bin', AWS_CONFIG_FILE: '/dev/null', ...cloud.environment };
      const { stdout } = await run(AWSCLI, all, { env: { ...base, ...session } });
      return stdout === '' ? undefined : (JSON.parse(stdout) as unknown);
    };
    const host = GITHUB.replace('https://', '');
    const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`;
    const trust = documentOf({
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${host}:sub`]: 'repo:acme/shop:ref:refs/heads/main' } },
    });
    const audience = ['--client-id-list', 'sts.amazonaws.com', '--thumbprint-list', 'f'.repeat(40)];
    const create = ['iam', 'create-open-id-connect-provider', '--url', GITHUB, ...audience];
    expect(await aws(create)).toMatchObject({ OpenIDConnectProviderArn: provider });
    const role = ['--role-name', 'job'];
    const made = await aws(['iam', 'create-role', ...role, '--assume-role-policy-document', trust]);
    expect(made).toMatchObject({
      Role: { RoleName: 'job', AssumeRolePolicyDocument: JSON.parse(trust) as unknown },
    });
    const own = documentOf({ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' });
    const put = ['put-role-policy', ...role, '--policy-name', 'own', '--policy-document', own];
    await aws(['iam', ...put]);
    const named = ['--role-arn', `arn:aws:iam::${ACCOUNT}:role/job`, '--role-session-name', 'job'];
    const token = issuer.issue('repo:acme/shop:ref:refs/heads/main');
    const assume = [
      'sts',
      'assume-role-with-web-identity',
      ...named,
      '--web-identity-token',
      token,
    ];
    const { Credentials: given } = (await aws(assume)) as {
      readonly Credentials: Readonly<Record<string, string>>;
    };
    const session = {
      AWS_ACCESS_KEY_ID: given['AccessKeyId'] ?? '',
      AWS_SECRET_ACCESS_KEY: given['SecretAccessKey'] ?? '',
      AWS_SESSION_TOKEN: given['SessionToken'] ?? '',
    };
    expect(await aws(['s3api', 'list-buckets'], session)).toMatchObject({ Buckets: [] });
    await expect(aws(['iam', 'list-roles'], session)).rejects.toThrow('AccessDenied');
    await cloud.close();
  },
);
