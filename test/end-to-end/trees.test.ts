import {
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../controller/commands/plan.ts';
import { publish as publishCommand } from '../../controller/commands/publish.ts';
import { reconcile as reconcileCommand } from '../../controller/commands/reconcile.ts';
import { full, tellSkipped } from '../depth.ts';
import { BUCKET, composePolicy, REGION, type Policy, type Release } from './policy.ts';
import { runInProcess } from './run-in-process.ts';
import { createSetting, type Setting } from './setting.ts';
import { ask } from './site.ts';

tellSkipped('from a pool to trees and back');

/** Each test goes on where the one before ended. */
describe.skipIf(!full)(
  'an app that goes from a pool to trees, back, and without a pool',
  { timeout: 300_000 },
  () => {
    let setting: Setting;
    beforeAll(async () => {
      setting = await createSetting([]);
    });
    afterAll(() => setting.close());

    const NOW = { bake: '0s' };
    const STEP = { bake: '1h', steps: [{ weight: '50%', hold: '1h' }] };
    const TREE = { layout: 'tree' };
    const NO_POOL = { ...TREE, pool: { include: [] } };

    function policyOf(release: Release, layout: object = {}): Policy {
      const { edge, app } = composePolicy(setting.distributions, { prod: release });
      return { edge, app: { ...app, ...layout } };
    }
    const reconcile = (policy: Policy) =>
      runInProcess(setting, reconcileCommand, { args: [], policy });

    async function publish(build: string): Promise<void> {
      const directory = join(setting.directory, `trees-${build}`);
      const script = `assets/app-${build}.js`;
      await mkdir(join(directory, 'assets'), { recursive: true });
      await writeFile(
        join(directory, 'index.html'),
        `<script src="/${script}"></script>page of ${build}`,
      );
      await writeFile(join(directory, script), `script of ${build}`);
      const place = ['--bucket', BUCKET, '--app', 'shop', '--region', REGION];
      const args = [directory, '--build', build, ...place];
      const { code, stderr } = await runInProcess(setting, publishCommand, { args });
      expect(code, stderr).toBe(0);
    }

    const askScript = (build: string) => ask(setting, `/assets/app-${build}.js`);

    async function listTree(build: string): Promise<readonly string[]> {
      const Prefix = `shop/builds/${build}/`;
      const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix });
      const { Contents = [] } = await setting.clients.s3.send(list);
      return Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
    }

    it('serves a canary that is a tree beside a stable build of the pool', async () => {
      await publish('1041');
      expect(await reconcile(policyOf({ build: '1041', ...NOW }))).toMatchObject({ code: 0 });
      const { code, stdout } = await reconcile(policyOf({ build: '1041', ...NOW }, TREE));
      expect(code).toBe(0);
      expect(stdout).toContain('each build a complete tree');
      await publish('1042');
      expect(await listTree('1042')).toEqual([
        '.headgate/manifest.json',
        'assets/app-1042.js',
        'index.html',
      ]);
      const release = policyOf({ build: '1042', ...STEP }, TREE);
      expect(await reconcile(release)).toMatchObject({ code: 0 });
      const pages = new Set<string>();
      for (let visitor = 0; visitor < 30 && pages.size < 2; visitor++) {
        pages.add(await ask(setting, '/'));
      }
      expect([...pages].toSorted()).toEqual(['page of 1041', 'page of 1042']);
      expect(await askScript('1041')).toBe('script of 1041');
      expect(await askScript('1042')).toBe('script of 1042');
    });

    it('goes back to a build of the pool, and open pages of the tree have their files', async () => {
      expect(await reconcile(policyOf({ build: '1042', ...NOW }, TREE))).toMatchObject({ code: 0 });
      await reconcile(policyOf({ build: '1042', ...NOW }));
      await publish('1043');
      expect(await listTree('1043')).toEqual(['.headgate/manifest.json', 'index.html']);
      expect(await reconcile(policyOf({ build: '1043', ...NOW }))).toMatchObject({ code: 0 });
      expect(await ask(setting, '/')).toBe('page of 1043');
      expect(await askScript('1042')).toBe('script of 1042');
    });

    it('refuses to do without the pool while a build that needs it is served', async () => {
      const { code, stdout } = await reconcile(policyOf({ build: '1043', ...NOW }, NO_POOL));
      expect(code).toBe(3);
      expect(stdout).toContain("are not where the policy's pool patterns look for them");
      expect(stdout).toContain('publish and release a build with `layout: tree`');
    });

    it('does without it when all that is served are trees, and says which behaviours must go', async () => {
      await reconcile(policyOf({ build: '1043', ...NOW }, TREE));
      await publish('1044');
      expect(await reconcile(policyOf({ build: '1044', ...NOW }, TREE))).toMatchObject({ code: 0 });
      const policy = policyOf({ build: '1044', ...NOW }, NO_POOL);
      const refused = await runInProcess(setting, plan, { args: [], policy });
      expect(refused.code).toBe(3);
      expect(refused.stdout).toContain('serves /assets/* from the pool, the policy does not');
      expect(refused.stdout).not.toContain("not where the policy's pool patterns look");
      await removeBehaviours();
      // The route still says where the pool is.
      expect(await askScript('1044')).toBe('script of 1044');
      const moved = await reconcile(policy);
      expect(moved.code).toBe(0);
      expect(moved.stdout).toContain('pool patterns: /assets/* -> none');
      const warned = moved.stdout.match(/warning: open pages of build \w+ get 404/g);
      expect(warned?.map((text) => text.slice(23, 33))).toEqual(['build 1043', 'build 1041']);
      expect(await ask(setting, '/')).toBe('page of 1044');
      expect(await askScript('1044')).toBe('script of 1044');
    });

    it('has the files of open pages in kept trees only from then on', async () => {
      const ofPage = (build: string) =>
        ask(setting, `/assets/app-${build}.js`, `hg_build=${build}; a=b`);
      expect(await ofPage('1042')).toBe('script of 1042');
      expect(await ofPage('1043')).toBe('HTTP 404');
      expect(await askScript('1042')).toBe('HTTP 404');
    });

    async function removeBehaviours(): Promise<void> {
      const { cloudFront } = setting.clients;
      const Id = setting.distributions.prod;
      const { DistributionConfig, ETag } = await cloudFront.send(
        new GetDistributionConfigCommand({ Id }),
      );
      if (DistributionConfig === undefined) throw new Error('no distribution');
      const CacheBehaviors = { Quantity: 0, Items: [] };
      const change = {
        Id,
        IfMatch: ETag,
        DistributionConfig: { ...DistributionConfig, CacheBehaviors },
      };
      await cloudFront.send(new UpdateDistributionCommand(change));
    }
  },
);
