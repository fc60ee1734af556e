import { expect, test } from 'vitest';
import { createMemoryS3 } from './in-memory.ts';

const DISTRIBUTION = 'arn:aws:cloudfront::000000000000:distribution/E1';

const allow = (Action: string, Resource: string) => ({
  Effect: 'Allow',
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Action,
  Resource,
  Condition: { StringEquals: { 'AWS:SourceArn': DISTRIBUTION } },
});
const GET = allow('s3:GetObject', 'arn:aws:s3:::bkt/shop/builds/*');
const LIST = allow('s3:ListBucket', 'arn:aws:s3:::bkt');

async function createBucket(Statement: readonly object[]) {
  const { s3, send } = createMemoryS3();
  await send('PUT', '/bkt');
  await send('PUT', '/bkt/shop/builds/1/a%20b.js', 'body');
  await send('PUT', '/bkt/shop/builds/1/c%2B%2B.js', 'body');
  if (Statement.length > 0) await send('PUT', '/bkt?policy', JSON.stringify({ Statement }));
  return (path: string, more: object = {}) =>
    s3.readAs({
      principal: { service: 'cloudfront.amazonaws.com', sourceArn: DISTRIBUTION },
      bucket: 'bkt',
      method: 'GET',
      headers: {},
      path,
      ...more,
    });
}

test('the distribution that the policy names may read, another one and the public may not', async () => {
  const read = await createBucket([GET]);
  const path = '/shop/builds/1/a%20b.js';
  expect(await read(path)).toMatchObject({ status: 200, body: Buffer.from('body') });
  const other = { service: 'cloudfront.amazonaws.com', sourceArn: `${DISTRIBUTION}2` };
  expect(await read(path, { principal: other })).toMatchObject({ status: 403 });
  expect(await read(path, { principal: 'anonymous' })).toMatchObject({ status: 403 });
  expect(await (await createBucket([]))(path)).toMatchObject({ status: 403 });
});

test('a missing key is 403 without the right to list and 404 with it', async () => {
  const path = '/shop/builds/1/missing.js';
  const blind = await (await createBucket([GET]))(path);
  const listing = await (await createBucket([GET, LIST]))(path);
  expect(blind).toMatchObject({ status: 403, body: expect.stringContaining('AccessDenied') });
  expect(listing).toMatchObject({ status: 404, body: expect.stringContaining('NoSuchKey') });
});

test('what the policy does not cover stays closed, and a denial beats every permission', async () => {
  const all = await createBucket([GET, LIST]);
  expect(await all('/shop/environments/prod/record.json')).toMatchObject({ status: 403 });
  const everything = { ...allow('s3:*', 'arn:aws:s3:::bkt*'), Principal: '*' };
  const denied = await createBucket([everything, { ...GET, Effect: 'Deny' }]);
  expect(await denied('/shop/builds/1/a%20b.js')).toMatchObject({ status: 403 });
  expect(await denied('/shop/missing')).toMatchObject({ status: 404 });
});

test('a literal plus in the path is a space, %2B is a plus', async () => {
  const read = await createBucket([GET, LIST]);
  expect(await read('/shop/builds/1/a+b.js')).toMatchObject({ status: 200 });
  expect(await read('/shop/builds/1/c++.js')).toMatchObject({ status: 404 });
  expect(await read('/shop/builds/1/c%2B%2B.js')).toMatchObject({ status: 200 });
});

test('nobody but the owner writes', async () => {
  const read = await createBucket([{ ...allow('s3:*', 'arn:aws:s3:::bkt*'), Principal: '*' }]);
  expect(await read('/shop/builds/1/a%20b.js', { method: 'DELETE' })).toMatchObject({
    status: 403,
  });
});
