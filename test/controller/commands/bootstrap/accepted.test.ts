import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plan } from '../../../../controller/commands/plan.ts';
import { publish } from '../../../../controller/commands/publish.ts';
import { reconcile } from '../../../../controller/commands/reconcile.ts';
import { EXIT } from '../../../../controller/core/errors.ts';
import { full } from '../../../depth.ts';
import { openAccount, type Account } from './set-up.ts';

if (!full) {
  process.stderr.write(
    'SKIPPED: bootstrap for previews, origins and Lambda@Edge. To run it: HEADGATE_DEPTH=full\n',
  );
}

const EDGE = `apiVersion: headgate/v1
setup:
  certificates: { '*': 'arn:aws:acm:us-east-1:111122223333:certificate/11112222-3333-4444-5555-666677778888' }
  origins: { site: { blue-app: https://blue.example.com } }
  apis: { shop/prod: { /api/*: https://api.example.com } }
  fastLane: off
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: acme-web-builds, region: us-east-1, watch: 0s }
  pulls: { runtime: cloudfront-functions, keyValueStore: headgate-pulls, bucket: acme-web-builds, region: us-east-1, watch: 0s }
  sticky:
    runtime: lambda-edge
    role: arn:aws:iam::000000000000:role/web/headgate-edge
    bucket: acme-web-builds
    region: us-east-1
    watch: 0s
    sessions: { table: sessions, regions: [us-east-1, eu-west-1], cookie: session }
`;

const SHOP = `apiVersion: headgate/v1
app: shop
bucket: acme-web-builds
region: us-east-1
pool: { include: [/assets/*], exclude: [/assets/config.json] }
environments:
  prod: { hosts: [shop.localhost], edge: { group: prod }, release: { build: "1041" } }
  pulls: { hosts: [pulls.localhost], edge: { group: pulls }, release: { build: "1041" }, preview: { builds: all } }
  sticky: { hosts: [sticky.localhost], edge: { group: sticky }, release: { build: "1041" } }
`;

const SITE = `apiVersion: headgate/v1
app: site
bucket: acme-web-builds
region: us-east-1
pool: { include: [] }
origins: { blue: { id: blue-app }, green: { url: https://green.example.com } }
environments:
  prod: { hosts: [site.localhost], edge: { group: prod }, release: { build: blue }, guard: { noData: pass } }
`;

describe.skipIf(!full)('what bootstrap makes is what a plan wants', () => {
  let account: Account;
  const run = async (command: typeof plan) => {
    const { code, stdout, stderr } = await account.run(command, ['--policies', account.policies]);
    if (code !== EXIT.done) throw new Error(`${command.name}: exit ${code}\n${stdout}\n${stderr}`);
    return stdout;
  };

  beforeAll(async () => {
    account = await openAccount();
    await account.writePolicies({ edge: EDGE, shop: SHOP });
    await writeFile(join(account.policies, 'site.yaml'), SITE);
  });
  afterAll(() => account.setting.close());

  it('for previews, whole origins, an API and Lambda@Edge, whose first release goes out', async () => {
    expect(await account.bootstrap('--deploy')).toMatchObject({ code: EXIT.done });
    const directory = join(account.setting.directory, 'build');
    await mkdir(join(directory, 'assets'), { recursive: true });
    await writeFile(join(directory, 'index.html'), '<script src="/assets/a.js"></script>');
    await writeFile(join(directory, 'assets/a.js'), 'a');
    await writeFile(join(directory, 'assets/config.json'), '{}');
    const place = ['--bucket', 'acme-web-builds', '--app', 'shop', '--build', '1041'];
    expect(await account.run(publish, [directory, ...place])).toMatchObject({ code: EXIT.done });
    await run(reconcile);
    expect(await run(plan)).not.toContain('warning');
  }, 300_000);

  it('and stays so when it is deployed again', async () => {
    expect(await account.bootstrap('--deploy')).toMatchObject({ code: EXIT.done });
    expect(await run(plan)).not.toContain('CHANGE');
  }, 300_000);
});
