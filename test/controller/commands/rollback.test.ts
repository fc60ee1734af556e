import { beforeEach, describe, expect, it } from 'vitest';
import { rollback } from '../../../controller/commands/rollback.ts';
import { RefusedError, UsageError } from '../../../controller/core/errors.ts';
import type { Reply } from '../../../controller/core/fast-lane/reply.ts';
import type { RollbackRequest } from '../../../controller/core/fast-lane/request.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { killAt, rolling } from '../../fakes/rolling.ts';
import {
  assign,
  DOMAIN,
  environmentPolicy,
  GROUP,
  HOST,
  LAMBDA_GROUP,
  World,
} from '../../fakes/world.ts';

const EDGE = `apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: builds, region: us-east-1 }
`;
const SHOP = `apiVersion: headgate/v1
app: shop
bucket: builds
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E1EXAMPLE }
    release: { build: "1" }
`;

/** Builds 1, 2 and 3 were stable in this order; 3 serves everyone. */
async function released(group: World['group'] = GROUP): Promise<World> {
  const world = new World(group);
  world.publish('1', '2', '3', '4');
  for (const build of ['1', '2', '3']) {
    world.policy = environmentPolicy(build);
    for (let step = 0; step < 4; step++) {
      await world.reconcile();
      world.pass(121);
    }
  }
  expect(world.route).toMatchObject({ stable: ['3', expect.any(String)] });
  expect(world.route?.canary).toBeUndefined();
  return world;
}

/** Runs the command; `shop`: the text of the app's file, undefined: there is no policy at all. */
async function run(
  world: World,
  values: Readonly<Record<string, string>>,
  { shop = SHOP, change = {} }: { shop?: string; change?: Partial<Context> } = {},
): Promise<number> {
  const texts = new Map([
    ['policies/edge.yaml', EDGE],
    ['policies/shop.yaml', shop],
  ]);
  const context = world.context();
  const files = {
    ...context.files,
    list: async () => (shop === '' ? undefined : ['edge.yaml', 'shop.yaml']),
    readText: async (path: string) => texts.get(path),
  };
  const args = {
    positionals: ['shop', 'prod'],
    values: { reason: 'wrong prices', policies: 'policies', ...values },
  };
  return rollback.run(args, { ...context, files, ...change });
}

