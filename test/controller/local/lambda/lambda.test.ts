import {
  CreateDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
  type EventType,
  type LambdaFunctionAssociation,
} from '@aws-sdk/client-cloudfront';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  type CreateFunctionCommandInput,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeConfig, createBucket } from '../edge/account.ts';
import { startWorld, type World } from '../edge/world.ts';
import { functionZip, zip } from './archive.ts';

let world: World;
let lambda: LambdaClient;

beforeAll(async () => {
  world = await startWorld();
  await createBucket(world);
  ({ lambda } = world);
});
afterAll(() => world.close());

const HANDLER = 'exports.handler = async (event) => event.Records[0].cf.request;';
const Role = 'arn:aws:iam::123456789012:role/edge/shop';

const create = (FunctionName: string, more: Partial<CreateFunctionCommandInput> = {}) =>
  lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Code: { ZipFile: functionZip(HANDLER) },
      ...more,
    }),
  );
const readConfig = (FunctionName: string, Qualifier?: string) =>
  lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName, ...(Qualifier && { Qualifier }) }),
  );
const update = (FunctionName: string, source: string, more = {}) =>
  lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: functionZip(source), ...more }),
  );
const publish = (FunctionName: string, more = {}) =>
  lambda.send(new PublishVersionCommand({ FunctionName, ...more }));
const settle = () => world.advance(1);
const refusedAs = (name: string, message = '') => ({
  name,
  message: expect.stringContaining(message) as string,
});

