import {
  CloudFrontClient,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
} from '@aws-sdk/client-cloudfront';
import {
  DescribeStackEventsCommand,
  type CreateChangeSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionCommand, GetPolicyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RESOURCE_TYPES } from '../../../../controller/local/cloudformation/resources/all.ts';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { BUCKET, EVERY_TYPE, FUNCTION } from './every-type.ts';
import { StackClient } from './stack-client.ts';

const named: Partial<CreateChangeSetCommandInput> = { Capabilities: ['CAPABILITY_NAMED_IAM'] };
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

let cloud: TestCloud;
let stacks: StackClient;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud({ speed: 500 });
  stacks = new StackClient(cloud.config());
  s3 = new S3Client(cloud.config());
});

afterAll(async () => {
  s3.destroy();
  stacks.sdk.destroy();
  await cloud.close();
});

it('a stack of every type is made, found unchanged, deleted but for its data, and takes that back', async () => {
  const types = Object.values(EVERY_TYPE).map(({ Type }) => Type);
  expect(types.toSorted()).toEqual([...RESOURCE_TYPES.keys()].toSorted());
  const stack = await stacks.deploy('every', EVERY_TYPE, named);
  expect(await stacks.failures('every')).toEqual([]);
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  await expectEverything();
  const same = await stacks.prepare('every', EVERY_TYPE, named);
  expect(same).toMatchObject({ Status: 'FAILED', StatusReason: NO_CHANGES });

  const gone = await stacks.delete(String(stack.StackId));
  expect(await stacks.failures(String(stack.StackId))).toEqual([]);
  expect(gone.StackStatus).toBe('DELETE_COMPLETE');
  const events = await stacks.events(String(stack.StackId));
  const kept = events.filter((event) => event.endsWith(' DELETE_SKIPPED')).toSorted();
  expect(kept).toEqual(['Bucket', 'Logs', 'Table'].map((id) => `${id} DELETE_SKIPPED`));
  // What refers to something goes before it.
  expect(events.indexOf('Site DELETE_COMPLETE')).toBeLessThan(
    events.indexOf('Cache DELETE_IN_PROGRESS'),
  );
  expect(await stacks.find('every')).toBeUndefined();

  const alone = await stacks.deploy('every', { Bucket: EVERY_TYPE.Bucket });
  expect(alone.StackStatus).toBe('ROLLBACK_COMPLETE');
  await stacks.delete(String(alone.StackId));
  const importing = { ...named, ImportExistingResources: true };
  const again = await stacks.prepare('every', EVERY_TYPE, importing);
  const imported = (again.Changes ?? [])
    .filter(({ ResourceChange }) => ResourceChange?.Action === 'Import')
    .map(({ ResourceChange }) => String(ResourceChange?.LogicalResourceId));
  expect(imported.toSorted()).toEqual(['Bucket', 'Logs', 'Table']);
  await stacks.execute(again);
  expect((await stacks.rest('every')).StackStatus).toBe('CREATE_COMPLETE');
  await stacks.delete('every');
});

async function expectEverything(): Promise<void> {
  const cloudFront = new CloudFrontClient(cloud.config());
  const lambda = new LambdaClient(cloud.config());
  const logs = new CloudWatchLogsClient(cloud.config());
  const [{ Id = '' } = {}] =
    (await cloudFront.send(new ListDistributionsCommand({}))).DistributionList?.Items ?? [];
  const { DistributionConfig } = await cloudFront.send(new GetDistributionConfigCommand({ Id }));
  expect(DistributionConfig).toMatchObject({
    Aliases: { Items: ['shop.localhost'] },
    IsIPV6Enabled: true,
    OriginGroups: { Items: [{ Id: 'both' }] },
    CacheBehaviors: { Items: [{ PathPattern: '/assets/*' }] },
  });
  const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: BUCKET }));
  expect(Policy).toContain(`distribution/${Id}"`);
  expect(Policy).toContain(`arn:aws:s3:::${BUCKET}/shop/builds/*`);
  const FunctionName = FUNCTION.Properties.FunctionName;
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  expect(Configuration).toMatchObject({ State: 'Active', Runtime: 'nodejs22.x' });
  const permitted = await lambda.send(new GetPolicyCommand({ FunctionName }));
  expect(permitted.Policy).toContain(':rule/headgate-schedule');
  const groups = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/headgate' }));
  expect(groups.logGroups).toMatchObject([{ retentionInDays: 30, metricFilterCount: 1 }]);
  for (const client of [cloudFront, lambda, logs]) client.destroy();
}

