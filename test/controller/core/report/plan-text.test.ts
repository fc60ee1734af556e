import { describe, expect, it } from 'vitest';
import { sealPlanSet } from '../../../../controller/core/plan/plan.ts';
import type { GatePolicy } from '../../../../controller/core/policy/policy.ts';
import { renderPlanSet } from '../../../../controller/core/report/plan-text.ts';
import { gateOf } from '../../../fakes/gate.ts';
import { assign, environmentPolicy, World } from '../../../fakes/world.ts';

function gate(paths: string, admission: string): string {
  return `gate: protects ${paths}; ${admission}; admitted visitors stay`;
}

async function rolling(): Promise<World> {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  world.policy = environmentPolicy('2');
  return world;
}

describe('a plan, as text', () => {
  it('says what moves, why, and every write in order', async () => {
    const world = await rolling();
    const set = sealPlanSet([await world.plan()]);
    expect(renderPlanSet(set).replace(set.checksum, 'CHECKSUM')).toMatchInlineSnapshot(`
      "shop/prod  CHANGE  build 1 -> build 2 at 5 %, stable 1
        Build 2 starts with 5 % of visitors; stable is 1.
        write record: intent
        write route in KeyValueStore headgate-prod: shop.example.com, d1.cloudfront.example
        write SSM /headgate/shop/prod/route
        write record: rolling, generation 2
        write history: generation 2, rollout-started

      5 write(s). Plan checksum CHECKSUM."
    `);
  });

  it('says why it rolls back', async () => {
    const world = await rolling();
    await world.reconcile();
    world.fireAlarm();
    const set = sealPlanSet([await world.plan()]);
    expect(renderPlanSet(set).replace(set.checksum, 'CHECKSUM')).toMatchInlineSnapshot(`
      "shop/prod  ROLL BACK  build 2 at 5 %, stable 1 -> build 1 (held)
        Build 2 was rolled back (alarm): stable build 1 serves everyone.
        evidence: shop-prod-errors entered ALARM at 2026-03-01T00:00:00.000Z: too many errors
        write route in KeyValueStore headgate-prod: shop.example.com, d1.cloudfront.example
        write SSM /headgate/shop/prod/route
        write record: held, generation 3
        write history: generation 3, rolled-back

      4 write(s). Plan checksum CHECKSUM."
    `);
  });

  it('says what is refused, where, and the next step', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('99');
    const set = sealPlanSet([await world.plan()]);
    expect(renderPlanSet(set).replace(set.checksum, 'CHECKSUM')).toMatchInlineSnapshot(`
      "shop/prod  REFUSED  build 1
        refused: policies/shop.yaml:9: build "99" is not published: it has no manifest
          next: Publish it first (headgate publish <dir> --build 99 ...), or name a published build.

      Nothing to write. Plan checksum CHECKSUM."
    `);
  });

  it('explains what decides about single visitors', async () => {
    const world = await rolling();
    world.routes.set('keys/shop/prod', '{}');
    world.publish('3');
    world.policy = environmentPolicy('2', {
      release: { ...world.policy.release, sessionIdleSeconds: 600 },
      ...assign({ cohort: '2', arm: '3' }),
      gate: gateOf({ failOpenUntil: '2026-03-02T00:00Z' }),
    });
    await world.reconcile();
    world.fireAlarm();
    const set = sealPlanSet([await world.plan()]);
    expect(renderPlanSet(set).replace(set.checksum, 'CHECKSUM')).toMatchInlineSnapshot(`
      "shop/prod  ROLL BACK  build 2 at 5 %, stable 1 -> build 1 (held)
        Build 2 was rolled back (alarm): stable build 1 serves everyone.
        evidence: shop-prod-errors entered ALARM at 2026-03-01T00:00:00.000Z: too many errors
        write route in KeyValueStore headgate-prod: shop.example.com, d1.cloudfront.example
        write SSM /headgate/shop/prod/route
        write record: held, generation 3
        write history: generation 3, rolled-back
        note: warning: cohort staff is skipped: build 2 is quarantined since rollback 3
        note: sessions on build 2 end with their next page
        note: gate: protects 3 paths (/shop/*, /cart, /checkout/*); accepting, 40 % get in; admitted visitors stay
        note: warning: the gate protects no API path, and a single-page app goes on asking its API without loading a page
        note: until 2026-03-02T00:00Z, while keys can't be read, whoever presents a well-formed token gets in, beside those whom the rate lets in
        note: warning: until 2026-03-02T00:00Z, while the route can't be read there is no gate, and everyone gets in

      4 write(s). Plan checksum CHECKSUM."
    `);
  });

  it.each<[string, Partial<GatePolicy>, readonly string[]]>([
    ['a share', { protect: ['/api/*'] }, [gate('1 path (/api/*)', 'accepting, 40 % get in')]],
    [
      'everyone',
      { protect: ['/*'], rateBasisPoints: 10_000 },
      [gate('1 path (/*)', 'accepting, everyone gets in')],
    ],
    [
      'nobody',
      { protect: ['/v1/graphql'], rateBasisPoints: 0 },
      [gate('1 path (/v1/graphql)', 'accepting, nobody new gets in')],
    ],
    [
      'priority only, and warns of the API',
      { protect: ['/a', '/b'], accepting: false, priority: { cookie: 'hg_priority', since: 1 } },
      [
        gate('2 paths (/a, /b)', 'not accepting, nobody new gets in without priority'),
        'warning: the gate protects no API path, and a single-page app goes on asking its API without loading a page',
      ],
    ],
    [
      'only by lottery when keys fail, any more',
      { protect: ['/api/*'], failOpenUntil: '2026-02-28T00:00Z' },
      [
        gate('1 path (/api/*)', 'accepting, 40 % get in'),
        "warning: failOpenUntil 2026-02-28T00:00Z is over: while keys can't be read sessions and priority don't count, and only those whom the rate lets in get in",
      ],
    ],
  ])('explains a gate that lets in %s', async (_, changes, notes) => {
    const world = await rolling();
    world.policy = environmentPolicy('2', { gate: gateOf(changes) });
    const fault =
      "while the route can't be read, visitors get 503 on every path, since only the route knows the gate";
    expect((await world.plan()).notes).toEqual([...notes, fault]);
  });

  it('says what becomes of sessions', async () => {
    const world = await rolling();
    const { release } = world.policy;
    world.policy = environmentPolicy('2', { release: { ...release, sessionIdleSeconds: 90 } });
    const kept = 'sessions in progress keep their build, until 90 s without a page';
    expect((await world.reconcile()).plan.notes).toEqual([kept]);
    world.policy = environmentPolicy('2');
    expect((await world.plan()).notes).toEqual([
      'sessions in progress are not kept: sticky is visitor now, so all are drawn again',
    ]);
  });

  it('does not say that nothing is to be done when something could not be read', () => {
    expect(renderPlanSet(sealPlanSet([]), 2)).toMatch(
      /^Nothing to write, 2 could not be planned\. /,
    );
  });
});

describe('the checksum of a plan', () => {
  it('is the same for the same changes at another time and by another author', async () => {
    const world = await rolling();
    const { checksum } = await world.plan();
    world.pass(3600);
    expect((await world.plan()).checksum).toBe(checksum);
  });

  it('is the same for a rollback planned a second later', async () => {
    const world = await rolling();
    await world.reconcile();
    world.fireAlarm();
    const { checksum } = await world.plan();
    world.pass(1);
    expect((await world.plan()).checksum).toBe(checksum);
  });

  it('is another one when the policy, or what is live, moved', async () => {
    const world = await rolling();
    const { checksum } = await world.plan();
    world.policy = { ...world.policy, preview: { access: 'off', ttlSeconds: 60 } };
    expect((await world.plan()).checksum).not.toBe(checksum);
    world.policy = environmentPolicy('2');
    await world.reconcile();
    world.pass(61);
    expect((await world.plan()).checksum).not.toBe(checksum);
  });
});
