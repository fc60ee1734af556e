import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudFormationClient,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import { LambdaClient, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eject } from '../../../../controller/commands/eject.ts';
import { keys } from '../../../../controller/commands/keys.ts';
import { publish } from '../../../../controller/commands/publish.ts';
import { reconcile } from '../../../../controller/commands/reconcile.ts';
import { rollback } from '../../../../controller/commands/rollback.ts';
import { EXIT } from '../../../../controller/core/errors.ts';
import { full } from '../../../depth.ts';
import { DATA, listAccount, listKinds, type Inventory } from './inventory.ts';
import { EDGE, openAccount, SHOP, type Account } from './set-up.ts';

if (!full) {
  process.stderr.write(
    'SKIPPED: bootstrap beside what reconcile has made. To run it: HEADGATE_DEPTH=full\n',
  );
}

let account: Account;
let empty: Inventory;

beforeAll(async () => {
  account = await openAccount();
  empty = await listAccount(account.setting);
});
afterAll(() => account.setting.close());

async function readDistribution() {
  const [, id = ''] = /distribution: (\w+)/.exec(await account.readPolicy()) ?? [];
  const { cloudFront } = account.setting.clients;
  const { Distribution, ETag } = await cloudFront.send(new GetDistributionCommand({ Id: id }));
  const config = Distribution?.DistributionConfig;
  const behaviour = config?.DefaultCacheBehavior;
  return { id, revision: ETag, aliases: config?.Aliases?.Items, behaviour };
}

async function release(build = '1041'): Promise<void> {
  const directory = join(account.setting.directory, `build-${build}`);
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(directory, 'index.html'), '<script src="/assets/a.js"></script>');
  await writeFile(join(directory, 'assets/a.js'), 'a');
  const place = ['--bucket', 'acme-web-builds', '--region', 'eu-west-1', '--app', 'shop'];
  const published = await account.run(publish, [directory, ...place, '--build', build]);
  expect(published).toMatchObject({ code: EXIT.done });
  const again = () => account.run(reconcile, ['--policies', account.policies]);
  let reconciled = await again();
  // The fast lane runs in this account, too: who comes second looks once more.
  while (reconciled.code === EXIT.moved) reconciled = await again();
  expect(reconciled).toMatchObject({ code: EXIT.done });
}

