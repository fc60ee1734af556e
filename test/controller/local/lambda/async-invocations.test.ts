import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda';
import { expect, it, vi } from 'vitest';
import { startRecorder, type Recorder } from '../events/recorder.ts';
import { functionZip } from './archive.ts';
import { PATIENCE } from '../../../patience.ts';

const invoke = (recorder: Recorder, FunctionName: string, event: object) =>
  recorder.lambda.send(
    new InvokeCommand({
      FunctionName,
      InvocationType: 'Event',
      Payload: JSON.stringify(event),
    }),
  );

it('runs a failed event twice more, after a minute and after two, as the same request', async () => {
  const recorder = await startRecorder();
  await recorder.define('failing', { isOpen: false, fails: 3 });
  const started = performance.now();
  const answer = await invoke(recorder, 'failing', { n: 1 });
  expect(answer).toMatchObject({ StatusCode: 202 });
  expect(answer.Payload ?? []).toHaveLength(0);
  const first = await recorder.wait((event) => event['runs'] === 1);
  const second = await recorder.wait((event) => event['runs'] === 2);
  expect(performance.now() - started).toBeGreaterThanOrEqual(300);
  await recorder.wait((event) => event['runs'] === 3);
  expect(performance.now() - started).toBeGreaterThanOrEqual(900);
  expect(first['awsRequestId']).toBe(answer.$metadata.requestId);
  expect(second['awsRequestId']).toBe(first['awsRequestId']);
  await recorder.waitForLog('dropped after 3 attempts');
  await expect(invoke(recorder, 'failing', { long: 'x'.repeat(256 * 1024) })).rejects.toMatchObject(
    { name: 'RequestTooLargeException' },
  );
  await recorder.close();
});

it('does not forget an event when the cloud ends', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-events-'));
  // Until its third and last attempt, 1.8 s later, there is time to end the cloud.
  const recorder = await startRecorder({ directory, speed: 100 });
  await recorder.define('failing', { isOpen: false, fails: 3 });
  await invoke(recorder, 'failing', { n: 2 });
  await recorder.wait((event) => event['runs'] === 1);
  await recorder.restart();
  // In a new environment, which has never run it.
  const firsts = () => recorder.seen().filter((event) => event['runs'] === 1);
  await vi.waitFor(() => expect(firsts()).toHaveLength(2), PATIENCE);
  expect(firsts()[1]).toEqual(firsts()[0]);
  await recorder.close();
  await rm(directory, { recursive: true });
});

it('delivers as often as is asked for: at least once is all that EventBridge promises', async () => {
  const recorder = await startRecorder({ eventCopies: 2 });
  await recorder.publishOnce('twice');
  await vi.waitFor(() => expect(recorder.seen()).toHaveLength(2), PATIENCE);
  expect(recorder.seen()[1]).toEqual(recorder.seen()[0]);
  await recorder.close();
});

it('keeps permissions as a policy of the function', async () => {
  const recorder = await startRecorder();
  const { lambda } = recorder;
  const FunctionName = 'recorder';
  const permit = (StatementId: string) =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId,
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: 'arn:aws:events:us-east-1:000000000000:rule/r',
      }),
    );
  const { Statement } = await permit('bus');
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  expect((JSON.parse(Policy ?? '') as { Statement: unknown[] }).Statement).toContainEqual(
    JSON.parse(Statement ?? ''),
  );
  expect(JSON.parse(Statement ?? '')).toEqual({
    Sid: 'bus',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: recorder.arn,
    Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:us-east-1:000000000000:rule/r' } },
  });
  await expect(permit('bus')).rejects.toMatchObject({ name: 'ResourceConflictException' });
  for (const StatementId of ['bus', 'events']) {
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));
  }
  await expect(lambda.send(new GetPolicyCommand({ FunctionName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(
    lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 'bus' })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await lambda.send(new DeleteFunctionCommand({ FunctionName }));
  await recorder.close();
});

it('refuses environment variables that Lambda sets itself, or that are too long', async () => {
  const recorder = await startRecorder();
  const create = (Variables: Record<string, string>) =>
    recorder.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'variables',
        Role: 'arn:aws:iam::000000000000:role/edge',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: functionZip('') },
        Environment: { Variables },
      }),
    );
  for (const Variables of [{ AWS_REGION: 'x' }, { 'a-b': 'x' }, { LONG: 'x'.repeat(4096) }]) {
    await expect(create(Variables)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  }
  await recorder.close();
});
