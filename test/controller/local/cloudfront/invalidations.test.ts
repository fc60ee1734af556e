import {
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBucket, distribute, putObject } from '../edge/account.ts';
import { startWorld, type World } from '../edge/world.ts';

let world: World;
let send: World['cloudFront']['send'];

beforeAll(async () => {
  world = await startWorld();
  send = world.cloudFront.send.bind(world.cloudFront);
  await createBucket(world);
});
afterAll(() => world.close());

const create = (DistributionId: string, CallerReference: string, Items: string[]) =>
  send(
    new CreateInvalidationCommand({
      DistributionId,
      InvalidationBatch: { CallerReference, Paths: { Quantity: Items.length, Items } },
    }),
  );
const list = async (DistributionId: string) =>
  (await send(new ListInvalidationsCommand({ DistributionId }))).InvalidationList;

const countInProgress = async (Id: string) =>
  (await send(new GetDistributionCommand({ Id }))).Distribution?.InProgressInvalidationBatches;

it('are InProgress, then Completed; each distribution lists its own', async () => {
  const { id } = await distribute(world, { host: 'recorded.test' });
  const other = await distribute(world, { host: 'other.test' });
  expect(await list(id)).toMatchObject({ Quantity: 0 });
  const made = await create(id, 'one', ['/*']);
  expect(made.Invalidation).toMatchObject({
    Status: 'InProgress',
    InvalidationBatch: { CallerReference: 'one', Paths: { Quantity: 1, Items: ['/*'] } },
  });
  expect((await create(id, 'one', ['/*'])).Invalidation?.Id).toBe(made.Invalidation?.Id);
  await expect(create(id, 'one', ['/a'])).rejects.toMatchObject({ name: 'InvalidArgument' });
  for (const path of ['a', '/a*b', '/**']) {
    await expect(create(id, path, [path]), path).rejects.toMatchObject({ name: 'InvalidArgument' });
  }
  expect(await countInProgress(id)).toBe(1);
  world.advance(3);
  const { Invalidation } = await send(
    new GetInvalidationCommand({ DistributionId: id, Id: made.Invalidation?.Id }),
  );
  expect(Invalidation).toMatchObject({ Status: 'Completed' });
  expect((await list(id))?.Items).toMatchObject([{ Id: made.Invalidation?.Id }]);
  expect(await list(other.id)).toMatchObject({ Quantity: 0 });
  const missing = new GetInvalidationCommand({ DistributionId: other.id, Id: 'I1' });
  await expect(send(missing)).rejects.toMatchObject({ name: 'NoSuchInvalidation' });
  await expect(list('E1')).rejects.toMatchObject({ name: 'NoSuchDistribution' });
  await expect(create('E1', 'x', ['/*'])).rejects.toMatchObject({ name: 'NoSuchDistribution' });
  expect(await countInProgress(id)).toBe(0);
});

it('drop what the edge had stored, by its path after viewer-request, once they are Completed', async () => {
  const { id } = await distribute(world, { host: 'dropped.test' });
  const get = async (path: string) => (await world.send(path, { host: 'dropped.test' })).text;
  const put = async (body: string) => {
    for (const key of ['a/1.html', 'b.html']) await putObject(world, key, { body });
  };
  await put('old');
  expect([await get('/a/1.html'), await get('/b.html')]).toEqual(['old', 'old']);
  await put('new');
  await create(id, 'folder', ['/a/*']);
  expect(await get('/a/1.html')).toBe('old');
  world.advance(3);
  expect([await get('/a/1.html'), await get('/b.html')]).toEqual(['new', 'old']);
});
