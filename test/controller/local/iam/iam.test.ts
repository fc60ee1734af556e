import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { ACCOUNT, documentOf, TRUST } from './account.ts';

let cloud: TestCloud;
let iam: IAMClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  iam = new IAMClient(cloud.config());
});

afterAll(async () => {
  iam.destroy();
  await cloud.close();
});

const GITHUB = 'token.actions.githubusercontent.com';
const createRole = (RoleName: string, AssumeRolePolicyDocument = TRUST) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
const putPolicy = (RoleName: string, PolicyDocument: string, PolicyName = 'own') =>
  iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
const READ = {
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::builds/shop/*',
} as const;

test('a role is made, changed and deleted, its documents come back as they were written', async () => {
  const { Role } = await createRole('Publish');
  expect(Role).toMatchObject({
    RoleName: 'Publish',
    Arn: `arn:aws:iam::${ACCOUNT}:role/Publish`,
    MaxSessionDuration: 3600,
  });
  await expect(createRole('publish')).rejects.toMatchObject({
    name: 'EntityAlreadyExistsException',
  });
  const text = ` ${documentOf({ ...READ, Sid: 'Größe' })}`.replace('Größe', 'Read');
  await putPolicy('Publish', text);
  const got = await iam.send(new GetRolePolicyCommand({ RoleName: 'Publish', PolicyName: 'own' }));
  expect(decodeURIComponent(got.PolicyDocument ?? '')).toBe(text);
  const github = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.example.com` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'token.example.com:sub': "it's (a) test!*" } },
  } as const;
  await iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: 'Publish',
      PolicyDocument: documentOf(github),
    }),
  );
  await iam.send(new TagRoleCommand({ RoleName: 'Publish', Tags: [{ Key: 'a', Value: 'b' }] }));
  const { Role: changed } = await iam.send(new GetRoleCommand({ RoleName: 'Publish' }));
  const trust = changed?.AssumeRolePolicyDocument ?? '';
  expect(trust).toMatch(/^[\w.~%-]+$/);
  expect(JSON.parse(decodeURIComponent(trust))).toMatchObject({ Statement: [github] });
  expect(changed?.Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  const { Roles } = await iam.send(new ListRolesCommand({}));
  expect(Roles?.map(({ RoleName }) => RoleName)).toContain('Publish');
  const drop = () => iam.send(new DeleteRoleCommand({ RoleName: 'Publish' }));
  await expect(drop()).rejects.toMatchObject({ name: 'DeleteConflictException' });
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'Publish', PolicyName: 'own' }));
  await drop();
  await expect(drop()).rejects.toMatchObject({ name: 'NoSuchEntityException' });
});

test('documents that IAM refuses are refused', async () => {
  await createRole('checked');
  const malformed = { name: 'MalformedPolicyDocumentException' };
  for (const wrong of [
    '{',
    documentOf({ ...READ, Principal: '*' }),
    documentOf({ Effect: 'Allow', Action: 's3:GetObject' }),
    documentOf({ ...READ, Resource: 'builds/*' }),
    documentOf({ ...READ, Action: 'GetObject' }),
    documentOf({ ...READ, Sid: 'a b' }),
    documentOf({ ...READ, Sid: 'a' }, { ...READ, Sid: 'a' }),
    documentOf({ ...READ, Condition: { StringEquals: { 's3:unheard-of': 'a' } } }),
    documentOf({ ...READ, Condition: { DateLessThan: { 'aws:userid': 'a' } } }),
  ]) {
    await expect(putPolicy('checked', wrong), wrong).rejects.toMatchObject(malformed);
  }
  for (const wrong of [
    documentOf({ Effect: 'Allow', Action: 'sts:AssumeRole' }),
    documentOf({ ...READ, Principal: { Service: 'lambda.amazonaws.com' } }),
    documentOf({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/nobody` },
      Action: 'sts:AssumeRole',
    }),
    documentOf({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } },
    }),
  ]) {
    await expect(createRole('other', wrong), wrong).rejects.toMatchObject(malformed);
  }
});

test('all policies of a role share 10,240 characters, white space not counted', async () => {
  await createRole('large');
  const sized = (length: number) => {
    const empty = documentOf({ ...READ, Resource: 'arn:aws:s3:::b/' });
    const Resource = `arn:aws:s3:::b/${'x'.repeat(length - empty.length)}`;
    return documentOf({ ...READ, Resource });
  };
  await putPolicy('large', `${sized(6000)}${' '.repeat(9000)}`);
  await expect(putPolicy('large', sized(4241), 'more')).rejects.toMatchObject({
    name: 'LimitExceededException',
  });
  await putPolicy('large', sized(4240), 'more');
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: 'large' }));
  expect(PolicyNames).toEqual(['more', 'own']);
  await expect(
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'large', PolicyDocument: sized(2049) })),
  ).rejects.toMatchObject({ name: 'LimitExceededException' });
});

test('one provider per issuer; deleting one that is gone succeeds', async () => {
  const create = () =>
    iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: 'https://token.example.com',
        ClientIDList: ['sts.amazonaws.com'],
      }),
    );
  const { OpenIDConnectProviderArn } = await create();
  const name = { OpenIDConnectProviderArn };
  expect(OpenIDConnectProviderArn).toBe(`arn:aws:iam::${ACCOUNT}:oidc-provider/token.example.com`);
  await expect(create()).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
  await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...name, ClientID: 'other' }));
  expect(await iam.send(new GetOpenIDConnectProviderCommand(name))).toMatchObject({
    Url: 'token.example.com',
    ClientIDList: ['sts.amazonaws.com', 'other'],
    ThumbprintList: [],
  });
  for (let time = 0; time < 2; time += 1) {
    await iam.send(new DeleteOpenIDConnectProviderCommand(name));
  }
  const { OpenIDConnectProviderList } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  expect(OpenIDConnectProviderList).toEqual([]);
});

test('a simulation says what would be, under the conditions that it is told', async () => {
  const { Role } = await createRole('simulated');
  const noRemoval = { Effect: 'Deny', Action: 's3:Delete*', Resource: '*' } as const;
  const own = {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: 'arn:aws:s3:::builds',
    Condition: { StringLike: { 's3:prefix': 'shop/*' } },
  } as const;
  await putPolicy('simulated', documentOf(READ, noRemoval, own));
  const simulate = async (action: string, resource: string, prefix?: string) => {
    const { EvaluationResults } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: Role?.Arn,
        ActionNames: [action],
        ResourceArns: [resource],
        ...(prefix === undefined
          ? {}
          : {
              ContextEntries: [
                {
                  ContextKeyName: 's3:prefix',
                  ContextKeyType: 'string' as const,
                  ContextKeyValues: [prefix],
                },
              ],
            }),
      }),
    );
    return EvaluationResults?.map((one) => [one.EvalDecision, one.MissingContextValues]);
  };
  const [inside, bucket] = ['arn:aws:s3:::builds/shop/a', 'arn:aws:s3:::builds'];
  expect(await simulate('s3:GetObject', inside)).toEqual([['allowed', ['s3:prefix']]]);
  expect(await simulate('s3:PutObject', inside)).toMatchObject([
    ['implicitDeny', expect.anything()],
  ]);
  expect(await simulate('s3:DeleteObject', inside)).toMatchObject([
    ['explicitDeny', expect.anything()],
  ]);
  expect(await simulate('s3:ListBucket', bucket, 'shop/a')).toEqual([['allowed', []]]);
  expect(await simulate('s3:ListBucket', bucket, 'blog/a')).toEqual([['implicitDeny', []]]);
});
