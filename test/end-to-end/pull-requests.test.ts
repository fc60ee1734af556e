import { CreateKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BUCKET, composePolicy, REGION, STORE, type Policy } from './policy.ts';
import { createEmptySetting, type Setting } from './setting.ts';
import { ask, BEHAVIOUR, createBucket, createDistribution } from './site.ts';
import { PATIENCE } from '../patience.ts';

/** An environment that shows builds of pull requests, with build 1041 and its pooled file. */
let setting: Setting;
let policy: Policy;

beforeAll(async () => {
  setting = await createEmptySetting();
  await createBucket(setting);
  await setting.clients.cloudFront.send(new CreateKeyValueStoreCommand({ Name: STORE }));
  const prod = await createDistribution(setting, {
    folders: { pool: '/shop/pool', untrusted: '/shop/untrusted/pool' },
    OriginGroups: {
      Quantity: 1,
      Items: [
        {
          Id: 'pools',
          FailoverCriteria: { StatusCodes: { Quantity: 2, Items: [403, 404] } },
          Members: { Quantity: 2, Items: [{ OriginId: 'pool' }, { OriginId: 'untrusted' }] },
        },
      ],
    },
    CacheBehaviors: {
      Quantity: 1,
      Items: [{ ...BEHAVIOUR, PathPattern: '/assets/*', TargetOriginId: 'pools' }],
    },
  });
  policy = composeFor(prod, { access: 'open', builds: 'all' });
  expect((await publish('1041', { 'assets/a.js': 'script of both' })).code).toBe(0);
  const { code, stdout } = await setting.run(['reconcile'], { policy });
  expect(code, stdout).toBe(0);
});
afterAll(() => setting.close());

function composeFor(distribution: string, preview: object): Policy {
  const release = { build: '1041', bake: '0s' };
  const { edge, app } = composePolicy({ staging: '', prod: distribution }, { prod: release });
  const { prod } = app['environments'] as { prod: object };
  return { edge, app: { ...app, environments: { prod: { ...prod, guard: {}, preview } } } };
}

async function publish(
  build: string,
  files: Readonly<Record<string, string>>,
  flags: string[] = [],
) {
  const directory = join(setting.directory, `dist-${build}`);
  await mkdir(join(directory, 'assets'), { recursive: true });
  const all = { 'index.html': `page of ${build.replace('-', '')}`, ...files };
  for (const [path, text] of Object.entries(all)) await writeFile(join(directory, path), text);
  const place = ['--bucket', BUCKET, '--app', 'shop', '--region', REGION];
  return setting.run(['publish', directory, '--build', build, ...place, ...flags]);
}

it('publishes where a role for pull requests may write, and nowhere else', async () => {
  const files = { 'assets/a.js': 'script of both', 'assets/b.js': 'script of mine' };
  const { code, writes, stdout } = await publish('pr-12', files, ['--untrusted']);
  expect(code, stdout).toBe(0);
  expect(writes.toSorted()).toEqual([
    'DeleteObjects shop/untrusted/leases/publish/pr-12.json',
    'PutObject shop/untrusted/builds/pr-12/.headgate/manifest.json',
    'PutObject shop/untrusted/builds/pr-12/index.html',
    'PutObject shop/untrusted/leases/publish/pr-12.json',
    'PutObject shop/untrusted/pool/assets/b.js',
    'PutObject shop/untrusted/publish/latest.json',
  ]);
});

it('shows it to whoever has the link, with its own files and those it shares', async () => {
  const { stdout } = await setting.run(['preview', 'shop', 'prod', 'pr-12'], { policy });
  expect(stdout.trim()).toMatch(/\/\?override_build_number=pr-12$/);
  expect(await ask(setting, '/', 'hg_preview=pr-12')).toBe('page of pr12');
  expect(await ask(setting, '/assets/a.js')).toBe('script of both');
  expect(await ask(setting, '/assets/b.js')).toBe('script of mine');
  expect(await ask(setting, '/assets/c.js')).toMatch(/^HTTP 40[34]$/);
  expect(await ask(setting, '/')).toBe('page of 1041');
});

it('has a link from the record alone, and nothing left when the pull request is closed', async () => {
  const link = await setting.run(['preview', 'shop', 'prod', 'pr-12', '--bucket', BUCKET]);
  expect(link.stdout.trim(), link.stderr).toMatch(/\/\?override_build_number=pr-12$/);
  const place = ['--bucket', BUCKET, '--app', 'shop'];
  const { code, stdout, writes } = await setting.run(['build', 'remove', 'pr-12', ...place]);
  expect(stdout).toMatch(/^Removed 1 build of pull request 12 of shop: 2 files, .* \(pr-12\)\.$/m);
  expect({ code, deletes: writes.length }).toEqual({ code: 0, deletes: 2 });
  // The edge has the page in its cache, for the minimum TTL of a second.
  await vi.waitFor(
    async () => expect(await ask(setting, '/', 'hg_preview=pr-12')).toMatch(/^HTTP 40[34]$/),
    PATIENCE,
  );
  expect(await ask(setting, '/')).toBe('page of 1041');
  expect(await ask(setting, '/assets/b.js')).toBe('script of mine');
});
