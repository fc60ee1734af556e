import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { request } from 'node:http';
import { beforeAll, expect, it, vi } from 'vitest';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import type { EdgeGroup, FunctionsGroup } from '../../../controller/core/policy/policy.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { planAll } from '../../../controller/read/plan-all.ts';
import { GROUP, Killed } from '../../fakes/world.ts';
import { useCloud } from '../adapters/aws/cloud-context.ts';
import { createStore } from '../adapters/aws/create-store.ts';
import { associate, distribute } from '../local/edge/account.ts';
import { PATIENCE } from '../../patience.ts';

const held = useCloud();
const HOST = 'shop.test';
const FIRST = 'function before(event) { return event.request; }';
/** Golden events don't meet it. */
const BROKEN = `function before(event) {
  if (event.request.uri === '/boom') throw new Error('boom');
  return event.request;
}`;

/** Edge groups with one viewer file and a clock that can be set back. */
const setting = { viewer: FIRST, secondsAgo: 0 };

beforeAll(async () => {
  const s3 = new S3Client(held.cloud.config());
  await s3.send(new CreateBucketCommand({ Bucket: GROUP.bucket }));
  s3.destroy();
  const cloudfront = new CloudFrontClient(held.cloud.config());
  await createStore(cloudfront, 'headgate-staging');
  await createStore(cloudfront, 'headgate-prod');
  cloudfront.destroy();
});

function contextNow(changes: Partial<Context> = {}): Context {
  const { clock, files, terminal } = held.context;
  return {
    ...held.context,
    terminal: { ...terminal, progress: () => {} },
    clock: {
      now: () => new Date(Date.now() - setting.secondsAgo * 1000),
      sleep: (milliseconds) => clock.sleep(milliseconds / 20),
    },
    files: { ...files, readText: async () => setting.viewer },
    ...changes,
  };
}

const PROD: FunctionsGroup = { ...GROUP, before: 'policies/viewer.js' };
const STAGING: FunctionsGroup = { ...PROD, name: 'staging', keyValueStore: 'headgate-staging' };

async function reconcile(groups: readonly EdgeGroup[] = [PROD], context = contextNow()) {
  const around = { run: { by: 'tester', commit: undefined }, isComplete: true };
  const makePlans = () => planAll(context, { groups, apps: [] }, around);
  const { set, failures } = await makePlans();
  expect(failures).toEqual([]);
  const outcomes = await applyAll(set, { context, makePlans });
  return outcomes.map(({ plan, status, exitCode, problem }) => ({
    status,
    exitCode,
    problem,
    why: plan.why,
    writes: plan.changes.map(({ kind }) => kind),
  }));
}

const liveCode = async (group = 'prod') =>
  (await held.context.edgeCode.readLive(`headgate-${group}-request`))?.code;
const record = async (group = 'prod') =>
  (await held.context.codeRecords(GROUP).read(group))?.record;

/** A context that dies before it writes the record of a group's code. */
function dying(): Context {
  const write = async () => {
    throw new Killed('before the record');
  };
  return contextNow({
    codeRecords: (place) => ({
      read: (group) => held.context.codeRecords(place).read(group),
      write,
    }),
  });
}

it('publishes first code, writes the record last, and then nothing', async () => {
  const [first] = await reconcile();
  expect(first?.problem).toBeUndefined();
  expect(first).toMatchObject({ status: 'applied', exitCode: 0 });
  expect(await record()).toMatchObject({ releases: [{ quiet: true }] });
  expect(await reconcile()).toMatchObject([{ status: 'unchanged', writes: [] }]);
});

it('changes nothing when golden tests fail', async () => {
  const before = { code: await liveCode(), record: await record() };
  setting.viewer = 'function before(event) { throw new Error("always"); }';
  const [outcome] = await reconcile();
  expect(outcome).toMatchObject({ status: 'failed', exitCode: 3 });
  expect(outcome?.problem).toContain('always');
  expect({ code: await liveCode(), record: await record() }).toEqual(before);
});

it("refuses a viewer file that can't be composed in, with its place, and changes nothing", async () => {
  const before = await liveCode();
  setting.viewer = 'function before(event) { const { request } = event; return request; }';
  const [outcome] = await reconcile();
  expect(outcome).toMatchObject({ status: 'refused', exitCode: 2 });
  expect(outcome?.why).toContain('policies/viewer.js:1:32: ');
  expect(await liveCode()).toBe(before);
});

