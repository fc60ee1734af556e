import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { heldOf, planRevert } from '../../../../controller/core/github/revert.ts';
import {
  renderRevert,
  revertTitle,
  type RevertStory,
} from '../../../../controller/core/report/revert-body.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { gatherStory } from '../../../../controller/show/revert-story.ts';
import { policyText, recordOf, rolledBack } from '../../../fakes/rolled-back.ts';
import { rollBackByHand, rolling, subjectOf } from '../../../fakes/rolling.ts';
import type { World } from '../../../fakes/world.ts';

const RUN = {
  repository: 'acme/shop',
  eventName: 'schedule',
  sha: 'abc',
  ref: 'refs/heads/main',
  runUrl: 'https://github.com/acme/shop/actions/runs/7',
  actor: 'tester',
  inputs: {},
};

async function storyOf(world: World, text = policyText()): Promise<RevertStory> {
  const record = recordOf(world);
  const held = heldOf(record);
  const edit = held && planRevert(held, { file: 'policies/shop.yaml', text });
  if (held === undefined || edit?.kind !== 'edit') throw new Error(JSON.stringify(edit));
  const environment = {
    subject: subjectOf(world),
    stored: { record, revision: '1' },
    plan: undefined,
  };
  return gatherStory(waiting(world), environment, { held, edit, run: RUN });
}

/** In which waiting takes its time. */
function waiting(world: World): Context {
  const context = world.context();
  const sleep = async (milliseconds: number) => world.pass(milliseconds / 1000);
  return { ...context, clock: { ...context.clock, sleep } };
}

function serve(world: World, generation: number): void {
  const body = JSON.stringify({ app: 'shop', environment: 'prod', generation });
  world.site = () => ({ status: 200, headers: {}, body });
}

describe('a revert pull request', () => {
  it('of an alarm: what happened, by which evidence, and what merging does', async () => {
    const world = await rolledBack();
    serve(world, 3);
    world.pass(9);
    const more = '    cohorts: [{ name: staff, cookie: staff, build: "2" }]\n';
    const story = await storyOf(world, policyText('2', more));
    expect(revertTitle(story)).toBe('Revert shop/prod to 1: 2 was rolled back (rollback 3)');
    await expect(renderRevert(story)).toMatchFileSnapshot('golden/revert-alarm.md');
  });

  it('by hand, with lifts and a host that is behind', async () => {
    const world = await rolling();
    await rollBackByHand(world);
    serve(world, 2);
    const more = '    quarantine: [{ lift: "9", rollback: 1, reason: old }]\n';
    const story = await storyOf(world, policyText('2', more));
    await expect(renderRevert(story)).toMatchFileSnapshot('golden/revert-by-hand.md');
  });

  it('adopted from the edge counts its seconds from the route, not from when it was found', async () => {
    const world = await rolling();
    world.fireAlarm();
    const former = world.record;
    world.pass(3);
    await world.reconcile();
    // The run died before it wrote its record; an hour later somebody finds the route.
    world.record = former;
    world.history.delete(3);
    world.pass(3600);
    await world.reconcile();
    const body = renderRevert(await storyOf(world));
    expect(body).toContain('| rolled back | 2026-03-01 00:00:03 UTC');
    expect(body).not.toContain('NaN');
  });

  it('names what the same write rolled back', async () => {
    const world = await rolledBack();
    const record = recordOf(world);
    const place = { bucket: 'builds', region: 'us-east-1' };
    const members = ['checkout', 'shop'].map((app) => ({ app, environment: 'prod', ...place }));
    const text = JSON.stringify({ ...record, train: { id: 'x', members, together: true } });
    world.record = { text, revision: 9 };
    expect(renderRevert(await storyOf(world))).toContain('| together with | `checkout/prod`:');
  });

  it('without a history it still says what merging does', async () => {
    const world = await rolledBack();
    const story = await storyOf(world);
    const body = renderRevert({
      ...story,
      rolledBack: undefined,
      began: undefined,
      sighting: undefined,
    });
    expect(body).toContain('The history has no evidence of it.');
    expect(body).toContain('from `"2"` to `"1"`');
  });

  it('is no way for evidence to speak as somebody else', async () => {
    const world = await rolledBack();
    const story = await storyOf(world);
    const nasty = [
      '```\n@acme/everyone <img src=x onerror=alert(1)> [x](https://evil.example) ````` fixes #1',
      '\u202Eshop` entered ALARM at 2026-03-01T00:00:30.000Z: @acme | </td>',
      // A reason given by hand is evidence, too.
      'by hand entered ALARM at 2026-@acme/ops|[x](https://evil.example)Z: all of it',
      'x'.repeat(5000),
      ...Array.from({ length: 100 }, (_, index) => `line ${index}`),
    ];
    const entry = story.rolledBack;
    if (entry === undefined) throw new Error('no entry');
    const body = renderRevert({
      ...story,
      rolledBack: { ...entry, by: '@acme/ops | `x`', evidence: nasty },
    });
    expect(body.length).toBeLessThan(20_000);
    expect(body).toContain('and 64 more');
    const html = await marked(body);
    const outside = html.replaceAll(/<code[^>]*>[\s\S]*?<\/code>/g, '');
    expect(outside).not.toMatch(/@acme|evil|onerror|#1|<img/);
    expect(html).toContain('<h3>What merging does</h3>');
    expect(body).not.toContain('\u202E');
  });
});
