import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { beforeAll, expect, it, vi } from 'vitest';
import { archiveCode } from '../../../controller/adapters/aws/lambda/archive.ts';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import type { LambdaGroup } from '../../../controller/core/policy/policy.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { planAll } from '../../../controller/read/plan-all.ts';
import { LAMBDA_GROUP } from '../../fakes/world.ts';
import { useCloud } from '../adapters/aws/cloud-context.ts';
import { PATIENCE } from '../../patience.ts';

const held = useCloud();
const NAME = 'headgate-prod';
const viewer = (body: string) => `function before(event) { ${body} }`;
const FIRST = viewer('return event.Records[0].cf.request;');
const SECOND = viewer('const { request } = event.Records[0].cf; return request;');
const BROKEN = viewer("throw new Error('boom');");

const setting = { viewer: FIRST, secondsAgo: 0, failures: 0 };
const GROUP: LambdaGroup = { ...LAMBDA_GROUP, before: 'policies/viewer.js' };

beforeAll(async () => {
  const s3 = new S3Client(held.cloud.config());
  await s3.send(new CreateBucketCommand({ Bucket: GROUP.bucket }));
  s3.destroy();
});

function context(changes: Partial<Context> = {}): Context {
  const { files, terminal } = held.context;
  return {
    ...held.context,
    terminal: { ...terminal, progress: () => {} },
    clock: {
      now: () => new Date(Date.now() - setting.secondsAgo * 1000),
      sleep: async () => {},
    },
    files: { ...files, readText: async () => setting.viewer },
    functionMetrics: {
      countErrors: () => Promise.reject(new Error('not of this runtime')),
      countLambdaErrors: async () => setting.failures,
    },
    ...changes,
  };
}

async function reconcile(group: LambdaGroup = GROUP, around = context()) {
  const options = { run: { by: 'tester', commit: undefined }, isComplete: true };
  const makePlans = () => planAll(around, { groups: [group], apps: [] }, options);
  const { set, failures } = await makePlans();
  expect(failures).toEqual([]);
  const [outcome] = await applyAll(set, { context: around, makePlans });
  const { status, exitCode, problem, plan } = outcome ?? {};
  return {
    status,
    exitCode,
    problem,
    why: plan?.why,
    writes: plan?.changes.map(({ kind }) => kind),
  };
}

const last = () => held.context.lambdaCode.readLast(NAME);
const versionOf = (arn = '') => Number(arn.split(':').at(-1));
const PUBLISHED = ['publish-version', 'write-code-record'];

it('publishes a numbered version, and another one only when the content changes', async () => {
  expect(await reconcile()).toMatchObject({ status: 'applied', writes: PUBLISHED });
  expect(versionOf((await last())?.arn)).toBe(1);
  expect(await reconcile()).toMatchObject({ status: 'unchanged', writes: [] });
  setting.viewer = SECOND;
  setting.secondsAgo = 1200;
  expect(await reconcile()).toMatchObject({ status: 'applied', writes: PUBLISHED });
  expect(versionOf((await last())?.arn)).toBe(2);
  setting.secondsAgo = 0;
  expect(await reconcile()).toMatchObject({ writes: ['write-code-record'] });
});

it('code that fails a golden event is refused, and no version is made of it', async () => {
  setting.viewer = BROKEN;
  const { status, exitCode, problem } = await reconcile();
  expect({ status, exitCode }).toEqual({ status: 'failed', exitCode: 3 });
  expect(problem).toContain('a host without a route is answered: boom');
  expect(versionOf((await last())?.arn)).toBe(2);
  setting.viewer = SECOND;
});

it('code that fails at the edge goes back to what was quiet, in a new version', async () => {
  const quiet = await last();
  setting.viewer = FIRST.replace('return', 'event.seen = 1; return');
  setting.secondsAgo = 300;
  await reconcile();
  setting.failures = 11;
  setting.secondsAgo = 0;
  expect(await reconcile()).toMatchObject({ exitCode: 5, writes: PUBLISHED });
  const back = await last();
  expect(back?.codeSha256).toBe(quiet?.codeSha256);
  expect(versionOf(back?.arn)).toBe(4);
  setting.failures = 0;
  expect(await reconcile()).toMatchObject({
    status: 'unchanged',
    why: expect.stringContaining('was rolled back') as string,
  });
});

it('a code pin comes from the archive, another role is another version', async () => {
  const { releases = [] } = (await held.context.codeRecords(GROUP).read(GROUP.name))?.record ?? {};
  const oldest = String(releases.at(-1)?.hash);
  expect(await reconcile({ ...GROUP, code: oldest })).toMatchObject({ status: 'applied' });
  expect(versionOf((await last())?.arn)).toBe(5);
  const role = 'arn:aws:iam::000000000000:role/another';
  await reconcile({ ...GROUP, code: oldest, role });
  expect(await last()).toMatchObject({ role, isCurrent: true });
  expect(versionOf((await last())?.arn)).toBe(6);
  expect(await reconcile({ ...GROUP, code: oldest, role })).toMatchObject({ writes: [] });
});

it('code that someone else published is put back', async () => {
  const lambda = new LambdaClient(held.cloud.config());
  const foreign = archiveCode('exports.handler = async () => ({ status: "200" });');
  await vi.waitFor(async () => {
    const update = { FunctionName: NAME, ZipFile: foreign, Publish: true };
    await lambda.send(new UpdateFunctionCodeCommand(update));
  }, PATIENCE);
  lambda.destroy();
  expect(versionOf((await last())?.arn)).toBe(7);
  const { releases = [] } = (await held.context.codeRecords(GROUP).read(GROUP.name))?.record ?? {};
  const pinned = { ...GROUP, code: String(releases[0]?.hash) };
  expect(await reconcile(pinned)).toMatchObject({ status: 'applied', writes: ['publish-version'] });
  expect(versionOf((await last())?.arn)).toBe(8);
});
