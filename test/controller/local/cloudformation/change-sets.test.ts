import {
  CloudFrontClient,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import {
  CreateChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListStacksCommand,
  UpdateTerminationProtectionCommand,
  type CreateChangeSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import {
  LambdaClient,
  GetFunctionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { strToU8, zipSync } from 'fflate';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { full } from '../../../depth.ts';
import {
  openRecords,
  type Operation,
} from '../../../../controller/local/cloudformation/records.ts';
import { openDisk } from '../../../../controller/local/state/disk.ts';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { EVERY_TYPE, FUNCTION } from './every-type.ts';
import { StackClient } from './stack-client.ts';

let cloud: TestCloud;
let stacks: StackClient;

beforeAll(async () => {
  cloud = await startTestCloud({ speed: 500 });
  stacks = new StackClient(cloud.config());
});

afterAll(async () => {
  stacks.sdk.destroy();
  await cloud.close();
});

const group = (name: string, more: object = {}) => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { LogGroupName: name, ...more },
});
const A = group('/a');
const ROLE = EVERY_TYPE.Role;
const ref = (name: string) => group('/a', { RetentionInDays: { Ref: name } });

const OUTPUT = { Value: { 'Fn::If': ['Yes', 'a', 'b'] } };
const IN_OUTPUT = JSON.stringify({ Resources: { A }, Outputs: { OUTPUT } });

describe('a template is refused', () => {
  type More = Partial<CreateChangeSetCommandInput>;
  it.each<[why: string, resources: Readonly<Record<string, object>>, message: RegExp, more?: More]>(
    [
      ['nothing in it', {}, /At least one Resources member must be defined/],
      ['an unknown type', { X: { Type: 'AWS::SNS::Topic' } }, /types: \[AWS::SNS::Topic\]/],
      ['an unknown reference', { A: ref('Nowhere') }, /Unresolved .* \[Nowhere\] in the Resources/],
      ['an unknown DependsOn', { A: { ...A, DependsOn: 'Nowhere' } }, /Unresolved .* \[Nowhere\]/],
      [
        'an attribute of nothing',
        { A: group('/a', { Tags: { 'Fn::GetAtt': ['B', 'Arn'] } }) },
        /references undefined resource B/,
      ],
      [
        'an unknown attribute',
        { A, B: group('/b', { Tags: { 'Fn::Sub': '${A.Owner}' } }) },
        /resource A does not support attribute type Owner/,
      ],
      [
        'a circle',
        { A: { ...A, DependsOn: 'B' }, B: { ...A, DependsOn: 'A' } },
        /Circular dependency between resources: \[A, B\]/,
      ],
      ['a function', { A: group('/a', { Tags: { 'Fn::Cidr': [] } }) }, /not imitate Fn::Cidr/],
      ['a name', { 'A-B': A }, /Resource name A-B is non alphanumeric/],
      [
        'a role without leave',
        { ROLE, Bucket: EVERY_TYPE.Bucket },
        /^Requires capabilities : \[CAPABILITY_NAMED_IAM\]$/,
      ],
      ['too much text', { A: group('/a'.padEnd(51_200, 'a')) }, /less than or equal to 51200/],
      [
        'too many resources',
        Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`R${index}`, { Type: 'T' }])),
        /Number of resources, 501, is greater than maximum allowed, 500/,
      ],
      [
        'an unknown parameter',
        { A },
        /Parameters: \[P\] do not exist in the template/,
        { Parameters: [{ ParameterKey: 'P', ParameterValue: '1' }] },
      ],
      ['a function in an output', {}, /not imitate Fn::If/, { TemplateBody: IN_OUTPUT }],
      ['no stack to update', { A }, /does not exist/, { ChangeSetType: 'UPDATE' }],
    ],
  )('that has %s', async (_, resources, message, more) => {
    await expect(stacks.prepare('refused', resources, more)).rejects.toThrow(message);
    expect(await stacks.find('refused')).toBeUndefined();
  });

  it('by its change set, when it is a property', async () => {
    const { Status, StatusReason } = await stacks.prepare('properties', {
      A: group('/a', { KmsKeyId: 'k' }),
      B: group('/b', { RetentionInDays: 'a week' }),
    });
    expect(Status).toBe('FAILED');
    expect(StatusReason).toMatch(/A: #: extraneous key \[KmsKeyId\] is not permitted/);
    expect(StatusReason).toMatch(/B: #\/RetentionInDays: /);
    expect(await stacks.find('properties')).toMatchObject({ StackStatus: 'REVIEW_IN_PROGRESS' });
    await stacks.delete('properties');
  });
});

