import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeObject } from '../../../../../controller/adapters/aws/s3/objects.ts';
import { createRecordStore } from '../../../../../controller/adapters/aws/s3/record-store.ts';
import { ConflictError, UsageError } from '../../../../../controller/core/errors.ts';
import type {
  EnvironmentRecord,
  HistoryEntry,
} from '../../../../../controller/core/state/record.ts';
import { BUCKET, openTestBucket } from './test-bucket.ts';

const entry: HistoryEntry = {
  generation: 1,
  at: '2026-11-22T10:00:00.000Z',
  by: 'ada',
  event: 'first-release',
  why: 'There was nothing before.',
  from: 'nothing',
  to: '1043',
  evidence: [],
};

const record: EnvironmentRecord = {
  version: 1,
  app: 'shop',
  environment: 'prod',
  generation: 1,
  route: '{}',
  store: 'headgate-prod',
  hosts: ['shop.example.com'],
  phase: 'idle',
  stable: { build: '1043', digest: '0123456789abcdef' },
  kept: [],
  quarantine: [],
  last: entry,
};

let client: S3Client;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ client, close } = await openTestBucket());
});

afterAll(() => close());

it('lets only one writer win from the same revision', async () => {
  const store = createRecordStore(client, BUCKET);
  expect(await store.read('shop', 'prod')).toBeUndefined();
  const first = await store.write(record, undefined);
  await expect(store.write(record, undefined)).rejects.toThrow(ConflictError);

  const next = { ...record, generation: 2 };
  const writers = Array.from({ length: 5 }, (_, index) =>
    store.write({ ...next, route: `{"writer":${index}}` }, first),
  );
  const outcomes = await Promise.allSettled(writers);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  expect(refusals.every((reason) => reason instanceof ConflictError)).toBe(true);

  const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
  const { record: live, revision } = (await store.read('shop', 'prod'))!;
  expect(live).toEqual({ ...next, route: `{"writer":${winner}}` });
  expect(outcomes[winner]).toEqual({ status: 'fulfilled', value: revision });
});

it('does not bring back a record that was removed', async () => {
  const gone = { ...record, environment: 'gone' };
  const write = createRecordStore(client, BUCKET).write(gone, 'f'.repeat(32));
  await expect(write).rejects.toThrow(ConflictError);
});

it('refuses a record of another version', async () => {
  const key = 'shop/environments/future/record.json';
  const body = Buffer.from('{"version":2}');
  await writeObject({ client, name: BUCKET }, { key, body, contentType: 'x/y' }, 'any');
  const reading = createRecordStore(client, BUCKET).read('shop', 'future');
  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow('version 2');
});

it('names the way out of a record that is not JSON', async () => {
  const key = 'shop/environments/torn/record.json';
  const body = Buffer.from('{"version":1,');
  await writeObject({ client, name: BUCKET }, { key, body, contentType: 'x/y' }, 'any');
  const reading = createRecordStore(client, BUCKET).read('shop', 'torn');
  await expect(reading).rejects.toMatchObject({
    exitCode: 2,
    next: expect.stringContaining('delete it'),
  });
});

it('keeps history: first entry wins, newest first, across powers of ten', async () => {
  const store = createRecordStore(client, BUCKET);
  const generations = [9, 11, 10, 8];
  for (const generation of generations) {
    await store.appendHistory('shop', 'prod', { ...entry, generation });
  }
  await store.appendHistory('shop', 'prod', { ...entry, generation: 10, why: 'rewritten' });
  expect(await store.hasHistory('shop', 'prod', 10)).toBe(true);
  expect(await store.hasHistory('shop', 'prod', 12)).toBe(false);
  const newest = await store.readHistory('shop', 'prod', 3);
  expect(newest).toEqual([11, 10, 9].map((generation) => ({ ...entry, generation })));
  expect(await store.readHistory('shop', 'staging', 3)).toEqual([]);
});

it('tells who has its history entry when many are asked for at once', async () => {
  const store = createRecordStore(client, BUCKET);
  const environments = ['blue', 'green', 'red'];
  for (const environment of environments) {
    await store.appendHistory('many', environment, { ...entry, generation: 300 });
  }
  // More than a page of a listing, between `green` and `red`.
  const Key = (generation: number) => `many/environments/green/history/9${generation}.json`;
  const more = Array.from({ length: 260 }, (_, index) =>
    writeObject(
      { client, name: BUCKET },
      { key: Key(index + 100), body: Buffer.from('{}'), contentType: 'application/json' },
      'absent',
    ),
  );
  await Promise.all(more);
  const asked = [...environments, 'gone'].flatMap((environment) =>
    [300, 301].map(async (generation) => {
      const isThere = await store.hasHistory('many', environment, generation);
      return [`${environment} ${generation}`, isThere] as const;
    }),
  );
  const there = (await Promise.all(asked)).filter(([, isThere]) => isThere);
  expect(there.map(([name]) => name)).toEqual(['blue 300', 'green 300', 'red 300']);
});
