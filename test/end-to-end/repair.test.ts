import {
  GetDistributionConfigCommand,
  GetFunctionCommand,
  PublishFunctionCommand,
  UpdateDistributionCommand,
  UpdateFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import {
  DescribeKeyValueStoreCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { full } from '../depth.ts';
import { keys } from '../../controller/core/state/keys.ts';
import { findStore, readLive, type Live } from './live.ts';
import { BUCKET, composePolicy, HOSTS, type Policy } from './policy.ts';
import { A, createSetting, type Setting } from './setting.ts';

const FUNCTION = 'headgate-prod-request';

/** Build A serves everyone, and `released` is what that looks like. */
let setting: Setting;
let released: Live;
let policy: Policy;

beforeAll(async () => {
  setting = await createSetting([A]);
  policy = composePolicy(setting.distributions, { prod: { build: A } });
  await setting.run(['reconcile'], { policy });
  released = await readLive(setting);
  expect(new Set(released.pages)).toEqual(new Set([A]));
});
afterAll(() => setting.close());

async function changeKeys(mine: Setting, change: object): Promise<void> {
  const KvsARN = await findStore(mine);
  const { keyValueStore } = mine.clients;
  const { ETag } = await keyValueStore.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  await keyValueStore.send(new UpdateKeysCommand({ KvsARN, IfMatch: ETag, ...change }));
}

async function loseStoreAndRecord(mine: Setting): Promise<void> {
  await changeKeys(mine, { Deletes: Object.keys(released.store).map((Key) => ({ Key })) });
  const record = { Bucket: BUCKET, Key: keys.record('shop', 'prod') };
  await mine.clients.s3.send(new DeleteObjectCommand(record));
}

async function editRoute(mine: Setting): Promise<void> {
  const Value = String(released.store[HOSTS.prod]).replace('"spa":1', '"spa":0');
  await changeKeys(mine, { Puts: [{ Key: HOSTS.prod, Value }] });
}

async function readCode({ clients }: Setting): Promise<string> {
  const get = new GetFunctionCommand({ Name: FUNCTION, Stage: 'LIVE' });
  return Buffer.from((await clients.cloudFront.send(get)).FunctionCode ?? []).toString();
}

async function editCode(mine: Setting): Promise<void> {
  const { cloudFront } = mine.clients;
  const { ETag } = await cloudFront.send(new GetFunctionCommand({ Name: FUNCTION }));
  const update = new UpdateFunctionCommand({
    Name: FUNCTION,
    IfMatch: ETag,
    FunctionConfig: { Comment: 'by hand', Runtime: 'cloudfront-js-2.0' },
    FunctionCode: Buffer.from('function handler() { return { statusCode: 418 }; }'),
  });
  await cloudFront.send(update);
  const { ETag: changed } = await cloudFront.send(new GetFunctionCommand({ Name: FUNCTION }));
  await cloudFront.send(new PublishFunctionCommand({ Name: FUNCTION, IfMatch: changed }));
}

async function removeAssociation({ clients, distributions }: Setting): Promise<void> {
  const Id = distributions.prod;
  const { cloudFront } = clients;
  const read = await cloudFront.send(new GetDistributionConfigCommand({ Id }));
  const { DistributionConfig: config, ETag } = read;
  if (config?.DefaultCacheBehavior === undefined) throw new Error('no default behaviour');
  const bare = { ...config.DefaultCacheBehavior, FunctionAssociations: { Quantity: 0 } };
  const DistributionConfig = { ...config, DefaultCacheBehavior: bare };
  await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
}

interface Drift {
  readonly what: string;
  readonly cause: (mine: Setting) => Promise<void>;
  readonly writes: readonly string[];
}

const drifts: readonly Drift[] = [
  {
    what: 'an emptied KeyValueStore and a deleted record, rebuilt from SSM alone',
    cause: loseStoreAndRecord,
    writes: [
      'UpdateKeys golden.headgate.invalid',
      `UpdateKeys ${HOSTS.prod}`,
      'PutObject shop/environments/prod/record.json',
    ],
  },
  { what: 'a route edited by hand', cause: editRoute, writes: [`UpdateKeys ${HOSTS.prod}`] },
  {
    what: 'function code changed by hand',
    cause: editCode,
    writes: [`UpdateFunction ${FUNCTION}`, `PublishFunction ${FUNCTION}`],
  },
  {
    what: 'functions taken off the distribution',
    cause: removeAssociation,
    writes: ['UpdateDistribution'],
  },
];

describe('reconcile puts back', () => {
  it.concurrent.each(drifts)('$what', { timeout: 300_000 }, async ({ cause, writes }) => {
    const mine = await setting.fork();
    await cause(mine);
    const repair = await mine.run(['reconcile'], { policy });
    expect(repair, repair.stderr).toMatchObject({ code: 0, writes });
    const { record, ...live } = await readLive(mine);
    // Without a record nobody knows when the build was released: only that is counted anew.
    const timeless = { last: undefined, served: undefined };
    expect({ ...live, record: { ...record, ...timeless } }).toEqual({
      ...released,
      record: { ...released.record, ...timeless },
    });
    expect(await readCode(mine)).toBe(await readCode(setting));
    if (!full) return;
    const again = await mine.run(['reconcile'], { policy });
    expect(again).toMatchObject({ code: 0, writes: [] });
  });
});

it('settings.json follows the policy, even when its build is not published', async () => {
  const mine = await setting.fork();
  const { app, edge } = composePolicy(setting.distributions, { prod: { build: '9999' } });
  const ahead = { edge, app: { ...app, pool: { include: ['/assets/*', '/media/*'] } } };
  const run = await mine.run(['reconcile'], { policy: ahead });
  expect(run).toMatchObject({
    code: 2,
    writes: ['PutObject shop/settings.json', 'PutObject shop/policies.json'],
  });
  const place = { Bucket: BUCKET, Key: keys.settings('shop') };
  const { Body } = await mine.clients.s3.send(new GetObjectCommand(place));
  expect(JSON.parse(String(await Body?.transformToString()))).toEqual({
    spa: true,
    pool: { include: ['/assets/*', '/media/*'], exclude: [] },
  });
}, 300_000);