describe('a change set', () => {
  it('is the same for a client that asks again, and is carried out once', async () => {
    const input = {
      StackName: 'again',
      ChangeSetName: 'first',
      ChangeSetType: 'CREATE',
      ClientToken: 'one',
      TemplateBody: JSON.stringify({ Resources: { A: group('/again') } }),
    } as const;
    const made = await stacks.sdk.send(new CreateChangeSetCommand(input));
    const repeated = await stacks.sdk.send(new CreateChangeSetCommand(input));
    expect(repeated.Id).toBe(made.Id);
    const other = new CreateChangeSetCommand({ ...input, ClientToken: 'two' });
    await expect(stacks.sdk.send(other)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    const execute = (ClientRequestToken: string) =>
      stacks.sdk.send(new ExecuteChangeSetCommand({ ChangeSetName: made.Id, ClientRequestToken }));
    await delay(10);
    await execute('go');
    await execute('go');
    await expect(execute('other')).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
    await stacks.rest('again');
    await stacks.delete('again');
  });

  it('of a stack that two make at once belongs to one and the same', async () => {
    const TemplateBody = JSON.stringify({ Resources: { A: group('/both') } });
    const stack = { StackName: 'both', ChangeSetType: 'CREATE', TemplateBody } as const;
    const create = (ChangeSetName: string, ClientToken: string) =>
      stacks.sdk.send(new CreateChangeSetCommand({ ...stack, ChangeSetName, ClientToken }));
    const made = await Promise.all([create('x', '1'), create('x', '1'), create('y', '2')]);
    expect(new Set(made.map(({ StackId }) => StackId)).size).toBe(1);
    expect(new Set(made.map(({ Id }) => Id)).size).toBe(2);
    await stacks.delete('both');
  });

  it('of outputs and parameters alone has no changes, and can be carried out', async () => {
    const template = (value: object) =>
      JSON.stringify({
        Parameters: { Name: { Type: 'String', Default: '/p' } },
        Resources: { A: group('/p', { LogGroupName: { Ref: 'Name' } }) },
        Outputs: { Out: { Description: 'a name', Value: value } },
      });
    const first = await stacks.deploy('outputs', {}, { TemplateBody: template({ Ref: 'A' }) });
    expect(first.Outputs).toEqual([{ OutputKey: 'Out', OutputValue: '/p', Description: 'a name' }]);
    expect(first.Parameters).toEqual([{ ParameterKey: 'Name', ParameterValue: '/p' }]);
    const TemplateBody = template({ 'Fn::Sub': '${AWS::Region} ${A}' });
    const Parameters = [{ ParameterKey: 'Name', UsePreviousValue: true }];
    const changeSet = await stacks.prepare('outputs', {}, { TemplateBody, Parameters });
    expect(changeSet).toMatchObject({ ExecutionStatus: 'AVAILABLE', Changes: [] });
    await stacks.execute(changeSet);
    const { Outputs } = await stacks.rest('outputs');
    expect(Outputs?.[0]?.OutputValue).toBe('us-east-1 /p');
    const got = await stacks.sdk.send(new GetTemplateCommand({ StackName: 'outputs' }));
    expect(got.TemplateBody).toBe(TemplateBody);
    await stacks.delete('outputs');
  });

  it.runIf(full)('reads a large template from a bucket, also of another region', async () => {
    const s3 = new S3Client(cloud.config('eu-central-1'));
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket: 'templates', CreateBucketConfiguration }));
    const Metadata = ' '.repeat(60_000);
    const Body = JSON.stringify({ Metadata, Resources: { A: group('/large') } });
    await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 'a b.json', Body }));
    s3.destroy();
    const TemplateURL = 'https://templates.s3.eu-central-1.amazonaws.com/a%20b.json';
    const stack = await stacks.deploy('large', {}, { TemplateBody: undefined, TemplateURL });
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    await stacks.delete('large');
  });
});