it('converges when a run dies between publishing and the record', async () => {
  setting.viewer = BROKEN;
  setting.secondsAgo = 120;
  const [killed] = await reconcile([PROD], dying());
  expect(killed).toMatchObject({ status: 'failed' });
  expect(await liveCode()).toContain('boom');
  expect(await reconcile()).toMatchObject([{ status: 'applied', writes: ['write-code-record'] }]);
  expect(await record()).toMatchObject({ releases: [{ quiet: false }, { quiet: true }] });
});

it('rolls back, from the archive, code whose `before` throws at run time; also after a crash', async () => {
  await serveProd();
  setting.secondsAgo = 0;
  const [watching] = await reconcile();
  expect(watching).toMatchObject({ status: 'unchanged', why: expect.stringContaining('watched') });
  await vi.waitFor(async () => expect(await sourceOf('/boom')).toMatch(/^FunctionExec/), PATIENCE);
  for (let run = 0; run < 11; run++) await sourceOf('/boom');
  const [killed] = await reconcile([PROD], dying());
  expect(killed).toMatchObject({ status: 'failed' });
  expect(await liveCode()).not.toContain('boom');
  const [rolledBack] = await reconcile();
  expect(rolledBack).toMatchObject({ exitCode: 5, writes: ['write-code-record'] });
  await vi.waitFor(
    async () => expect(await sourceOf('/boom')).toMatch(/^FunctionGenerated/),
    PATIENCE,
  );
  const [barred] = await reconcile();
  expect(barred).toMatchObject({ status: 'unchanged', writes: [], exitCode: 0 });
  expect(barred?.why).toContain('stays out until the source changes');
});

it('takes a pinned hash from the archive, both functions, and names what there is otherwise', async () => {
  const hash = (await record())?.releases.find(({ failed }) => failed)?.hash ?? '';
  expect(await reconcile([{ ...PROD, code: hash }])).toMatchObject([{ status: 'applied' }]);
  expect(await liveCode()).toContain('boom');
  const [unknown] = await reconcile([{ ...PROD, code: '0123456789abcdef' }]);
  expect(unknown).toMatchObject({ status: 'refused', exitCode: 2 });
  expect(unknown?.why).toContain(hash);
});

it('gives a later group its new code once the earlier one had its own live and quiet', async () => {
  const both = [STAGING, PROD];
  setting.viewer = `${FIRST} // one`;
  setting.secondsAgo = 900;
  // The first code of staging is nobody's yet, and not live before this run ends.
  expect(await reconcile(both)).toMatchObject([{ status: 'applied' }, { status: 'unchanged' }]);
  expect(await reconcile(both)).toMatchObject([{ status: 'unchanged' }, { status: 'applied' }]);
  setting.viewer = 'function before(event) { event.request.headers["x-two"] = { value: "2" }; }';
  const [first, waiting] = await reconcile(both);
  expect([first, waiting]).toMatchObject([{ status: 'applied' }, { status: 'unchanged' }]);
  expect(waiting?.why).toContain('until group staging');
  expect(await liveCode()).not.toContain('x-two');
  setting.secondsAgo = 0;
  await reconcile(both);
  await reconcile(both);
  expect(await liveCode()).toContain('x-two');
});

async function serveProd(): Promise<void> {
  const names = ['request', 'response'].map((role) => `headgate-prod-${role}`);
  const live = await Promise.all(names.map((name) => held.context.edgeCode.readLive(name)));
  const cloudFront = new CloudFrontClient(held.cloud.config());
  const functions = { 'viewer-request': String(live[0]?.arn) };
  await distribute(
    { cloudFront, advance: () => {} },
    { host: HOST, behaviour: associate(functions) },
  );
  cloudFront.destroy();
}

/** Who answered: the function, or CloudFront because the function failed. */
function sourceOf(path: string): Promise<string> {
  const { port } = new URL(held.cloud.edgeUrl);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { host: HOST } };
    const outgoing = request(options, (answer) => {
      answer.resume();
      resolve(String(answer.headers['x-cache']));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
