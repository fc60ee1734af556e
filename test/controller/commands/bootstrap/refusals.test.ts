import {
  CreateFunctionCommand,
  DescribeFunctionCommand,
  GetDistributionConfigCommand,
  PublishFunctionCommand,
  UpdateDistributionCommand,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CopyObjectCommand, CreateBucketCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../../controller/core/errors.ts';
import { createAlarm } from '../../../end-to-end/by-hand/alarm.ts';
import { createAccount } from '../../../end-to-end/by-hand/account.ts';
import { full } from '../../../depth.ts';
import { listAccount } from './inventory.ts';
import { EDGE, openAccount, SHOP, type Account } from './set-up.ts';

if (!full) {
  process.stderr.write(
    "SKIPPED: bootstrap beside a team's own things. To run it: HEADGATE_DEPTH=full\n",
  );
}

/** An account in which a team has things of its own. */
let account: Account;
let theirs: string;

/** As buckets have for an origin access identity, which came before origin access control. */
const OF_THEIRS = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::their-bucket/*',
};
const EXISTING = EDGE.replace('setup:', 'setup:\n  existing: { distributions: [shop/prod] }');
const naming = (id: string) =>
  SHOP.replace('{ group: prod }', `{ group: prod, distribution: ${id} }`);

describe.skipIf(!full)('beside what a team has of its own', () => {
  beforeAll(async () => {
    account = await openAccount();
    const { clients } = account.setting;
    await createAlarm(clients.cloudWatch, 'shop-prod-errors');
    const place = { environment: 'prod', region: 'us-east-1', pool: { include: [], exclude: [] } };
    const made = await createAccount(clients, {
      app: 'other',
      bucket: 'their-builds',
      buckets: ['their-builds'],
      stores: [],
      alarms: [],
      distributions: [{ ...place, hosts: ['their.localhost'] }],
    });
    theirs = String(made[0]);
  });
  afterAll(() => account.setting.close());

  it("refuses to put a distribution in the place of somebody else's", async () => {
    await account.writePolicies({ shop: naming(theirs) });
    const { code, stderr } = await account.bootstrap('--deploy');
    expect(code).toBe(EXIT.unsafe);
    expect(stderr).toContain(
      `names distribution ${theirs}, which is there and isn't of this stack`,
    );
  });

  it("refuses to take somebody else's bucket over", async () => {
    const { s3 } = account.setting.clients;
    await s3.send(new CreateBucketCommand({ Bucket: 'their-bucket' }));
    const shop = SHOP.replace('acme-web-builds', 'their-bucket').replace('eu-west-1', 'us-east-1');
    await account.writePolicies({ shop });
    const { code, stderr } = await account.bootstrap('--deploy');
    expect(code).toBe(EXIT.unsafe);
    expect(stderr).toContain(
      "Bucket their-bucket is there already, and nothing in it is Headgate's",
    );
    expect(stderr).toContain('existing: { buckets: [their-bucket] }');
  });

  it('leaves an alarm alone that somebody else has made, and an id that names nothing', async () => {
    await account.writePolicies({ shop: naming('E1GONEBEFORE1') });
    const { code, stderr } = await account.bootstrap('--deploy');
    expect(code, stderr).toBe(EXIT.done);
    expect(await account.readPolicy()).not.toContain('E1GONEBEFORE1');
    const read = new DescribeAlarmsCommand({ AlarmNames: ['shop-prod-errors'] });
    const { MetricAlarms = [] } = await account.setting.clients.cloudWatch.send(read);
    expect(MetricAlarms[0]?.MetricName).toBe('CheckoutErrors');
    expect(await account.bootstrap('--deploy')).toMatchObject({ code: EXIT.done, stderr: '' });
  });

  it('refuses to take off a behaviour that somebody has added by hand', async () => {
    const { cloudFront } = account.setting.clients;
    const Id = /distribution: (\w+)/.exec(await account.readPolicy())?.[1];
    const { DistributionConfig, ETag } = await cloudFront.send(
      new GetDistributionConfigCommand({ Id }),
    );
    const [first] = DistributionConfig?.CacheBehaviors?.Items ?? [];
    const Items = [first, { ...first, PathPattern: '/theirs/*' }] as never;
    await cloudFront.send(
      new UpdateDistributionCommand({
        Id,
        IfMatch: ETag,
        DistributionConfig: {
          ...DistributionConfig,
          CacheBehaviors: { Quantity: 2, Items },
        } as never,
      }),
    );
    const refused = await account.bootstrap('--deploy');
    expect(refused.code).toBe(EXIT.unsafe);
    expect(refused.stderr).toContain('shop/prod: /theirs/*');
  });

  it('leaves the functions on a distribution whose update fails', async () => {
    const { cloudFront } = account.setting.clients;
    const FunctionARN = await createFunction('reconciled');
    const Id = /distribution: (\w+)/.exec(await account.readPolicy())?.[1];
    const associations = { Quantity: 1, Items: [{ EventType: 'viewer-request', FunctionARN }] };
    await changeFunctions(Id, associations);
    const shop = await account.readPolicy();
    // Their distribution has that name.
    await account.writePolicies({
      shop: shop.replace('[shop.localhost]', '[shop.localhost, their.localhost]'),
    });
    const { code, stderr } = await account.bootstrap('--deploy', '--allow-replace');
    expect(code).toBe(EXIT.unsafe);
    expect(stderr).toContain('UPDATE_ROLLBACK_COMPLETE');
    const { DistributionConfig } = await cloudFront.send(new GetDistributionConfigCommand({ Id }));
    expect(DistributionConfig?.DefaultCacheBehavior?.FunctionAssociations).toEqual(associations);
    await changeFunctions(Id, { Quantity: 0 });
    await account.writePolicies({ shop });
  });

  it('says what it cannot write, and is not done then', async () => {
    const shop = SHOP.replace('edge: { group: prod }', 'edge:\n      group: >-\n        prod\n   ');
    await account.writePolicies({ shop, edge: EDGE });
    const { code, stdout } = await account.bootstrap('--deploy', '--allow-replace');
    expect(stdout).toMatch(
      /write `distribution: \w+` into `edge` of shop\/prod yourself: .*unusual/,
    );
    expect(code).toBe(EXIT.usage);
  });

  it('takes nothing away while their distribution runs a function of the stack', async () => {
    const FunctionARN = await createFunction('headgate-prod-request');
    await changeFunctions(theirs, {
      Quantity: 1,
      Items: [{ EventType: 'viewer-request', FunctionARN }],
    });
    await account.writePolicies({ shop: naming(theirs), edge: EXISTING });
    const before = await listAccount(account.setting);
    for (const asked of [['--destroy'], ['--destroy', '--confirm', 'headgate']]) {
      const { code, stderr } = await account.bootstrap(...asked);
      expect(code).toBe(EXIT.unsafe);
      expect(stderr).toContain(
        `Distribution ${theirs} of shop/prod isn't of this stack, and runs its functions`,
      );
      expect(stderr).toContain('headgate eject shop prod');
    }
    expect(await listAccount(account.setting)).toEqual(before);
  });

  it('leaves what `headgate eject` left on their distribution, and takes its own away', async () => {
    const { cloudFront } = account.setting.clients;
    const Name = 'shop_prod_ejected';
    const FunctionARN = await createFunction(Name);
    const config = { EventType: 'viewer-request', FunctionARN };
    await changeFunctions(theirs, { Quantity: 1, Items: [config] });
    await account.writePolicies({ shop: naming(theirs), edge: EXISTING });
    const { code, stderr } = await account.bootstrap('--destroy', '--confirm', 'headgate');
    expect(code, stderr).toBe(EXIT.done);
    expect(stderr).toContain(`Function ${Name} serves a distribution that isn't of this stack`);
    expect(await cloudFront.send(new DescribeFunctionCommand({ Name }))).toBeDefined();
  });

  it("refuses a bucket of theirs that has a policy, though Headgate's settings are in it", async () => {
    const { s3 } = account.setting.clients;
    const Key = 'shop/settings.json';
    const CopySource = `acme-web-builds/${Key}`;
    const Bucket = 'their-bucket';
    await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource }));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [OF_THEIRS] });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const shop = naming(theirs)
      .replace('acme-web-builds', Bucket)
      .replace('eu-west-1', 'us-east-1');
    await account.writePolicies({ shop, edge: EXISTING });
    const { code, stderr } = await account.bootstrap('--deploy');
    expect(code).toBe(EXIT.unsafe);
    expect(stderr).toContain(`Bucket ${Bucket} is there already, with a bucket policy`);
    expect(stderr).toContain(`existing: { buckets: [${Bucket}] }`);
  });

  it("ends no bucket policy by which their distribution reads the stack's bucket", async () => {
    await account.writePolicies({ shop: naming(theirs), edge: EXISTING });
    const deployed = await account.bootstrap('--deploy');
    expect(deployed.code, deployed.stderr).toBe(EXIT.done);
    await changeConfig(theirs, (config) => {
      const [origin] = config.Origins?.Items ?? [];
      const DomainName = 'acme-web-builds.s3.eu-west-1.amazonaws.com';
      return { ...config, Origins: { Quantity: 1, Items: [{ ...origin, DomainName }] } };
    });
    const before = await listAccount(account.setting);
    const destroyed = await account.bootstrap('--destroy', '--confirm', 'headgate');
    // As if the environment had been taken out, and another one come.
    await account.writePolicies({ shop: SHOP, edge: EDGE });
    for (const { code, stderr } of [destroyed, await account.bootstrap('--deploy')]) {
      expect(code, stderr).toBe(EXIT.unsafe);
      expect(stderr).toContain(
        `Distribution ${theirs} isn't of this stack, and may read acme-web-builds only by the policy`,
      );
    }
    expect(await listAccount(account.setting)).toEqual(before);
    await changeConfig(theirs, (config) => ({ ...config, Enabled: false }));
    await account.writePolicies({ shop: naming(theirs), edge: EXISTING });
    const gone = await account.bootstrap('--destroy', '--confirm', 'headgate');
    expect(gone.code, gone.stderr).toBe(EXIT.done);
  });

  async function createFunction(Name: string): Promise<string | undefined> {
    const { cloudFront } = account.setting.clients;
    const { ETag, FunctionSummary } = await cloudFront.send(
      new CreateFunctionCommand({
        Name,
        FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
        FunctionCode: Buffer.from('function handler(event) { return event.request; }'),
      }),
    );
    await cloudFront.send(new PublishFunctionCommand({ Name, IfMatch: ETag }));
    return FunctionSummary?.FunctionMetadata?.FunctionARN;
  }

  async function changeFunctions(
    Id: string | undefined,
    FunctionAssociations: object,
  ): Promise<void> {
    await changeConfig(Id, (config) => {
      const DefaultCacheBehavior = { ...config.DefaultCacheBehavior, FunctionAssociations };
      return { ...config, DefaultCacheBehavior };
    });
  }

  async function changeConfig(
    Id: string | undefined,
    change: (config: Partial<DistributionConfig>) => object,
  ): Promise<void> {
    const { cloudFront } = account.setting.clients;
    const { DistributionConfig: config, ETag: IfMatch } = await cloudFront.send(
      new GetDistributionConfigCommand({ Id }),
    );
    const DistributionConfig = change(config ?? {}) as never;
    await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig }));
  }
});