describe('functions', () => {
  it('are Pending, then Active; code and hash are the ones that were sent', async () => {
    await expect(readConfig('new')).rejects.toMatchObject({
      ...refusedAs('ResourceNotFoundException'),
      $metadata: { httpStatusCode: 404 },
    });
    const created = await create('new');
    const zipped = functionZip(HANDLER);
    expect(created).toMatchObject({
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:new',
      Version: '$LATEST',
      State: 'Pending',
      CodeSha256: createHash('sha256').update(zipped).digest('base64'),
      CodeSize: zipped.length,
      Timeout: 3,
      MemorySize: 128,
      $metadata: { httpStatusCode: 201 },
    });
    await expect(create('new')).rejects.toMatchObject(refusedAs('ResourceConflictException'));
    await expect(publish('new')).rejects.toMatchObject(refusedAs('ResourceConflictException'));
    settle();
    const active = { client: lambda, maxWaitTime: 5 };
    const waited = await waitUntilFunctionActiveV2(active, { FunctionName: 'new' });
    expect(waited.state).toBe('SUCCESS');
    const byArn = await lambda.send(
      new GetFunctionCommand({ FunctionName: created.FunctionArn ?? '' }),
    );
    expect(byArn.Configuration).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
  });

  it('are listed, each as it is now', async () => {
    const { CodeSha256 } = await create('listed');
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const listed = Functions.filter(({ FunctionName }) => FunctionName === 'listed');
    expect(listed).toMatchObject([{ CodeSha256, State: 'Pending', Version: '$LATEST' }]);
  });

  it('change their code against a revision', async () => {
    const { RevisionId } = await create('changing');
    settle();
    const updated = await update('changing', `${HANDLER}//2`, { RevisionId });
    expect(updated.LastUpdateStatus).toBe('InProgress');
    expect(updated.RevisionId).not.toBe(RevisionId);
    await expect(update('changing', HANDLER)).rejects.toMatchObject(
      refusedAs('ResourceConflictException', 'update is in progress'),
    );
    settle();
    await expect(update('changing', HANDLER, { RevisionId })).rejects.toMatchObject({
      ...refusedAs('PreconditionFailedException'),
      $metadata: { httpStatusCode: 412 },
    });
    expect((await readConfig('changing')).CodeSha256).toBe(updated.CodeSha256);
  });

  it('get a new version only for new code, and only for the code that was meant', async () => {
    const { CodeSha256: first } = await create('versions');
    settle();
    await expect(publish('versions', { CodeSha256: 'other' })).rejects.toMatchObject(
      refusedAs('InvalidParameterValueException', 'different from current CodeSHA256'),
    );
    expect(await publish('versions', { CodeSha256: first })).toMatchObject({
      Version: '1',
      State: 'Pending',
      FunctionArn: expect.stringMatching(/:function:versions:1$/) as string,
    });
    expect((await publish('versions')).Version).toBe('1');
    const second = await update('versions', `${HANDLER}//2`);
    settle();
    expect((await publish('versions', { Description: 'two' })).Version).toBe('2');
    expect(await readConfig('versions', '1')).toMatchObject({ CodeSha256: first, State: 'Active' });
    expect(await readConfig('versions:2')).toMatchObject({
      CodeSha256: second.CodeSha256,
      Description: 'two',
    });
    const listed = await lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName: 'versions' }),
    );
    expect(listed.Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2']);
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'versions', Qualifier: '2' }));
    expect((await update('versions', `${HANDLER}//3`, { Publish: true })).Version).toBe('3');
  });

  it('change their configuration, which makes another version, too', async () => {
    const { RevisionId, CodeSha256 } = await create('configured', { Publish: true });
    settle();
    const configure = (more: Partial<UpdateFunctionConfigurationCommandInput>) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'configured', ...more }));
    await expect(configure({ Timeout: 5, RevisionId: 'old' })).rejects.toMatchObject(
      refusedAs('PreconditionFailedException'),
    );
    const { RevisionId: latest } = await readConfig('configured');
    expect(latest).not.toBe(RevisionId);
    const changed = await configure({ Timeout: 5, Description: 'five', RevisionId: latest });
    expect(changed).toMatchObject({
      Timeout: 5,
      MemorySize: 128,
      CodeSha256,
      LastUpdateStatus: 'InProgress',
    });
    await expect(publish('configured')).rejects.toMatchObject(
      refusedAs('ResourceConflictException', 'update is in progress'),
    );
    settle();
    expect(await publish('configured')).toMatchObject({ Version: '2', Description: 'five' });
    expect(await publish('configured')).toMatchObject({ Version: '2' });
    expect(await readConfig('configured', '1')).toMatchObject({ Timeout: 3 });
    await expect(configure({ KMSKeyArn: 'arn:aws:kms:x' })).rejects.toMatchObject(
      refusedAs('InvalidParameterValueException'),
    );
  });

  it('keep a reserved concurrency until it is taken away', async () => {
    const FunctionName = 'reserved';
    await create(FunctionName);
    const read = async () =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })))
        .ReservedConcurrentExecutions;
    expect(await read()).toBeUndefined();
    const reserve = { FunctionName, ReservedConcurrentExecutions: 1 };
    await lambda.send(new PutFunctionConcurrencyCommand(reserve));
    expect(await read()).toBe(1);
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    expect(await read()).toBeUndefined();
  });

  it('are refused with a role, runtime, handler or archive that would not run', async () => {
    const broken = functionZip(HANDLER).subarray(0, 40);
    const wrong: Partial<CreateFunctionCommandInput>[] = [
      { Role: 'shop' },
      { Runtime: 'python3.13' },
      { Handler: 'main.handler' },
      { Code: { ZipFile: broken } },
      { Code: { ZipFile: zip({ 'main.js': HANDLER }) } },
      { Code: { S3Bucket: 'builds', S3Key: 'x' } },
      { Timeout: 901 },
      { Layers: ['arn:x'] },
      { FunctionName: 'no spaces' },
    ];
    for (const more of wrong) {
      await expect(create('wrong', more), JSON.stringify(more)).rejects.toMatchObject(
        refusedAs('InvalidParameterValueException'),
      );
    }
    const page = new ListFunctionsCommand({ Marker: 'next' });
    await expect(lambda.send(page)).rejects.toMatchObject(
      refusedAs('InvalidParameterValueException', 'Marker'),
    );
    const unknown = new ListAliasesCommand({ FunctionName: 'versions' });
    await expect(lambda.send(unknown)).rejects.toMatchObject(
      refusedAs('UnknownOperationException'),
    );
  });
});

