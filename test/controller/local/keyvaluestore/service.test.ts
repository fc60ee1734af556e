import {
  DeleteKeyCommand,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ListKeysCommand,
  PutKeyCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { CreateKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStore, putKeys } from '../edge/account.ts';
import { startWorld, type World } from '../edge/world.ts';

let world: World;
let KvsARN: string;

beforeAll(async () => {
  world = await startWorld();
  KvsARN = await createStore(world, 'routes');
});
afterAll(() => world.close());

const tag = async () =>
  (await world.keyValueStore.send(new DescribeKeyValueStoreCommand({ KvsARN }))).ETag;
const put = async (Key: string, Value: string) =>
  world.keyValueStore.send(new PutKeyCommand({ KvsARN, Key, Value, IfMatch: await tag() }));
const update = async (count: number, Value = 'x') =>
  world.keyValueStore.send(
    new UpdateKeysCommand({
      KvsARN,
      IfMatch: await tag(),
      Puts: Array.from({ length: count }, (_, index) => ({ Key: `many/${index}`, Value })),
    }),
  );

describe('the data plane', () => {
  it('puts, gets, describes and deletes a key', async () => {
    const written = await put('shop.example.com', '{"gen":1}');
    expect(written).toMatchObject({ ItemCount: 1, TotalSizeInBytes: 25 });
    expect(written.ETag).toBe(await tag());
    const read = await world.keyValueStore.send(
      new GetKeyCommand({ KvsARN, Key: 'shop.example.com' }),
    );
    expect(read.Value).toBe('{"gen":1}');
    await world.keyValueStore.send(
      new DeleteKeyCommand({ KvsARN, Key: 'shop.example.com', IfMatch: await tag() }),
    );
    await expect(
      world.keyValueStore.send(new GetKeyCommand({ KvsARN, Key: 'shop.example.com' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('takes keys with slashes, spaces and names every object has', async () => {
    for (const Key of ['keys/shop/prod', 'a b+c', 'constructor']) {
      await expect(
        world.keyValueStore.send(new GetKeyCommand({ KvsARN, Key })),
      ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      await put(Key, Key);
      const read = await world.keyValueStore.send(new GetKeyCommand({ KvsARN, Key }));
      expect(read).toMatchObject({ Key, Value: Key });
    }
  });

  it('refuses a write against an ETag that is gone, and writes nothing', async () => {
    const stale = await tag();
    await put('unrelated', '1');
    const Puts = [{ Key: 'late', Value: '1' }];
    await expect(
      world.keyValueStore.send(new UpdateKeysCommand({ KvsARN, IfMatch: stale, Puts })),
    ).rejects.toMatchObject({ name: 'ConflictException', $metadata: { httpStatusCode: 409 } });
    await expect(
      world.keyValueStore.send(new GetKeyCommand({ KvsARN, Key: 'late' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('changes several keys all or nothing', async () => {
    const IfMatch = await tag();
    const Puts = [
      { Key: 'good', Value: '1' },
      { Key: 'bad', Value: 'x'.repeat(1025) },
    ];
    await expect(
      world.keyValueStore.send(new UpdateKeysCommand({ KvsARN, IfMatch, Puts })),
    ).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
    expect(await tag()).toBe(IfMatch);
    await expect(
      world.keyValueStore.send(new GetKeyCommand({ KvsARN, Key: 'good' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('keeps the quotas: 512-byte keys, 1,024-byte values, 50 keys per update', async () => {
    await put('k'.repeat(512), 'ü'.repeat(512));
    await update(50);
    const over = { name: 'ServiceQuotaExceededException', $metadata: { httpStatusCode: 402 } };
    await expect(put('k'.repeat(513), '1')).rejects.toMatchObject(over);
    await expect(put('k', `${'ü'.repeat(512)}x`)).rejects.toMatchObject(over);
    await expect(update(51)).rejects.toMatchObject(over);
  });

  it('lists in pages, in the order of the keys', async () => {
    const arn = await createStore(world, 'paged');
    await putKeys(world, arn, { c: '3', a: '1', b: '2' });
    const first = await world.keyValueStore.send(
      new ListKeysCommand({ KvsARN: arn, MaxResults: 2 }),
    );
    expect(first.Items).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
    const second = await world.keyValueStore.send(
      new ListKeysCommand({ KvsARN: arn, MaxResults: 2, NextToken: first.NextToken }),
    );
    expect(second.Items).toEqual([{ Key: 'c', Value: '3' }]);
    expect(second.NextToken).toBeUndefined();
  });

  it('knows no other store and no store that is still PROVISIONING', async () => {
    const other = KvsARN.replace(/.{4}$/, '0000');
    await expect(
      world.keyValueStore.send(new DescribeKeyValueStoreCommand({ KvsARN: other })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const made = await world.cloudFront.send(new CreateKeyValueStoreCommand({ Name: 'young' }));
    await expect(
      world.keyValueStore.send(
        new DescribeKeyValueStoreCommand({ KvsARN: made.KeyValueStore?.ARN }),
      ),
    ).rejects.toMatchObject({ name: 'ConflictException' });
  });
});
