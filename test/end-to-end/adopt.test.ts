import { GetDistributionConfigCommand } from '@aws-sdk/client-cloudfront';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adopt } from '../../controller/commands/adopt.ts';
import { build } from '../../controller/commands/build.ts';
import { pause } from '../../controller/commands/pause.ts';
import { eject } from '../../controller/commands/eject.ts';
import { reconcile } from '../../controller/commands/reconcile.ts';
import { rollback } from '../../controller/commands/rollback.ts';
import { validate } from '../../controller/commands/validate.ts';
import { openBrowser } from '../../controller/local/demo/browser.ts';
import { waitFor } from '../../controller/local/demo/mismatch.ts';
import { full, tellSkipped } from '../depth.ts';
import { openScene, PLACE, publishFiles, TOLD, type Scene } from './adoption.ts';
import { killAt, type Result } from './command.ts';
import { openSession } from './open-session.ts';
import { HOSTS } from './policy.ts';
import { ACTIVE, createFlat, createSeed, filesOf, OLD_FUNCTIONS } from './seed.ts';

tellSkipped('adopting and leaving a site without builds');

describe('a distribution with folders of builds, their cookie in the cache key, and functions on three events', () => {
  let scene: Scene;
  let asked: readonly string[];

  beforeAll(async () => {
    scene = await openScene(
      (setting) => createSeed(setting, ['1040', '1041']),
      (at) => openSession(at, ['/', '/page/{turn}'], true),
    );
    asked = ['--distribution', scene.distribution, '--app', 'shop'];
    await scene.session.until('1041');
  });
  afterAll(() => scene.close());

  it('is served by them', async () => {
    const { lambdas, functions } = await readEdge(scene);
    expect(lambdas).toEqual(OLD_FUNCTIONS.map((name) => expect.stringContaining(`${name}:1`)));
    expect(functions).toEqual([]);
    const browser = openBrowser(scene.setting.cloud.edgeUrl, HOSTS.prod);
    const { headers } = await browser.navigate('/any/page');
    expect(String(headers['set-cookie'])).toContain('Build-Number=1041');
  });

  it('is not adopted while its functions are nobody’s to replace', async () => {
    const { code, said } = await scene.run(adopt, ...asked, '--active-build-parameter', ACTIVE);
    expect(code).toBe(3);
    for (const name of OLD_FUNCTIONS) expect(said).toContain(`runs ${name} at`);
    expect(said).toContain('before: ./viewer.js');
  });

  it('is asked for what only the functions know', async () => {
    const { code, said } = await scene.run(adopt, ...asked, '--replaces', OLD_FUNCTIONS.join());
    expect(code, said).toBe(2);
    expect(said).toContain('--spa yes');
  });

  it('is described as it is, with the way on', async () => {
    const { code, said } = await scene.run(adopt, ...asked, ...TOLD, '--out', scene.policies);
    expect(code, said).toBe(0);
    expect(said).toContain(
      'visitors get build 1041: SSM /shop/active-build says 1041, the site shows its page',
    );
    expect(said).toContain(
      `headgate build adopt 1041 1040 --root / ${PLACE.slice(0, 4).join(' ')}`,
    );
    expect(said).toContain('cookies (Build-Number, Override) in the cache key');
    expect((await scene.run(validate)).code).toBe(0);
    const again = await scene.run(adopt, ...asked, ...TOLD, '--out', scene.policies);
    expect(again.code, again.said).toBe(3);
  });

  it('moves, releases and goes back', { timeout: 300_000 }, async () => {
    const { session } = scene;
    const adopted = await scene.run(build, 'adopt', '1041', '1040', '--root', '/', ...PLACE);
    expect(adopted.code, adopted.said).toBe(0);
    const moved = await scene.run(reconcile);
    expect(moved.code, moved.said).toBe(0);
    const { lambdas, functions } = await readEdge(scene);
    expect(lambdas).toEqual([]);
    expect(functions).toEqual(
      ['request', 'response'].map((event) => expect.stringContaining(`/headgate-prod-${event}`)),
    );
    await session.goOn();
    expect(session.builds).toEqual(['1041']);
    await scene.release('1042', '1h');
    expect((await scene.run(reconcile)).code).toBe(0);
    await session.until('1042');
    await session.goOn();
    const early = await scene.run(eject, 'shop', 'prod', '--apply');
    expect([early.code, early.said]).toEqual([3, expect.stringContaining('shop/prod is baking')]);
    const back = await scene.run(rollback, 'shop', 'prod');
    expect(back.code, back.said).toBe(5);
    await session.until('1041');
    await session.goOn();
  });

  it('leaves on its stable build, without anything of Headgate at the edge', async () => {
    const dry = await scene.run(eject, 'shop', 'prod');
    expect(dry.code, dry.said).toBe(0);
    expect(dry.said).toContain('Add --apply');
    const browser = openBrowser(scene.setting.cloud.edgeUrl, HOSTS.prod);
    expect((await browser.navigate('/')).build).toBe('1041');
    const left = await scene.run(eject, 'shop', 'prod', '--apply');
    expect(left.code, left.said).toBe(0);
    expect(left.said).toContain('shop_prod_ejected, which is yours now');
    expect(await readEdge(scene)).toEqual({
      lambdas: [],
      functions: [expect.stringContaining('/shop_prod_ejected')],
    });
    await scene.session.goOn();
    const page = await browser.navigate('/some/page');
    expect([page.status, page.build]).toEqual([200, undefined]);
    expect((await browser.load('/gone.js')).status).toBe(404);
    expect((await browser.load('/x/..//.headgate/manifest.json')).status).toBe(404);
    expect((await scene.run(eject, 'shop', 'prod')).said).toContain('No behaviour');
  });

  it('is not taken back by the next run', async () => {
    const { code, said } = await scene.run(reconcile);
    expect(code, said).toBe(0);
    expect(said).toContain('ejected, on build 1041');
    const browser = openBrowser(scene.setting.cloud.edgeUrl, HOSTS.prod);
    expect((await browser.navigate('/')).build).toBeUndefined();
  });

  it('failed nobody', async () => {
    const { session } = scene;
    // Also by the run that let it be.
    await session.goOn();
    await session.close();
    expect(session.failures).toEqual([]);
    expect(session.builds).toEqual(['1041', '1042', '1041']);
    const active = await scene.setting.clients.ssm.send(new GetParameterCommand({ Name: ACTIVE }));
    expect(active.Parameter?.Value).toBe('1041');
  });
});