const group = (name: string, more: object = {}) => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { LogGroupName: name, ...more },
});
const alarm = (more: object = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { ...EVERY_TYPE.Alarm.Properties, Dimensions: [], ...more },
});

it('an update changes in place, replaces what has to be, removes, and goes back when one fails', async () => {
  const before = { A: group('/a'), B: group('/b'), Gone: group('/gone'), C: alarm() };
  await stacks.deploy('update', before);
  const wanted = {
    A: group('/a', { RetentionInDays: 7 }),
    B: group('/b2'),
    C: alarm({ AlarmDescription: { 'Fn::Sub': 'of ${B}' } }),
    New: group('/new'),
  };
  const changeSet = await stacks.prepare('update', wanted);
  const changes = (changeSet.Changes ?? []).map(({ ResourceChange: change }) => [
    change?.Action,
    change?.LogicalResourceId,
    change?.Replacement,
  ]);
  expect(changes).toEqual([
    ['Modify', 'A', 'False'],
    ['Modify', 'B', 'True'],
    ['Add', 'New', undefined],
    ['Modify', 'C', 'False'],
    ['Remove', 'Gone', undefined],
  ]);
  await stacks.execute(changeSet);
  expect((await stacks.rest('update')).StackStatus).toBe('UPDATE_COMPLETE');
  expect(await groupNames()).toEqual(['/a', '/b2', '/new']);
  const events = await stacks.events('update');
  // The old one goes once nothing refers to it any more.
  expect(events.lastIndexOf('B DELETE_COMPLETE')).toBeGreaterThan(
    events.lastIndexOf('C UPDATE_COMPLETE'),
  );

  const failing = {
    A: group('/a', { RetentionInDays: 30 }),
    B: group('/b3'),
    C: alarm({ AlarmDescription: 'changed' }),
    New: { ...group('/new'), DeletionPolicy: 'Retain' },
    Bad: { ...group('/b2'), DependsOn: ['A', 'B', 'C', 'New'] },
  };
  await stacks.deploy('update', failing);
  const back = await stacks.find('update');
  expect(back?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await groupNames()).toEqual(['/a', '/b2', '/new']);
  const same = await stacks.prepare('update', wanted);
  expect(same.StatusReason).toBe(NO_CHANGES);

  await stacks.delete('update');
  expect(await groupNames()).toEqual([]);
});

async function groupNames(): Promise<readonly unknown[]> {
  const logs = new CloudWatchLogsClient(cloud.config());
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  logs.destroy();
  const names = logGroups.map(({ logGroupName }) => logGroupName);
  return names.filter((name) => name !== '/headgate');
}

it('a creation that fails is undone, but for what is retained; it can only be deleted then', async () => {
  const resources = {
    Kept: { ...group('/kept'), DeletionPolicy: 'Retain' },
    Young: { ...group('/young'), DeletionPolicy: 'RetainExceptOnCreate' },
    Made: group('/made'),
    Bad: { ...group('/kept'), DependsOn: ['Kept', 'Young', 'Made'] },
    Never: { ...group('/never'), DependsOn: 'Bad' },
  };
  const stack = await stacks.deploy('undone', resources);
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await groupNames()).toEqual(['/kept']);
  const { StackEvents = [] } = await stacks.sdk.send(
    new DescribeStackEventsCommand({ StackName: 'undone' }),
  );
  const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
  expect(failed?.ResourceStatusReason).toContain('already exists');
  expect(StackEvents.some((event) => event.LogicalResourceId === 'Never')).toBe(false);
  await expect(stacks.prepare('undone', resources)).rejects.toThrow(
    /is in ROLLBACK_COMPLETE state and can not be updated/,
  );
  await stacks.delete('undone');
  // It was there before: what is imported isn't what that creation made.
  const importing = { ImportExistingResources: true };
  const failing = {
    Kept: { ...group('/kept'), DeletionPolicy: 'RetainExceptOnCreate' },
    Bad: { ...group('/made'), DependsOn: 'Kept' },
    Twice: { ...group('/made'), DependsOn: 'Bad' },
  };
  expect((await stacks.deploy('undone', failing, importing)).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await groupNames()).toEqual(['/kept']);
  await stacks.delete('undone');
  const taken = await stacks.deploy('undone', { Kept: resources.Kept }, importing);
  expect(taken.StackStatus).toBe('CREATE_COMPLETE');
  const free = { Kept: group('/kept') };
  await stacks.deploy('undone', free);
  await stacks.delete('undone');
  expect(await groupNames()).toEqual([]);
});
