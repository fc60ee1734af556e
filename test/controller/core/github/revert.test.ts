import { describe, expect, it } from 'vitest';
import {
  heldOf,
  planRevert,
  revertBranch,
  type Held,
} from '../../../../controller/core/github/revert.ts';
import { planRollback } from '../../../../controller/core/plan/rollback.ts';
import { applyPlan } from '../../../../controller/apply/apply.ts';
import { readForRollback } from '../../../../controller/read/for-rollback.ts';
import { policyText, recordOf, rolledBack } from '../../../fakes/rolled-back.ts';
import { rolling, subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, type World } from '../../../fakes/world.ts';

const FILE = 'policies/shop.yaml';

function heldIn(world: World): Held {
  const held = heldOf(recordOf(world));
  if (held === undefined) throw new Error('not held');
  return held;
}

function revert(world: World, text: string) {
  return planRevert(heldIn(world), { file: FILE, text });
}

/** Everyone goes to a build of a person's choice. */
async function goBackTo(world: World, build: string): Promise<void> {
  const { facts } = await readForRollback(world.context(), subjectOf(world));
  const digest = world.published.get(build) ?? '';
  const cause = { reason: 'manual', evidence: ['by hand'], to: { build, digest } } as const;
  await applyPlan(planRollback(facts, cause), world.context());
}

describe('after a rollback', () => {
  it('the policy gets the build that everyone has', async () => {
    const world = await rolledBack();
    const text = policyText();
    expect(revert(world, text)).toMatchObject({
      kind: 'edit',
      text: text.replace("build: '2' #", "build: '1' #"),
      line: 11,
      from: '2',
      to: '1',
      bars: [{ rollback: 3 }],
      hasLifts: false,
    });
    expect(revertBranch(heldIn(world))).toBe('headgate/revert/shop/prod/3');
  });

  it('by hand it gets one too, also back behind stable', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('2', {
      release: { ...world.policy.release, steps: [], bakeSeconds: 0 },
    });
    for (const seconds of [60, 60, 0, 0]) {
      world.pass(seconds);
      await world.reconcile();
    }
    expect(recordOf(world)).toMatchObject({ phase: 'idle', stable: { build: '2' } });
    expect(heldOf(recordOf(world))).toBeUndefined();
    await goBackTo(world, '1');
    expect(revert(world, policyText('2'))).toMatchObject({ kind: 'edit', from: '2', to: '1' });
  });

  it('names the newest rollback, and where that one went', async () => {
    const world = await rolledBack();
    await goBackTo(world, '3');
    expect(heldIn(world)).toMatchObject({ rollback: 4, stable: { build: '3' } });
    // The former stable is barred as well: who names it has gone back to the wrong one.
    for (const named of ['2', '1'])
      expect(revert(world, policyText(named))).toMatchObject({
        kind: 'edit',
        from: named,
        to: '3',
      });
  });

  it('its plan ends the hold, and visitors see no change', async () => {
    const world = await rolledBack();
    const before = world.route;
    world.policy = environmentPolicy('1');
    const plan = await world.plan();
    expect(plan).toMatchObject({
      direction: 'forward',
      why: expect.stringMatching(/the hold ends, visitors see no change/),
    });
    await world.reconcile();
    const { gen: _gen, ...served } = before ?? {};
    expect(world.route).toEqual({ ...served, gen: 4 });
  });

  it('the bad build is refused after that, with the line that lifts it, which does', async () => {
    const world = await rolledBack();
    world.policy = environmentPolicy('1');
    await world.reconcile();
    world.policy = environmentPolicy('2');
    const { refusals } = await world.plan();
    const line = /quarantine: \[\{ lift: "2", rollback: 3, reason: (?<reason>.+?) \}\]/;
    expect(refusals).toMatchObject([{ exitCode: 3, next: expect.stringMatching(line) }]);
    expect(refusals[0]?.next).toMatch(/beside `release` of prod/);
    const more = (rollback: number) => [{ lift: '2', rollback, reason: 'fixed' }];
    world.policy = environmentPolicy('2', { quarantine: more(1) });
    // Beside lifts that are there already the line must not be a second key.
    expect((await world.plan()).refusals[0]?.next).toMatch(
      /in `quarantine` of prod one entry more: `\{ lift: "2"/,
    );
    world.alarm = 'OK';
    world.policy = environmentPolicy('2', { quarantine: more(3) });
    expect(await world.plan()).toMatchObject({ refusals: [], to: 'build 2 at 5 %, stable 1' });
  });
});

describe('nothing to open', () => {
  const LIFT = '    quarantine: [{ lift: "2", rollback: 3, reason: fixed }]\n';

  it.each([
    ['the file names another build', policyText('3'), /names another build already, 3/],
    ['the file names stable', policyText('1'), /names 1 already/],
    ['the quarantine is lifted', policyText('2', LIFT), /lifts the quarantine of 2 already/],
    [
      'the environment is gone',
      policyText().replace('  prod:', '  production:'),
      /no environment prod any more/,
    ],
  ])('because %s', async (_name, text, why) => {
    expect(revert(await rolledBack(), text)).toMatchObject({
      kind: 'none',
      why: expect.stringMatching(why),
    });
  });

  it.each([
    ['not YAML', policyText().replace('[{ name', '[{{ name'), /not valid YAML \(line 16\)/],
    ['an issue', policyText().replace('bake: 2m', 'bake: soon'), /has an issue: line 14: .*soon/],
    [
      'an issue of the whole file',
      policyText().replace('app: shop', 'app: Shop'),
      /has an issue: line 3/,
    ],
    [
      'an alias',
      policyText().replace("build: '2'", 'build: *now').replace('bake: 2m', 'bake: &now "2"'),
      /alias \(\*now\)/,
    ],
    [
      'another alias',
      policyText()
        .replace('[{ name', '&a [{ name')
        .replace('hosts: [', 'cohorts: *a\n    hosts: ['),
      /has an issue: line 8: .*alias/,
    ],
  ])('until a person has mended it: %s', async (_name, text, why) => {
    expect(revert(await rolledBack(), text)).toMatchObject({
      kind: 'obstacle',
      why: expect.stringMatching(why),
      next: expect.stringMatching(/build: "1"/),
    });
  });

  it('an issue of another environment is none of this one', async () => {
    const other = '  dev:\n    hosts: [DEV]\n';
    const text = policyText().replace('  prod:\n', `${other}  prod:\n`);
    expect(revert(await rolledBack(), text)).toMatchObject({ kind: 'edit', line: 13 });
  });

  it('a lift that somebody wrote before the rollback is no decision about it', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('2', {
      quarantine: [{ lift: '2', rollback: 3, reason: 'fixed' }],
    });
    world.fireAlarm();
    await world.reconcile();
    expect(revert(world, policyText('2', LIFT))).toMatchObject({ kind: 'edit', hasLifts: true });
  });
});

it('cohorts and split arms that name the bad build are told and left', async () => {
  const more =
    '    cohorts: [{ name: staff, cookie: staff, build: "2" }, { name: press, cookie: press, build: "1" }]\n' +
    '    split:\n      - { build: "2", weight: 10% }\n';
  const found = revert(await rolledBack(), policyText('2', more));
  expect(found).toMatchObject({
    kind: 'edit',
    text: policyText('1', more),
    namedToo: [
      { what: 'cohort staff', line: 15 },
      { what: 'split arm 2', line: 17 },
    ],
  });
});
