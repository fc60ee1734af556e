import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStacks } from '../../../../controller/adapters/aws/cloudformation/stacks.ts';
import { deployStack } from '../../../../controller/commands/bootstrap/deploy-stack.ts';
import { ConflictError, RefusedError } from '../../../../controller/core/errors.ts';
import type { Resource, Stack } from '../../../../controller/core/infrastructure/template.ts';
import { listen } from '../../../../controller/local/http/listen.ts';
import { forward } from '../../../end-to-end/forward.ts';
import { full, tellSkipped } from '../../../depth.ts';
import { startTestCloud, type TestCloud } from '../../local/harness.ts';

tellSkipped('deployments beside others, and taken back');

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ speed: 100 });
});
afterAll(() => cloud.close());

const REGION = 'us-east-1';

function group(name: string, RetentionInDays = 7): Resource {
  const Properties = { LogGroupName: name, RetentionInDays };
  return { Type: 'AWS::Logs::LogGroup', Properties };
}

function stackOf(name: string, Resources: Readonly<Record<string, Resource>>): Stack {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09' as const,
    Description: 'of a test',
    Resources,
  };
  return { name, region: REGION, template };
}

/** What a person reads on the way. */
function createHere(endpoint = cloud.endpoint) {
  // The SDK's own patience, as the command has it.
  const config = { ...cloud.config(REGION), endpoint, maxAttempts: 4 };
  const client = new CloudFormationClient(config);
  const notes: string[] = [];
  const progress: string[] = [];
  const s3 = async () => new S3Client(config);
  const context = {
    stacks: () => createStacks({ client, region: REGION, s3 }),
    terminal: {
      interactive: false,
      print: () => {},
      note: (text: string) => void notes.push(text),
      progress: (text: string) => void progress.push(text),
      summary: async () => {},
    },
  };
  return { context, client, notes, progress };
}

function order(stack: Stack) {
  const nothing = { outputs: {}, staging: undefined, confirm: async () => {} };
  return { stack, allowReplace: false, ...nothing };
}

/** Between the SDK and the cloud: every request is lost once, before the cloud has it or on the way back. */
async function startLossyProxy(lost: 'request' | 'answer') {
  const seen = new Set<string>();
  const name = (incoming: IncomingMessage, body: Buffer) =>
    `${String(incoming.headers['amz-sdk-invocation-id'])} ${body.length}`;
  const server = await listen(0, () =>
    createServer((incoming, outgoing) => {
      void (async () => {
        const body = await buffer(incoming);
        const isFirst = !seen.has(name(incoming, body));
        seen.add(name(incoming, body));
        if (isFirst && lost === 'request') return void outgoing.socket?.destroy();
        const answer = await forward(cloud.endpoint, incoming, body);
        if (isFirst) return void outgoing.socket?.destroy();
        return void outgoing.writeHead(answer.status, answer.headers).end(answer.body);
      })();
    }),
  );
  return { endpoint: `http://localhost:${server.port}`, seen, close: () => server.close() };
}