describe('at the edge', () => {
  let arn: string;
  const association = (EventType: EventType, LambdaFunctionARN: string, more = {}) => ({
    EventType,
    LambdaFunctionARN,
    ...more,
  });
  const associate = (host: string, Items: LambdaFunctionAssociation[]) =>
    world.cloudFront.send(
      new CreateDistributionCommand({
        DistributionConfig: composeConfig({
          host,
          behaviour: { LambdaFunctionAssociations: { Quantity: Items.length, Items } },
        }),
      }),
    );
  const publishNew = async (name: string, more: Partial<CreateFunctionCommandInput> = {}) => {
    const made = await create(name, { Publish: true, ...more });
    settle();
    return String(made.FunctionArn);
  };
  beforeAll(async () => {
    arn = await publishNew('edge');
  });

  it('a numbered, Active version of us-east-1 inside the limits of its event is taken', async () => {
    const large = zip({ 'index.js': HANDLER, data: randomBytes(1024 ** 2) });
    const refused: [string, LambdaFunctionAssociation, string][] = [
      ['$LATEST', association('viewer-request', arn.replace(/:1$/, '')), 'version number'],
      ['unknown', association('viewer-request', arn.replace(/:1$/, ':9')), "doesn't exist"],
      ['region', association('origin-request', arn.replace('us-east-1', 'eu-west-1')), 'us-east-1'],
      ['body', association('origin-response', arn, { IncludeBody: true }), 'IncludeBody'],
      [
        'environment',
        association(
          'origin-request',
          await publishNew('env', { Environment: { Variables: { STAGE: '1' } } }),
        ),
        'environment variables',
      ],
      ['timeout', association('viewer-response', await publishNew('slow', { Timeout: 6 })), '6 s'],
      [
        'size',
        association('viewer-request', await publishNew('big', { Code: { ZipFile: large } })),
        'bytes',
      ],
      [
        'arm',
        association('origin-request', await publishNew('arm', { Architectures: ['arm64'] })),
        'x86_64',
      ],
    ];
    for (const [what, wrong, message] of refused) {
      await expect(associate(what, [wrong]), what).rejects.toMatchObject({
        ...refusedAs('InvalidLambdaFunctionAssociation', message),
        $metadata: { httpStatusCode: 400 },
      });
    }
    const twice = [association('origin-request', arn), association('origin-request', arn)];
    await expect(associate('twice', twice)).rejects.toMatchObject(
      refusedAs('InvalidLambdaFunctionAssociation'),
    );
    const pending = String((await create('pending', { Publish: true })).FunctionArn);
    const early = association('origin-request', pending);
    await expect(associate('pending', [early])).rejects.toMatchObject(
      refusedAs('InvalidLambdaFunctionAssociation', 'Active state'),
    );
    settle();
    await associate('pending', [early]);
    // What is too much for a viewer event is not for an origin event.
    const slowArn = arn.replace(':edge:', ':slow:');
    await associate('origin', [association('origin-response', slowArn)]);
  });

  it('a version that a distribution uses, or used a moment ago, cannot be deleted', async () => {
    const { cloudFront } = world;
    const used = await publishNew('used');
    await update('used', `${HANDLER}//2`, { Publish: true });
    settle();
    const item = association('viewer-request', used, { IncludeBody: true });
    const { Distribution } = await associate('used.test', [item]);
    world.advance(3);
    const Id = String(Distribution?.Id);
    const { DistributionConfig, ETag } = await cloudFront.send(
      new GetDistributionConfigCommand({ Id }),
    );
    expect(DistributionConfig?.DefaultCacheBehavior?.LambdaFunctionAssociations).toEqual({
      Quantity: 1,
      Items: [item],
    });
    const remove = (Qualifier?: string) =>
      lambda.send(
        new DeleteFunctionCommand({ FunctionName: 'used', ...(Qualifier && { Qualifier }) }),
      );
    const replicated = refusedAs('InvalidParameterValueException', 'replicated function');
    await expect(remove('1')).rejects.toMatchObject(replicated);
    await expect(remove()).rejects.toMatchObject(replicated);
    await expect(remove('$LATEST')).rejects.toMatchObject(
      refusedAs('InvalidParameterValueException'),
    );
    await remove('2');
    await cloudFront.send(
      new UpdateDistributionCommand({
        Id,
        IfMatch: ETag,
        DistributionConfig: composeConfig({ host: 'used.test' }),
      }),
    );
    await expect(remove('1')).rejects.toMatchObject(replicated);
    world.advance(599);
    await expect(remove('1')).rejects.toMatchObject(replicated);
    world.advance(1);
    await remove('1');
    await remove();
    await expect(readConfig('used')).rejects.toMatchObject(refusedAs('ResourceNotFoundException'));
  });
});
