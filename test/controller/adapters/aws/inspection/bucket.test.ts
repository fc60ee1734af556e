import type { LifecycleRule } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { inspectBucket } from '../../../../../controller/adapters/aws/inspection/bucket.ts';

/** It deletes, and moves to an archive. */
async function read(Filter: LifecycleRule['Filter'], Status: 'Enabled' | 'Disabled' = 'Enabled') {
  const rule = { ID: 'r', Status, Filter, Expiration: { Days: 1 } };
  const Rules = [{ ...rule, Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] }];
  const client = { send: async () => ({ Rules }) };
  const bucket = inspectBucket({ s3: async () => client as never });
  const found = await bucket.lifecycle({ bucket: 'builds', region: 'eu-west-1' });
  return found.map(({ prefix, expires, moves }) => [prefix, expires, moves]);
}

const TAG = { Key: 'temporary', Value: 'true' };

it('knows which lifecycle rules reach what Headgate puts, which has no tags', async () => {
  expect(await read({ Prefix: 'shop/' })).toEqual([['shop/', true, ['GLACIER']]]);
  expect(await read(undefined)).toEqual([['', true, ['GLACIER']]]);
  expect(await read({ Tag: TAG })).toEqual([['', false, []]]);
  expect(await read({ And: { Prefix: 'shop/', Tags: [TAG] } })).toEqual([['shop/', false, []]]);
  expect(await read({ And: { Prefix: 'shop/', ObjectSizeGreaterThan: 1 } })).toEqual([
    ['shop/', true, ['GLACIER']],
  ]);
  expect(await read({ Prefix: '' }, 'Disabled')).toEqual([]);
});