describe('one stack', () => {
  it('is made, left alone, changed and deleted', async () => {
    const { context, notes, progress } = createHere();
    const first = stackOf('plain', { A: group('/plain/a') });
    const made = await deployStack(order(first), context);
    expect(made.changes).toMatchObject([{ action: 'add', logicalId: 'A' }]);
    expect(notes).toEqual(['Stack plain in us-east-1, which is new:\n  + AWS::Logs::LogGroup A']);
    const told = progress.filter((line) => line.endsWith('CREATE_COMPLETE A'));
    expect(told).toHaveLength(1);
    expect((await deployStack(order(first), context)).changes).toEqual([]);
    const second = stackOf('plain', { A: group('/plain/a', 14), B: group('/plain/b') });
    const changed = await deployStack(order(second), context);
    expect(changed.changes.map(({ action }) => action).toSorted()).toEqual(['add', 'modify']);
    expect(await context.stacks().delete('plain', () => {})).toEqual([]);
    expect(await context.stacks().read('plain')).toBeUndefined();
    expect(await context.stacks().delete('plain', () => {})).toEqual([]);
  });

  it.each(full ? (['request', 'answer'] as const) : (['answer'] as const))(
    'is made once, also when the %s of every call is lost',
    async (lost) => {
      const proxy = await startLossyProxy(lost);
      const { context, client } = createHere(proxy.endpoint);
      const name = `lossy-${lost}`;
      const made = stackOf(name, { A: group(`/${name}`) });
      expect((await deployStack(order(made), context)).changes).toHaveLength(1);
      const changed = stackOf(name, { A: group(`/${name}`, 14) });
      expect((await deployStack(order(changed), context)).changes).toHaveLength(1);
      expect(await context.stacks().delete(name, () => {})).toEqual([]);
      const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
      expect(StackSummaries.filter(({ StackName }) => StackName === name)).toHaveLength(1);
      expect(proxy.seen.size).toBeGreaterThan(15);
      await proxy.close();
    },
  );

  it('says why it was rolled back; the next run deletes it and makes it anew', async () => {
    const { context, notes } = createHere();
    // CloudWatch Logs knows no retention of two days.
    const bad = stackOf('bad', { A: group('/bad/a'), B: group('/bad/b', 2) });
    const failed = deployStack(order(bad), context);
    await expect(failed).rejects.toThrow(RefusedError);
    await expect(failed).rejects.toThrow(/not changed \(ROLLBACK_COMPLETE\): B: /);
    const good = stackOf('bad', { A: group('/bad/a'), B: group('/bad/b', 3) });
    expect((await deployStack(order(good), context)).changes).toHaveLength(2);
    expect(notes).toContainEqual(expect.stringContaining('it is deleted and made anew'));
    const worse = stackOf('bad', { A: group('/bad/a', 2) });
    await expect(deployStack(order(worse), context)).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE/);
    expect(await context.stacks().read('bad')).toMatchObject({ template: good.template });
  });

  it('is left alone when it would lose what nothing stands in for', async () => {
    const { context } = createHere();
    const store = { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'precious' } };
    const Url = 'https://token.actions.githubusercontent.com';
    const ids = { Url, ClientIdList: ['sts.amazonaws.com'] };
    // One per account, so roles that are none of the stack's may trust it.
    const provider = { Type: 'AWS::IAM::OIDCProvider', Properties: ids };
    const whole = stackOf('keeper', { A: group('/keeper'), P: provider, S: store });
    await deployStack(order(whole), context);
    const without = stackOf('keeper', { A: group('/keeper') });
    const refused = deployStack(order(without), context);
    await expect(refused).rejects.toThrow('- AWS::CloudFront::KeyValueStore S');
    await expect(refused).rejects.toThrow('- AWS::IAM::OIDCProvider P');
    const { changes } = await deployStack({ ...order(without), allowReplace: true }, context);
    expect(changes.map(({ action, logicalId }) => `${action} ${logicalId}`).toSorted()).toEqual([
      'remove P',
      'remove S',
    ]);
  });

  it('is not begun when what it was rendered from has moved, and nothing empty stays', async () => {
    const { context } = createHere();
    const confirm = () => Promise.reject(new ConflictError('moved'));
    const stopped = deployStack(
      { ...order(stackOf('late', { A: group('/late') })), confirm },
      context,
    );
    await expect(stopped).rejects.toThrow('moved');
    const client = new CloudFormationClient(cloud.config(REGION));
    const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
    const states = StackSummaries.filter(({ StackName }) => StackName === 'late');
    expect(states.every(({ StackStatus }) => StackStatus === 'DELETE_COMPLETE')).toBe(true);
  });

  it('is not left alone while another run still makes the very same', async () => {
    const { context } = createHere();
    const store = { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'under-way' } };
    const stack = stackOf('under-way', { S: store });
    const { template, name } = stack;
    const changeSet = await context.stacks().prepare({ name, template, parameters: {} });
    let begun = (): void => {};
    const isBegun = new Promise<void>((resolve) => void (begun = resolve));
    const other = context.stacks().execute(name, changeSet, () => begun());
    await isBegun;
    await expect(deployStack(order(stack), context)).rejects.toThrow(ConflictError);
    await other;
    expect((await deployStack(order(stack), context)).changes).toEqual([]);
  });

  it.skipIf(!full)('belongs to one run at a time', async () => {
    const slow = stackOf('busy', {
      S: { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'busy' } },
    });
    const runs = [createHere(), createHere()].map(({ context }) =>
      deployStack(order(slow), context),
    );
    const [one, other] = await Promise.allSettled(runs);
    const failures = [one, other].flatMap((run) =>
      run?.status === 'rejected' ? [run.reason as unknown] : [],
    );
    expect(failures.length).toBeLessThan(2);
    for (const failure of failures) expect(failure).toBeInstanceOf(ConflictError);
    expect((await createHere().context.stacks().read('busy'))?.status).toMatch(
      /^(CREATE|UPDATE)_COMPLETE$/,
    );
  });

  it('may be larger than a request', async () => {
    const { context } = createHere();
    const s3 = new S3Client(cloud.config(REGION));
    await s3.send(new CreateBucketCommand({ Bucket: 'staging' }));
    // CloudFormation takes 4,000 bytes of description each (documented).
    const parameter = { Type: 'String', Description: 'x'.repeat(4000), Default: '' };
    const names = Array.from({ length: 14 }, (_, index) => [`P${index}`, parameter] as const);
    const { template, ...large } = stackOf('large', { A: group('/large') });
    const wide = { ...large, template: { ...template, Parameters: Object.fromEntries(names) } };
    await expect(deployStack(order(wide), context)).rejects.toThrow('more than 51200 bytes');
    const staging = { bucket: 'staging', region: REGION };
    const { changes } = await deployStack({ ...order(wide), staging }, context);
    expect(changes).toHaveLength(1);
    expect((await deployStack({ ...order(wide), staging }, context)).changes).toEqual([]);
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: 'staging' }));
    expect(KeyCount).toBe(0);
  });
});