it('what has a name of its own is not replaced under the same name', async () => {
  const table = { ...EVERY_TYPE.Table, DeletionPolicy: 'Delete' };
  await stacks.deploy('renamed', { Table: table });
  const properties = {
    ...table.Properties,
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
  };
  const stack = await stacks.deploy('renamed', { Table: { ...table, Properties: properties } });
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await stacks.sdk.send(
    new DescribeStackEventsCommand({ StackName: 'renamed' }),
  );
  const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
  expect(failed?.ResourceStatusReason).toMatch(
    /custom-named resource requires replacing\. Rename headgate-sessions/,
  );
  expect((await stacks.delete(String(stack.StackId))).StackStatus).toBe('DELETE_COMPLETE');
});

it('code that somebody uploaded stays while the template says the same', async () => {
  const lambda = new LambdaClient(cloud.config());
  const resources = (description: string) => ({
    Role: { ...ROLE, Properties: { ...ROLE.Properties, Policies: [] } },
    Function: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Description: description } },
  });
  const named: Partial<CreateChangeSetCommandInput> = { Capabilities: ['CAPABILITY_NAMED_IAM'] };
  await stacks.deploy('code', resources('one'), named);
  const FunctionName = FUNCTION.Properties.FunctionName;
  const ZipFile = zipSync({ 'index.mjs': strToU8('export const handler = async () => 1;') });
  const real = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
  await delay(10);
  await stacks.deploy('code', resources('two'), named);
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  lambda.destroy();
  expect(Configuration).toMatchObject({ Description: 'two', CodeSha256: real.CodeSha256 });
  await stacks.delete('code');
});

it.runIf(full)(
  'what somebody else did to a distribution stays until the template changes it',
  async () => {
    const cloudFront = new CloudFrontClient(cloud.config());
    const { Control, Cache, Headers, Site } = EVERY_TYPE;
    const resources = (more: object) => {
      const config = { ...Site.Properties.DistributionConfig, ...more };
      const site = { Type: Site.Type, Properties: { DistributionConfig: config } };
      return { Control, Cache, Headers, Site: site };
    };
    const stack = await stacks.deploy('site', resources({}));
    const { StackResources = [] } = await stacks.sdk.send(
      new DescribeStackResourcesCommand({ StackName: 'site', LogicalResourceId: 'Site' }),
    );
    const Id = String(StackResources[0]?.PhysicalResourceId);
    const read = () => cloudFront.send(new GetDistributionConfigCommand({ Id }));
    const { ETag, DistributionConfig: config } = await read();
    const DistributionConfig = { ...config, Comment: 'mine' } as DistributionConfig;
    await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
    expect((await stacks.prepare('site', resources({}))).StatusReason).toMatch(/contain changes/);
    expect((await read()).DistributionConfig?.Comment).toBe('mine');
    await stacks.deploy('site', resources({ HttpVersion: 'http2' }));
    expect((await read()).DistributionConfig).toMatchObject({ Comment: '', HttpVersion: 'http2' });
    cloudFront.destroy();
    await stacks.delete(String(stack.StackId));
  },
);

it('a stack that cannot be deleted says so, and leaves what it is told to', async () => {
  const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'full' } };
  const stack = await stacks.deploy('full', { Bucket: bucket, A: group('/full') });
  const id = String(stack.StackId);
  const s3 = new S3Client(cloud.config());
  await s3.send(new PutObjectCommand({ Bucket: 'full', Key: 'a', Body: 'a' }));
  s3.destroy();
  const protect = (EnableTerminationProtection: boolean) =>
    stacks.sdk.send(
      new UpdateTerminationProtectionCommand({ StackName: id, EnableTerminationProtection }),
    );
  await protect(true);
  await expect(stacks.delete(id)).rejects.toThrow(/TerminationProtection is enabled/);
  await protect(false);
  await expect(stacks.delete(id, ['Bucket'])).rejects.toThrow(/DELETE_FAILED state/);
  const failed = await stacks.delete(id);
  expect(failed).toMatchObject({ StackStatus: 'DELETE_FAILED' });
  expect(failed.StackStatusReason).toContain('[Bucket]');
  const { StackResources = [] } = await stacks.sdk.send(
    new DescribeStackResourcesCommand({ StackName: id }),
  );
  const statuses = StackResources.map((one) => `${one.LogicalResourceId} ${one.ResourceStatus}`);
  expect(statuses.toSorted()).toEqual(['A DELETE_COMPLETE', 'Bucket DELETE_FAILED']);
  expect(await stacks.delete(id, ['Bucket'])).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  const deleted = await stacks.sdk.send(
    new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }),
  );
  expect(deleted.StackSummaries?.map(({ StackId }) => StackId)).toContain(id);
});

