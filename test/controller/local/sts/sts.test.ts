import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFrontClient, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { ACCOUNT, becomeRole, configOf, documentOf } from '../iam/account.ts';
import { createIssuer, GITHUB } from '../iam/issuer.ts';

const issuer = createIssuer();
let cloud: TestCloud;
let sts: STSClient;
let iam: IAMClient;

beforeAll(async () => {
  cloud = await startTestCloud({ issuers: issuer.issuers });
  sts = new STSClient(cloud.config());
  iam = new IAMClient(cloud.config());
});

afterAll(async () => {
  for (const client of [sts, iam]) client.destroy();
  await cloud.close();
});

test('says who is asking, and refuses every other question by name', async () => {
  await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:user/local`,
  });
  await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('GetSessionToken'),
  });
});

test('a role that trusts the account is assumed, for as long as it allows', async () => {
  const session = new STSClient(await becomeRole(cloud, 'assumed'));
  const { Arn, UserId } = await session.send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/assumed/test`);
  expect(UserId).toMatch(/^AROA\w+:test$/);
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/assumed`;
  const assume = (DurationSeconds: number, name = 'assumed') =>
    sts.send(
      new AssumeRoleCommand({
        RoleArn: RoleArn.replace('assumed', name),
        RoleSessionName: 'test',
        DurationSeconds,
      }),
    );
  const { Credentials: given } = await assume(900);
  const left = (given?.Expiration?.getTime() ?? 0) - Date.now();
  expect(Math.abs(left / 1000 - 900)).toBeLessThan(10);
  await expect(assume(3601)).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(assume(900, 'nobody')).rejects.toMatchObject({ name: 'AccessDenied' });
  // Without a policy of its own a role may not assume the next one, whatever that trusts.
  await expect(
    session.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'again' })),
  ).rejects.toMatchObject({ name: 'AccessDenied' });
  session.destroy();
});

test('trust names a role with its path, which the name of a session leaves out', async () => {
  const create = (RoleName: string, trusted: string, Path = '/') => {
    const principal = { AWS: `arn:aws:iam::${ACCOUNT}:${trusted}` };
    const trust = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' } as const;
    const AssumeRolePolicyDocument = documentOf(trust);
    return iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument }));
  };
  await create('first', 'root', '/web/');
  await create('second', 'role/web/first');
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/second`;
  const PolicyDocument = documentOf({ Effect: 'Allow', Action: 'sts:*', Resource: RoleArn });
  const policy = { RoleName: 'first', PolicyName: 'own', PolicyDocument };
  await iam.send(new PutRolePolicyCommand(policy));
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/web/first`,
      RoleSessionName: 'test',
    }),
  );
  const session = new STSClient(configOf(cloud, given));
  const next = await session.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  expect(next.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/second/test`);
  session.destroy();
});

const SUBJECT = 'repo:acme/shop:environment:prod';

test('a token of GitHub opens the role that trusts exactly its subject, unsigned', async () => {
  const host = GITHUB.replace('https://', '');
  const trust = documentOf({
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${host}:sub`]: SUBJECT, [`${host}:aud`]: 'sts.amazonaws.com' },
    },
  });
  await iam.send(new CreateRoleCommand({ RoleName: 'release', AssumeRolePolicyDocument: trust }));
  const nobody = new STSClient({
    ...cloud.config(),
    credentials: () => Promise.reject(new Error('a job has no credentials of AWS')),
  });
  const assume = (WebIdentityToken: string, name = 'release') =>
    nobody.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
        RoleSessionName: 'job',
        WebIdentityToken,
      }),
    );
  const token = issuer.issue(SUBJECT);
  const invalid = { name: 'InvalidIdentityTokenException' };
  await expect(assume(token)).rejects.toMatchObject(invalid);
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: GITHUB, ClientIDList: ['sts.amazonaws.com'] }),
  );
  const { Credentials: given, ...answer } = await assume(token);
  expect(answer).toMatchObject({
    SubjectFromWebIdentityToken: SUBJECT,
    Audience: 'sts.amazonaws.com',
  });
  const job = new STSClient(configOf(cloud, given));
  expect(await job.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/release/job`,
  });
  const denied = { name: 'AccessDenied' };
  await expect(assume(issuer.issue('repo:acme/shop:pull_request'))).rejects.toMatchObject(denied);
  await expect(assume(token, 'nobody')).rejects.toMatchObject(denied);
  await expect(assume(issuer.issue(SUBJECT, { aud: 'else' }))).rejects.toMatchObject(invalid);
  await expect(assume(issuer.issue(SUBJECT, { iss: 'https://x.y' }))).rejects.toMatchObject(
    invalid,
  );
  await expect(assume(createIssuer().issue(SUBJECT))).rejects.toMatchObject(invalid);
  await expect(assume(`${token.slice(0, -8)}AAAAAAAA`)).rejects.toMatchObject(invalid);
  await expect(assume(issuer.issue(SUBJECT, { exp: 1 }))).rejects.toMatchObject({
    name: 'ExpiredTokenException',
  });
  for (const client of [nobody, job]) client.destroy();
});

test('a session needs its own token, and ends: each service says so in its words', async () => {
  const config = await becomeRole(cloud, 'short');
  const ask = (from: typeof config) => ({
    s3: new S3Client(from).send(new ListBucketsCommand({})),
    ssm: new SSMClient(from).send(new GetParameterCommand({ Name: '/a' })),
    cloudfront: new CloudFrontClient(from).send(new GetDistributionCommand({ Id: 'E1' })),
    sts: new STSClient(from).send(new GetCallerIdentityCommand({})),
  });
  const expectAll = async (from: typeof config, names: Record<string, string>) => {
    const asked = Object.entries(ask(from));
    const answers = await Promise.all(
      asked.map(([service, answer]) =>
        answer.then(
          () => [service, 'fine'],
          ({ name }: Error) => [service, name],
        ),
      ),
    );
    expect(Object.fromEntries(answers)).toEqual(names);
  };
  const credentials = { ...config.credentials, sessionToken: 'other' };
  await expectAll(
    { ...config, credentials },
    {
      s3: 'InvalidToken',
      ssm: 'UnrecognizedClientException',
      cloudfront: 'InvalidClientTokenId',
      sts: 'InvalidClientTokenId',
    },
  );
  await expectAll(config, {
    s3: 'AccessDenied',
    ssm: 'AccessDeniedException',
    cloudfront: 'AccessDenied',
    sts: 'fine',
  });
  const later = await startTestCloud({ directory: await endSessions(cloud.directory) });
  await expectAll(
    { ...config, endpoint: later.endpoint },
    {
      s3: 'ExpiredToken',
      ssm: 'ExpiredTokenException',
      cloudfront: 'ExpiredToken',
      sts: 'ExpiredToken',
    },
  );
  await later.close();
});

/** As if the time had come: nobody waits a quarter of an hour in a test. */
async function endSessions(directory: string): Promise<string> {
  const folder = join(directory, 'sts', 'sessions');
  for (const name of await readdir(folder)) {
    const session = JSON.parse(await readFile(join(folder, name), 'utf8')) as object;
    await writeFile(join(folder, name), JSON.stringify({ ...session, expires: Date.now() - 1000 }));
  }
  return directory;
}
