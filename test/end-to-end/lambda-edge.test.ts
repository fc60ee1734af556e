import { GetDistributionConfigCommand } from '@aws-sdk/client-cloudfront';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keys } from '../../controller/core/state/keys.ts';
import { readLive, visit } from './live.ts';
import { BUCKET, composePolicy, REGION, type Policy, type Release } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';

/** Two steps, so that a rollback has something to return from. */
const STEPS = [{ weight: '50%', hold: '1h' }];

let setting: Setting;
beforeAll(async () => {
  setting = await createSetting([A, B]);
});
afterAll(() => setting.close());

function onLambda(release: Release, routeMaxAge = '0.01s'): Policy {
  const policy = composePolicy(setting.distributions, { prod: release });
  const group = {
    runtime: 'lambda-edge',
    role: 'arn:aws:iam::000000000000:role/headgate-edge',
    bucket: BUCKET,
    region: REGION,
    // The edge asks for the route anew with nearly every request.
    routeMaxAge,
  };
  return { ...policy, edge: { ...policy.edge, groups: { prod: group } } };
}

async function run(args: readonly string[], policy: Policy) {
  const { code, stdout, stderr, writes } = await setting.run(args, { policy });
  return { code, said: stdout + stderr, writes };
}

it(
  'a policy with Lambda@Edge releases, moves and returns, by the route in SSM alone',
  { timeout: 300_000 },
  async () => {
    const first = onLambda({ build: A });
    const released = await run(['reconcile'], first);
    expect(released.code, released.said).toBe(0);
    expect(released.said).toContain('edge locations run what they ran before');
    const live = await readLive(setting);
    expect(live.pages).toEqual(Array.from({ length: 8 }, () => A));
    expect(live.store).toEqual({});
    expect(live.routeParameter).toBe(live.record?.route);
    expect(await run(['reconcile'], first)).toMatchObject({ code: 0, writes: [] });

    const next = onLambda({ build: B, steps: STEPS });
    const moved = await run(['reconcile'], next);
    expect(moved.code, moved.said).toBe(0);
    // A release is no code change: what runs stays, and so do the behaviours.
    expect(moved.writes.join()).not.toMatch(/CreateFunction|UpdateFunctionCode|UpdateDistribution/);
    const pages = await visit(setting);
    expect(new Set(pages)).toEqual(new Set([A, B]));

    const back = await run(['rollback', 'shop', 'prod'], next);
    expect(back.code, back.said).toBe(5);
    expect((await readLive(setting)).pages).toEqual(Array.from({ length: 8 }, () => A));
    const held = await run(['reconcile'], next);
    expect(held).toMatchObject({ code: 0, writes: [] });
    expect((await readLive(setting)).record).toMatchObject({ phase: 'held', generation: 3 });
  },
);

it('new code is a new version on all three events in the same run, and readable in the archive', async () => {
  const { code, said, writes } = await run(
    ['reconcile'],
    onLambda({ build: B, steps: STEPS }, '0.02s'),
  );
  expect(code, said).toBe(0);
  expect(writes.join()).toContain('UpdateDistribution');
  const Id = setting.distributions.prod;
  const { DistributionConfig } = await setting.clients.cloudFront.send(
    new GetDistributionConfigCommand({ Id }),
  );
  const items = DistributionConfig?.DefaultCacheBehavior?.LambdaFunctionAssociations?.Items ?? [];
  expect(items.map(({ EventType }) => EventType)).toEqual([
    'viewer-request',
    'origin-request',
    'viewer-response',
  ]);
  const [arn, ...others] = new Set(items.map(({ LambdaFunctionARN }) => LambdaFunctionARN));
  expect(arn).toMatch(/:function:headgate-prod:2$/);
  expect(others).toEqual([]);
  expect((await readLive(setting)).pages).toEqual(Array.from({ length: 8 }, () => A));
  const { Body } = await setting.clients.s3.send(
    new GetObjectCommand({ Bucket: BUCKET, Key: keys.codeRecord('prod') }),
  );
  const { releases } = JSON.parse(String(await Body?.transformToString())) as {
    releases: readonly { hash: string }[];
  };
  const archived = await setting.clients.s3.send(
    new GetObjectCommand({ Bucket: BUCKET, Key: keys.edgeCode(String(releases[0]?.hash)) }),
  );
  expect(await archived.Body?.transformToString()).toContain('exports');
});

it('leaves, with a CloudFront Function in the place of the version on all three events', async () => {
  const policy = onLambda({ build: A }, '0.02s');
  const early = await run(['eject', 'shop', 'prod', '--apply'], policy);
  expect(early.code, early.said).toBe(0);
  const Id = setting.distributions.prod;
  const { DistributionConfig } = await setting.clients.cloudFront.send(
    new GetDistributionConfigCommand({ Id }),
  );
  const { FunctionAssociations, LambdaFunctionAssociations } =
    DistributionConfig?.DefaultCacheBehavior ?? {};
  expect(FunctionAssociations?.Items?.map(({ FunctionARN }) => FunctionARN)).toEqual([
    expect.stringMatching(/function\/shop_prod_ejected$/),
  ]);
  expect(LambdaFunctionAssociations?.Quantity).toBe(0);
  expect((await readLive(setting)).pages).toEqual(Array.from({ length: 8 }, () => A));
});