/** What runs at the default behaviour. */
async function readEdge({ setting, distribution: Id }: Scene) {
  const read = new GetDistributionConfigCommand({ Id });
  const { DistributionConfig } = await setting.clients.cloudFront.send(read);
  const { LambdaFunctionAssociations: lambdas, FunctionAssociations: functions } =
    DistributionConfig?.DefaultCacheBehavior ?? {};
  return {
    lambdas: (lambdas?.Items ?? []).map(({ LambdaFunctionARN }) => LambdaFunctionARN),
    functions: (functions?.Items ?? []).map(({ FunctionARN }) => FunctionARN),
  };
}

describe.skipIf(!full)('a site without builds, below an origin path', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await openScene(createFlat, (at) => openSession(at, ['/']));
    await scene.session.until('old');
  });
  afterAll(() => scene.close());

  it(
    'becomes the first build, and the origin path leaves with the exchange',
    { timeout: 300_000 },
    async () => {
      const asked = [
        '--distribution',
        scene.distribution,
        '--app',
        'shop',
        '--out',
        scene.policies,
      ];
      const { code, said } = await scene.run(adopt, ...asked);
      expect(code, said).toBe(0);
      expect(said).toContain('its error pages answer 403 and 404 with /index.html');
      expect(said).toContain('aws s3 sync s3://acme-web-builds/site/ site');
      // It hands over the settings, and touches no distribution: the build isn't there.
      expect((await scene.run(reconcile)).code).toBe(2);
      await publishFiles(scene, { number: '1', files: filesOf('old') });
      const moved = await scene.run(reconcile);
      expect(moved.code, moved.said).toBe(0);
      expect(moved.said).toContain('without the origin path /site');
      await scene.release('2', '0s');
      // To everyone, then out of the bake.
      for (const _ of [1, 2]) expect((await scene.run(reconcile)).code).toBe(0);
      await scene.session.until('2');
    },
  );

  it('leaves without a function, and old copies in the cache are not seen again', async () => {
    const left = await scene.run(eject, 'shop', 'prod', '--plain', '--apply');
    expect(left.code, left.said).toBe(0);
    const browser = openBrowser(scene.setting.cloud.edgeUrl, HOSTS.prod);
    const page = await browser.navigate('/');
    expect([page.status, page.build]).toEqual([200, undefined]);
    await scene.session.goOn();
    await scene.session.close();
    expect(scene.session.failures).toEqual([]);
    expect(scene.session.builds).toEqual(['old', '2']);
  });

  it('comes back as the ejection said', async () => {
    const file = join(scene.policies, 'shop.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('originPath: /site', 'originPath: /shop/builds/2'));
    expect((await scene.run(pause, 'shop', 'prod', '--resume')).code).toBe(0);
    const { code, said } = await scene.run(reconcile);
    expect(code, said).toBe(0);
    const browser = openBrowser(scene.setting.cloud.edgeUrl, HOSTS.prod);
    await waitFor({
      what: 'The edge',
      expected: 'Headgate',
      seconds: 60,
      ask: async () => (await browser.navigate('/any/page')).build,
      reached: (shown) => shown === '2',
    });
  });

  it(
    'leaves also when every run of it is killed, each one write later',
    { timeout: 300_000 },
    async () => {
      const browser = openBrowser(scene.setting.cloud.edgeUrl, HOSTS.prod);
      let ended: Result | undefined;
      for (let nth = 1; ended?.code !== 0; nth++) {
        const hook = killAt(nth, 'after');
        ended = await scene.setting.run(['eject', 'shop', 'prod', '--apply'], { hook });
        expect([null, 0], ended.stderr).toContain(ended.code);
        expect((await browser.navigate('/any/page')).status).toBe(200);
      }
      expect(ended.stdout).toContain('is served without Headgate');
      expect((await browser.navigate('/any/page')).build).toBeUndefined();
    },
  );
});
