import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createS3 } from '../../../../../../controller/adapters/aws/s3/client.ts';
import { createLeanUploadStore } from '../../../../../../controller/adapters/aws/s3/lean/upload-store.ts';
import { checkUploadCredentials } from '../../../../../contract/upload-credentials.ts';
import { checkLargeUploads } from '../../../../../contract/large-uploads/large-uploads.ts';
import { checkUploadWindow } from '../../../../../contract/upload-window.ts';
import { openFaulty, SHORT } from '../../../../../contract/upload-engine.ts';
import { checkUploadProxies } from '../../../../../contract/upload-proxy.ts';
import {
  checkUploadFaults,
  checkUploadStore,
  makeUpload,
} from '../../../../../contract/upload-store.ts';
import { full } from '../../../../../depth.ts';
import { refuse, reset } from '../../../../../fakes/s3-faults.ts';
import { startTestCloud, type TestCloud } from '../../../../local/harness.ts';

const BUCKET = 'builds-in-frankfurt';
const HOME = 'eu-central-1';

let cloud: TestCloud;
let faulty: Awaited<ReturnType<typeof openFaulty>>;
const pauses: number[] = [];
const pause = async (milliseconds: number): Promise<void> => void pauses.push(milliseconds);

beforeAll(async () => {
  cloud = await startTestCloud();
  faulty = await openFaulty((client, name) =>
    createLeanUploadStore(client, name, { timeouts: SHORT, pause }),
  );
  const bucket = { LocationConstraint: HOME } as const;
  const create = new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: bucket });
  await new S3Client(cloud.config(HOME)).send(create);
});

afterAll(() => Promise.all([cloud.close(), faulty.close()]));

afterEach(() => vi.unstubAllEnvs());

describe('at the local cloud, which checks every signature', () =>
  checkUploadStore(() => createLeanUploadStore(new S3Client(cloud.config(HOME)), BUCKET)));

describe.runIf(full)('of large files', () => checkLargeUploads(createLeanUploadStore));

describe('where things go wrong', () => checkUploadFaults(() => faulty));

describe('through proxies', () =>
  checkUploadProxies((client, name) => createLeanUploadStore(client, name, { pause })));

it('finds the endpoint of the environment, and the region of a bucket that is named without one', async () => {
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
  const store = createLeanUploadStore(await createS3(), BUCKET);
  expect(await store.create(makeUpload('found/1'))).toMatchObject({ created: true });
  expect(await store.create(makeUpload('found/2'))).toMatchObject({ created: true });
  const elsewhere = createLeanUploadStore(await createS3('us-east-1'), BUCKET);
  await expect(elsewhere.create(makeUpload('found/3'))).rejects.toThrow(/wrong region/);
});

it('waits longer, and at random, from try to try', async () => {
  pauses.length = 0;
  faulty.s3.guard(() => refuse(503, 'SlowDown'));
  await expect(faulty.store.create(makeUpload('patient'))).rejects.toThrow(/SlowDown/);
  faulty.s3.guard(undefined);
  expect(pauses).toHaveLength(7);
  expect(new Set(pauses).size).toBe(7);
  pauses.forEach((one, index) => expect(one).toBeLessThan(Math.min(5_000, 100 * 2 ** index)));
});

it('has fewer requests in flight after S3 asked to slow down', () =>
  checkUploadWindow((client, name) => createLeanUploadStore(client, name, { pause })));

describe('credentials that expire half-way', () =>
  checkUploadCredentials(
    () => faulty.s3,
    (client, name) => createLeanUploadStore(client, name, { timeouts: SHORT, pause }),
  ));

it('does not send a large body that is not wanted', async () => {
  const taken = createServer();
  let bytes = 0;
  taken.on('connection', (socket) => socket.on('data', (chunk) => (bytes += chunk.length)));
  taken.on('checkContinue', (_, response: ServerResponse) => response.writeHead(412).end());
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(taken.address() as AddressInfo).port}`;
  const store = createLeanUploadStore(new S3Client({ ...cloud.config(), endpoint }), 'acme');
  const large = makeUpload('large', 'x'.repeat(3 * 2 ** 20));
  for (let time = 0; time < 3; time += 1) {
    expect(await store.create(large)).toEqual({ created: false });
  }
  expect(bytes).toBeLessThan(10_000);
  await new Promise((resolve) => taken.close(resolve));
  expect(await faulty.store.create(large)).toMatchObject({ created: true });
});

it('says who does not answer, and that an answer is none of S3', async () => {
  const config = { ...cloud.config(), endpoint: 'http://127.0.0.1:1' };
  const nobody = createLeanUploadStore(new S3Client(config), 'acme', { pause });
  await expect(nobody.create(makeUpload('a'))).rejects.toThrow('127.0.0.1:1 does not answer');
  faulty.s3.fail(({ response }) => void response.end('<html>'));
  await expect(faulty.store.create(makeUpload('b'))).rejects.toThrow(/not one of AWS/);
  faulty.s3.guard(() => reset);
  await expect(faulty.store.create(makeUpload('c'))).rejects.toThrow(/does not answer/);
  faulty.s3.guard(undefined);
});