describe('from an empty account and back', () => {
  it('makes all that the policies need, and writes the id into the policy', async () => {
    const { code, stdout, stderr } = await account.bootstrap('--deploy');
    // Before what reads it.
    expect(stderr).toMatch(
      /AWS::S3::Bucket BucketAcmeXwebXbuilds[^]*AWS::CloudFront::Distribution/,
    );
    expect(code).toBe(EXIT.done);
    const { id, aliases } = await readDistribution();
    expect(await account.readPolicy()).toBe(
      SHOP.replace('{ group: prod }', `{ group: prod, distribution: ${id} }`),
    );
    expect(aliases).toEqual(['shop.localhost']);
    const made = await listAccount(account.setting);
    expect(made).toMatchObject({
      buckets: ['acme-edge', 'acme-web-builds'],
      stores: ['headgate-prod'],
      distributions: [id],
      stacks: ['eu-west-1 headgate', 'us-east-1 headgate'],
      lambdas: ['us-east-1 headgate-fast-lane'],
    });
    expect(stdout).toMatch(/gh variable set HEADGATE_PLAN_ROLE --repo acme\/releases --body arn:/);
    expect(stdout).toContain('gh variable set HEADGATE_APP --repo acme/shop --body shop');
    expect(stdout).toContain('headgate publish <dir> --bucket acme-web-builds --app shop');
  });

  it('gives the fast lane its code', async () => {
    const { endpoint } = account.setting.cloud;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
    const read = new GetFunctionConfigurationCommand({ FunctionName: 'headgate-fast-lane' });
    const { CodeSize = 0 } = await lambda.send(read);
    // A placeholder is some lines.
    expect(CodeSize).toBeGreaterThan(100_000);
  });

  it('changes nothing when it runs again', async () => {
    const before = await readDistribution();
    const again = await account.bootstrap('--deploy');
    expect(again).toMatchObject({ code: EXIT.done, stderr: '' });
    expect(again.stdout).toContain('Stack headgate in us-east-1: as it was.');
    expect(again.stdout).toContain('Stack headgate in eu-west-1: as it was.');
    expect((await readDistribution()).revision).toBe(before.revision);
  });

  it.skipIf(!full)('nor when reconcile has put its functions there', async () => {
    await release();
    const released = await readDistribution();
    const again = await account.bootstrap('--deploy');
    expect(again).toMatchObject({ code: EXIT.done, stderr: '' });
    expect((await readDistribution()).revision).toBe(released.revision);
  });

  it.skipIf(!full)("leaves reconcile's functions on a distribution that it changes", async () => {
    const before = await readDistribution();
    await account.writePolicies({
      shop: (await account.readPolicy()).replace(
        '[shop.localhost]',
        '[shop.localhost, www.localhost]',
      ),
    });
    expect(await account.bootstrap('--deploy')).toMatchObject({ code: EXIT.done });
    const after = await readDistribution();
    expect(after.aliases).toEqual(['shop.localhost', 'www.localhost']);
    expect(after.behaviour?.FunctionAssociations?.Items).toHaveLength(2);
    expect(after.behaviour?.FunctionAssociations).toEqual(before.behaviour?.FunctionAssociations);
  });

  it.skipIf(!full)('is used: signed previews, and a release that is taken back', async () => {
    const policy = await account.readPolicy();
    const used = policy.replace('"1041" }', '"1042" }\n    preview: { access: signed }');
    await account.writePolicies({ shop: used });
    const named = ['shop', 'prod', '--policies', account.policies];
    const rotated = await account.run(keys, ['rotate', ...named, '--wait', '0s']);
    expect(rotated.code, rotated.stderr).toBe(EXIT.done);
    await release('1042');
    const back = await account.run(rollback, named);
    expect(back.code, back.stderr).toBe(EXIT.rolledBack);
    await account.writePolicies({ shop: policy });
  });

  it.skipIf(!full)('lets no visitors ask another bucket', async () => {
    const before = await readDistribution();
    const policy = await account.readPolicy();
    // Of another region: then no stack that is written would lose the present one.
    const shop = policy.replace('acme-web-builds', 'acme-other').replace('eu-west-1', 'us-east-1');
    await account.writePolicies({ shop });
    const { code, stderr } = await account.bootstrap('--deploy');
    expect(code, stderr).toBe(EXIT.unsafe);
    expect(stderr).toMatch(/serves from acme-web-builds\.s3\..*would ask bucket acme-other/);
    expect(await readDistribution()).toEqual(before);
    await account.writePolicies({ shop: policy });
  });

  it.skipIf(!full)('refuses to lose a KeyValueStore, until that is meant', async () => {
    const before = await listAccount(account.setting);
    await account.writePolicies({ edge: EDGE.replace('headgate-prod', 'headgate-other') });
    const refused = await account.bootstrap('--deploy');
    expect(refused.code).toBe(EXIT.unsafe);
    expect(refused.stderr).toContain('AWS::CloudFront::KeyValueStore StoreProd (made anew)');
    expect(refused.stderr).toContain('--allow-replace');
    expect(await listAccount(account.setting)).toEqual(before);
    await account.writePolicies({ edge: EDGE });
  });

  it('tells what --destroy would do, and does nothing without the name of the stack', async () => {
    const before = await listAccount(account.setting);
    const told = await account.bootstrap('--destroy');
    expect(told.code).toBe(EXIT.done);
    expect(told.stdout).toContain('AWS::CloudFront::KeyValueStore StoreProd');
    expect(told.stdout).toContain('bucket acme-web-builds (eu-west-1)');
    expect(told.stdout).toContain('--confirm headgate');
    expect((await account.bootstrap('--destroy', '--confirm', 'other')).code).toBe(EXIT.usage);
    expect(await listAccount(account.setting)).toEqual(before);
  });

  it.skipIf(!full)('says that it takes a site away that was ejected', async () => {
    const { id } = await readDistribution();
    const warning = `distribution ${id} serves a site that was ejected`;
    expect((await account.bootstrap('--destroy')).stdout).not.toContain(warning);
    const left = await account.run(eject, [
      'shop',
      'prod',
      '--apply',
      '--policies',
      account.policies,
    ]);
    expect(left.code, left.stderr).toBe(EXIT.done);
    expect((await account.bootstrap('--destroy')).stdout).toContain(warning);
  });

  it.skipIf(!full)('touches nothing while termination protection is on', async () => {
    const before = await readDistribution();
    const { endpoint } = account.setting.cloud;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const stacks = new CloudFormationClient({ endpoint, region: 'us-east-1', credentials });
    const protect = (EnableTerminationProtection: boolean) =>
      stacks.send(
        new UpdateTerminationProtectionCommand({
          StackName: 'headgate',
          EnableTerminationProtection,
        }),
      );
    await protect(true);
    const refused = await account.bootstrap('--destroy', '--confirm', 'headgate');
    expect(refused.code).toBe(EXIT.unsafe);
    expect(refused.stderr).toContain('update-termination-protection');
    expect((await readDistribution()).revision).toBe(before.revision);
    await protect(false);
  });

  it('takes all away but what it says it keeps', async () => {
    const { code, stdout } = await account.bootstrap('--destroy', '--confirm', 'headgate');
    expect(code).toBe(EXIT.done);
    const { logGroups = [], parameters, ...left } = await listAccount(account.setting);
    expect(left).toEqual({ ...empty, buckets: ['acme-edge', 'acme-web-builds'] });
    expect(DATA).toEqual(expect.arrayContaining([...(await listKinds(account.setting))]));
    const ofShop = 'eu-west-1 /headgate/shop/prod';
    const kept = [`${ofShop}/active-build`, expect.stringContaining(`${ofShop}/keys/`)];
    expect(parameters).toEqual(full ? [...kept, `${ofShop}/route`] : undefined);
    const said = /Left, with the data in it:\n([^]*)/.exec(stdout)?.[1] ?? '';
    for (const name of [
      'bucket acme-edge',
      'bucket acme-web-builds',
      'SSM parameters below /headgate/shop/',
    ]) {
      expect(said).toContain(name);
    }
    for (const group of logGroups) expect(said).toContain(group.split(' ')[1]);
    const again = await account.bootstrap('--destroy', '--confirm', 'headgate');
    expect(again.code).toBe(EXIT.done);
    expect(again.stdout).toContain('No stack headgate is there, nor its functions.');
    for (const line of said.split('\n').filter((one) => one !== '')) {
      expect(again.stdout).toContain(line);
    }
  });

  it.skipIf(!full)('takes back what was kept', async () => {
    const { code, stderr } = await account.bootstrap('--deploy');
    expect(stderr).toContain('< AWS::S3::Bucket');
    expect(code).toBe(EXIT.done);
    const { id, revision } = await readDistribution();
    expect(revision).toBeDefined();
    expect(id).not.toBe('');
  });
});
