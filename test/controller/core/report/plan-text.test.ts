import { describe, expect, it } from 'vitest';
import { sealPlanSet } from '../../../../controller/core/plan/plan.ts';
import { renderPlanMarkdown } from '../../../../controller/core/report/plan-markdown.ts';
import { renderPlanSet } from '../../../../controller/core/report/plan-text.ts';
import { environmentPolicy, World } from '../../../fakes/world.ts';

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

  it('does not say that nothing is to be done when something could not be read', () => {
    expect(renderPlanSet(sealPlanSet([]), 2)).toMatch(
      /^Nothing to write, 2 could not be planned\. /,
    );
  });
});

describe('a plan, as Markdown', () => {
  it('is one row per subject, details folded', async () => {
    const world = await rolling();
    const set = sealPlanSet([await world.plan()]);
    expect(renderPlanMarkdown(set).replace(set.checksum, 'CHECKSUM')).toMatchInlineSnapshot(`
      "### Headgate plan

      | | | from | to | why |
      |---|---|---|---|---|
      | shop/prod | ➡️ change | build 1 | build 2 at 5 %, stable 1 | Build 2 starts with 5 % of visitors; stable is 1. |

      <details>
      <summary>shop/prod</summary>

      - Write record: intent
      - Write route in KeyValueStore headgate-prod: shop.example.com, d1.cloudfront.example
      - Write SSM /headgate/shop/prod/route
      - Write record: rolling, generation 2
      - Write history: generation 2, rollout-started

      </details>

      Checksum \`CHECKSUM\`
      "
    `);
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
    world.policy = { ...world.policy, preview: { access: 'off' } };
    expect((await world.plan()).checksum).not.toBe(checksum);
    world.policy = environmentPolicy('2');
    await world.reconcile();
    world.pass(61);
    expect((await world.plan()).checksum).not.toBe(checksum);
  });
});