it.runIf(full)(
  'events come newest first, in pages, each with the token of who began it',
  async () => {
    const many = Object.fromEntries(
      Array.from({ length: 33 }, (_, index) => [`G${index}`, group(`/many/${index}`)]),
    );
    const changeSet = await stacks.prepare('many', many);
    const ClientRequestToken = 'token';
    const { ChangeSetId: ChangeSetName } = changeSet;
    await stacks.sdk.send(new ExecuteChangeSetCommand({ ChangeSetName, ClientRequestToken }));
    await expect(stacks.prepare('many', many)).rejects.toThrow(/CREATE_IN_PROGRESS state/);
    await stacks.rest('many');
    const first = await stacks.sdk.send(new DescribeStackEventsCommand({ StackName: 'many' }));
    expect(first.StackEvents?.[0]).toMatchObject({
      LogicalResourceId: 'many',
      ResourceStatus: 'CREATE_COMPLETE',
      ClientRequestToken,
    });
    const { NextToken } = first;
    const second = await stacks.sdk.send(
      new DescribeStackEventsCommand({ StackName: 'many', NextToken }),
    );
    // REVIEW, begin and end of the stack; begin, id and end of each resource.
    const count = (first.StackEvents?.length ?? 0) + (second.StackEvents?.length ?? 0);
    expect(count).toBe(3 + 3 * 33);
    await stacks.delete('many');
  },
);

it('a cloud that ends in the middle goes on when it is back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-stacks-'));
  const { Control, Cache, Headers, Site } = EVERY_TYPE;
  const resources = { Control, Cache, Headers, Site: { ...Site, DependsOn: [] } };
  // A distribution takes three seconds.
  const before = await startTestCloud({ directory });
  const client = new StackClient(before.config());
  const changeSet = await client.prepare('restart', resources);
  await client.execute(changeSet);
  while (!(await client.events('restart')).includes('Cache CREATE_COMPLETE')) await delay(20);
  while ((await client.events('restart')).filter((one) => one.startsWith('Site ')).length < 2) {
    await delay(20);
  }
  await before.close();
  const after = await startTestCloud({ directory, speed: 500 });
  const again = new StackClient(after.config());
  expect(await again.rest('restart')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  const made = (await again.events('restart')).filter((one) => one === 'Site CREATE_IN_PROGRESS');
  // Begun, and taken by the service: not asked for twice.
  expect(made).toHaveLength(2);
  for (const one of [client, again]) one.sdk.destroy();
  await after.close();
  await rm(directory, { recursive: true });
});

it('what was being asked for when the cloud was killed has failed, and is undone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-killed-'));
  const before = await startTestCloud({ directory, speed: 500 });
  const client = new StackClient(before.config());
  await client.prepare('killed', { A: group('/killed'), B: group('/made') });
  await before.close();
  // As the disk is between a request to a service and its answer.
  const records = openRecords(openDisk(directory));
  const [stack] = records.stacks.values();
  const [changeSet] = records.changeSets.values();
  if (stack === undefined || changeSet === undefined) throw new Error('nothing on disk');
  const { uuid } = stack;
  const operation: Operation = {
    kind: 'create',
    token: 'token',
    clientToken: undefined,
    phase: 'forward',
    changeSetId: changeSet.id,
    body: changeSet.body,
    parameters: {},
    imports: [],
    retain: [],
  };
  records.stacks.set(uuid, { ...stack, status: 'CREATE_IN_PROGRESS', operation });
  records.saveResource({
    uuid,
    key: 'A',
    logicalId: 'A',
    type: 'AWS::Logs::LogGroup',
    status: 'CREATE_IN_PROGRESS',
    reason: undefined,
    at: 0,
    step: { operation: 'token', kind: 'create', state: 'started' },
    physicalId: undefined,
    properties: { LogGroupName: '/killed' },
    attributes: {},
    dependsOn: [],
    deletionPolicy: 'Delete',
    replacePolicy: 'Delete',
  });
  const after = await startTestCloud({ directory, speed: 500 });
  const again = new StackClient(after.config());
  expect((await again.rest('killed')).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await again.failures('killed')).toEqual([expect.stringContaining('cloud ended')]);
  for (const one of [client, again]) one.sdk.destroy();
  await after.close();
  await rm(directory, { recursive: true });
});
