import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { ConflictError } from '../../../../../controller/core/errors.ts';
import { useCloud } from '../cloud-context.ts';

const held = useCloud();
const keys = () => held.context.keys('us-east-1');

it('stores what it makes as SecureString, and reads it back newest first', async () => {
  const older = await keys().create('shop', 'prod', 'kaaa');
  const newer = await keys().create('shop', 'prod', 'kbbb');
  expect(Buffer.from(newer.secret, 'base64url')).toHaveLength(32);
  expect(newer.secret).not.toBe(older.secret);
  expect(await keys().read('shop', 'prod')).toEqual([newer, older]);
  expect(await keys().read('shop', 'staging')).toEqual([]);

  const { Parameters = [] } = await new SSMClient(held.cloud.config()).send(
    new GetParametersByPathCommand({ Path: '/headgate/shop/prod/keys' }),
  );
  expect(Parameters.map(({ Type }) => Type)).toEqual(['SecureString', 'SecureString']);
  expect(Parameters.map(({ Value }) => Value)).not.toContain(newer.secret);
});

it('never makes a key over another, and removes as often as asked', async () => {
  const mine = await keys().create('shop', 'eu', 'kaaa');
  await expect(keys().create('shop', 'eu', 'kaaa')).rejects.toThrow(ConflictError);
  expect(await keys().read('shop', 'eu')).toEqual([mine]);
  await keys().remove('shop', 'eu', ['kaaa']);
  await keys().remove('shop', 'eu', ['kaaa', 'knone']);
  expect(await keys().read('shop', 'eu')).toEqual([]);
});

it('reads more keys than one page holds', async () => {
  const kids = Array.from({ length: 12 }, (_, index) => `k${String(index).padStart(2, '0')}`);
  for (const kid of kids) await keys().create('shop', 'many', kid);
  const found = await keys().read('shop', 'many');
  expect(found.map(({ kid }) => kid)).toEqual(kids.toReversed());
  expect(await keys().list('shop', 'many')).toEqual(kids.toReversed());
  expect(await keys().list('shop', 'none')).toEqual([]);
});