describe('rollback --to', () => {
  it.each([GROUP, LAMBDA_GROUP])(
    'serves a build that was stable once, on $runtime',
    async (group) => {
      const world = await released(group);
      const shop = group === GROUP ? SHOP : '';
      const place = group === GROUP ? {} : { bucket: 'builds', region: 'us-east-1' };
      expect(await run(world, { to: '1', ...place }, { shop })).toBe(5);
      expect(world.route).toMatchObject({
        stable: ['1', expect.any(String)],
        barred: ['3'],
        rollback: { build: ['3', expect.any(String)], reason: 'manual' },
      });
      expect(world.route?.kept.map(([build]) => build)).toEqual(['3', '2']);
      expect(world.activeBuild).toBe('1');
      expect(world.storedRecord).toMatchObject({ phase: 'held', hold: { build: { build: '3' } } });
      const { generation = 0, last } = world.storedRecord ?? {};
      expect(world.history.get(generation)).toEqual(last);
      expect(last?.evidence).toEqual([
        'wrong prices',
        expect.stringContaining('1 verified: manifest'),
      ]);
      // Git still names build 3: nothing comes back by accident, and no byte differs.
      expect(await world.reconcile()).toMatchObject({ status: 'unchanged', exitCode: 0 });
      world.policy = environmentPolicy('4');
      await world.reconcile();
      expect(world.route?.canary?.build[0]).toBe('4');
    },
  );

  it('bars what was rolling out, and takes it out of cohorts and split', async () => {
    const world = await released();
    world.policy = environmentPolicy('4', assign({ cohort: '4', arm: '4' }));
    await world.reconcile();
    expect(await run(world, { to: '2' })).toBe(5);
    expect(world.route).toMatchObject({
      stable: ['2', expect.any(String)],
      barred: ['4'],
      cohorts: [],
    });
    expect(world.route?.split?.arms.map(({ build }) => build[0])).toEqual(['2']);
    expect(world.route?.kept.map(([build]) => build)).toEqual(['3', '4']);
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged', exitCode: 0 });
  });

  it.each([GROUP, LAMBDA_GROUP])(
    'converges when it is killed at any write, on $runtime',
    async (group) => {
      for (const moment of ['before', 'after'] as const) {
        for (let nth = 1; nth <= 4; nth++) {
          const world = await released(group);
          const { files: _files, ...killed } = world.context(killAt(nth, moment));
          const place = { bucket: 'builds', region: 'us-east-1' };
          const args = { shop: '', change: killed };
          await run(world, { to: '1', ...place }, args).catch(() => undefined);
          await world.reconcile();
          const isUntouched = nth === 1 && moment === 'before';
          expect(world.route?.stable[0]).toBe(isUntouched ? '3' : '1');
          expect(world.storedRecord?.phase).toBe(isUntouched ? 'idle' : 'held');
          expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
        }
      }
    },
  );

  it('goes back further from a hold, and git that named the held build is still no change', async () => {
    const world = await released();
    world.policy = environmentPolicy('4');
    await world.reconcile();
    await run(world, {});
    expect(await run(world, { to: '2' })).toBe(5);
    expect(world.route).toMatchObject({ stable: ['2', expect.any(String)], barred: ['3', '4'] });
    expect(world.storedRecord?.last.why).toContain('Build 3 was rolled back');
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged', exitCode: 0 });
    world.policy = environmentPolicy('2');
    await world.reconcile();
    expect(world.storedRecord).toMatchObject({ phase: 'idle', stable: { build: '2' } });
  });

  it('is the usual rollback when it names stable', async () => {
    const world = await rolling();
    expect(await run(world, { to: '1' })).toBe(5);
    expect(world.route).toMatchObject({ stable: ['1', expect.any(String)], barred: ['2'] });
  });

  describe('refuses, names what is missing and what there is instead', () => {
    let world: World;
    beforeEach(async () => {
      world = await released();
    });

    async function refusal(to: string): Promise<string> {
      world.writes = [];
      const error: unknown = await run(world, { to }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(RefusedError);
      expect(world.writes).toEqual([]);
      return error instanceof RefusedError ? `${error.message}. ${error.next}` : '';
    }

    it('a build that was never stable', async () => {
      expect(await refusal('4')).toBe(
        '"4" was never stable in shop/prod. It can go back to: 2, 1.',
      );
    });

    it('one that serves everyone, and one that is gone, changed or damaged', async () => {
      expect(await refusal('3')).toContain('build 3 serves everyone already');
      world.damaged.add('2');
      expect(await refusal('2')).toMatch(/has no index.html .* It can go back to: 1\.$/);
      world.published.set('2', 'other-bytes');
      expect(await refusal('2')).toContain('its manifest digest is other-bytes');
      world.published.delete('2');
      world.published.delete('1');
      expect(await refusal('2')).toMatch(/its manifest is gone .* No other build/);
    });

    it('a quarantined one, and the canary', async () => {
      await run(world, { to: '2' });
      expect(await refusal('3')).toContain('build 3 is quarantined since rollback');
      world.policy = environmentPolicy('1');
      await world.reconcile();
      expect(await refusal('1')).toContain('build 1 is the one that is rolling out');
    });
  });
});

describe('a rollback', () => {
  it('needs neither the record nor a policy that knows all hosts', async () => {
    const world = await rolling();
    const all = world.context();
    const records = () => ({
      ...all.records(world.app),
      read: async () => Promise.reject(new Error('not JSON')),
    });
    const shop = SHOP.replace(HOST, 'old.example.com');
    await expect(run(world, {}, { shop, change: { records } })).resolves.toBe(5);
    for (const host of [HOST, DOMAIN]) expect(world.routes.get(host)).toContain('"barred":["2"]');
  });

  it.each([
    ['an issue', SHOP.replace('release: {', 'release: { keep: 99,')],
    ['a whole file that can’t be used', SHOP.replace('app: shop', 'app: shop\nspa: perhaps')],
    ['no such environment', SHOP.replace('  prod:', '  beta:')],
  ])('takes hosts and store from the record where the policy has %s', async (_name, shop) => {
    const world = await rolling();
    expect(await run(world, {}, { shop })).toBe(5);
    for (const host of [HOST, DOMAIN]) expect(world.routes.get(host)).toContain('"barred":["2"]');
    expect(world.storedRecord).toMatchObject({ phase: 'held', hosts: [HOST, DOMAIN] });
  });

  it('says what it needs to know where there is no policy', async () => {
    const world = await rolling();
    await expect(run(world, {}, { shop: '' })).rejects.toMatchObject({
      message: expect.stringContaining('There is no directory'),
      next: expect.stringContaining('Without policies: --bucket <bucket> --region <region>'),
    });
    await expect(run(world, { bucket: 'builds' }, { shop: '' })).rejects.toThrow(UsageError);
    const other = SHOP.replace('app: shop', 'app: cart');
    await expect(run(world, {}, { shop: other })).rejects.toThrow(
      'No policy says where shop/prod is',
    );
    const place = { bucket: 'builds', region: 'us-east-1' };
    expect(await run(world, place, { shop: '' })).toBe(5);
    expect(world.route).toMatchObject({ barred: ['2'] });
  });
});

describe('through the fast lane', () => {
  const reply = {
    subject: 'shop/prod',
    outcome: 'rolled-back',
    why: 'back',
    evidence: [],
    problem: undefined,
    next: undefined,
    exitCode: 5,
  } as const;

  /** Whoever asks may read nothing on AWS. */
  async function ask(values: Readonly<Record<string, string>>, exitCode: Reply['exitCode'] = 5) {
    const world = await rolling();
    const asked: RollbackRequest[] = [];
    const forbidden = () => expect.unreachable();
    const fastLane = {
      askForRollback: async (_fn: string, request: RollbackRequest) => {
        asked.push(request);
        return [{ ...reply, exitCode }];
      },
    };
    const change = { fastLane, records: forbidden, builds: forbidden, parameters: forbidden };
    const code = await run(world, { via: 'headgate-fast-lane', ...values }, { change });
    expect(world.writes).toEqual([]);
    return { code, asked };
  }

  it('goes by the policy for where the record is, and by nothing else', async () => {
    const { code, asked } = await ask({ to: '1', reason: 'wrong prices' });
    expect(code).toBe(5);
    expect(asked).toMatchObject([
      { bucket: 'builds', region: 'us-east-1', app: 'shop', to: '1', reason: 'wrong prices' },
    ]);
  });

  it('ends as the fast lane says', async () => {
    expect((await ask({}, 3)).code).toBe(3);
  });

  it('sends one line as a reason', async () => {
    await expect(ask({ reason: 'a\nb' })).rejects.toThrow(UsageError);
  });
});
