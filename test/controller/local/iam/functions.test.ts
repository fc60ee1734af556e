import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordedCall } from '../../../../controller/local/iam/recorded-call.ts';
import { functionZip } from '../lambda/archive.ts';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { ACCOUNT, configOf, documentOf, TRUST } from './account.ts';

const decisions: RecordedCall['decision'][] = [];
const lines: string[] = [];
let cloud: TestCloud;
let lambda: LambdaClient;

beforeAll(async () => {
  cloud = await startTestCloud({
    speed: 100,
    log: (line) => void lines.push(line),
    onRequest({ principal, decision }) {
      if (principal.endsWith('role/forward/events.amazonaws.com')) decisions.push(decision);
    },
  });
  lambda = new LambdaClient(cloud.config());
  const iam = new IAMClient(cloud.config());
  const AssumeRolePolicyDocument = documentOf({
    Effect: 'Allow',
    Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
    Action: 'sts:AssumeRole',
  });
  await iam.send(new CreateRoleCommand({ RoleName: 'lane', AssumeRolePolicyDocument }));
  await iam.send(new CreateRoleCommand({ RoleName: 'people', AssumeRolePolicyDocument: TRUST }));
  iam.destroy();
});

afterAll(async () => {
  lambda.destroy();
  await cloud.close();
});

const create = (FunctionName: string, role: string) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: `arn:aws:iam::${ACCOUNT}:role/${role}`,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Code: {
        ZipFile: functionZip(`exports.handler = async () => ({
          AccessKeyId: process.env.AWS_ACCESS_KEY_ID,
          SecretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
          SessionToken: process.env.AWS_SESSION_TOKEN,
        });`),
      },
    }),
  );

test('a function runs with credentials of its role, which has to trust Lambda', async () => {
  await create('lane', 'lane');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { Payload = [] } = await lambda.send(new InvokeCommand({ FunctionName: 'lane' }));
  const own = configOf(cloud, JSON.parse(Buffer.from(Payload).toString()) as object);
  const sts = new STSClient(own);
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/lane/lane`,
  });
  const asRole = new LambdaClient(own);
  await expect(asRole.send(new InvokeCommand({ FunctionName: 'lane' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(create('other', 'people')).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'The role defined for the function cannot be assumed by Lambda.',
  });
  for (const client of [sts, asRole]) client.destroy();
});

test('events go to the bus of another region in a role that lets them', async () => {
  const bus = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`;
  const iam = new IAMClient(cloud.config());
  const away = new EventBridgeClient(cloud.config('eu-west-1'));
  const RoleName = 'forward';
  const trust = documentOf({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceArn': `arn:aws:events:eu-west-1:${ACCOUNT}:rule/forward` },
    },
  });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  await away.send(new PutRuleCommand({ Name: 'forward', EventPattern: '{"source":["test"]}' }));
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
  const Targets = [{ Id: 'home', Arn: bus, RoleArn }];
  await away.send(new PutTargetsCommand({ Rule: 'forward', Targets }));
  const send = async () => {
    const Entries = [{ Source: 'test', DetailType: 'x', Detail: '{}' }];
    await away.send(new PutEventsCommand({ Entries }));
    return decisions.at(-1);
  };
  const PolicyDocument = documentOf({ Effect: 'Allow', Action: 'events:PutEvents', Resource: bus });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
  expect(await send()).toBe('implicitDeny');
  expect(lines.join('\n')).toContain(`${RoleArn} may not put events on that bus`);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));
  expect(await send()).toBe('allowed');
  for (const client of [iam, away]) client.destroy();
});
