import { describe, expect, it } from 'vitest';
import type { LineKind } from '../../../../../edge/contract/visitor-line.ts';
import { foldLines } from '../../../../../controller/core/rollout/visitors/fold.ts';
import { judgeVisitors } from '../../../../../controller/core/rollout/visitors/judge.ts';
import { after, BEGIN, BUILDS, createRandom, fold, line, pickSlot } from './crowd.ts';
import { timeQuickest } from '../../../../quickest.ts';

const random = createRandom(1);
const STABLE = pickSlot(random, 'stable');
const CANARY = pickSlot(random, 'canary');

/** Lines of one slot: kind and second. */
function lines(slot: number, ...events: readonly (readonly [LineKind, number])[]) {
  return events.map(([kind, second]) => line(kind, slot, BEGIN + second * 1000));
}

const NOBODY = { visitors: 0, up: 0, failed: 0, white: 0 };

describe('a visitor', () => {
  it.each<readonly [string, readonly (readonly [LineKind, number])[], object]>([
    [
      'is up',
      [
        ['n', 0],
        ['o', 3],
      ],
      { up: 1 },
    ],
    [
      'met an error',
      [
        ['n', 0],
        ['e', 1],
      ],
      { failed: 1 },
    ],
    [
      'is counted once, whatever else happens',
      [
        ['n', 0],
        ['r', 1],
        ['e', 1],
        ['c', 2],
        ['n', 9],
        ['e', 70],
      ],
      { failed: 1 },
    ],
    [
      'is known by the first outcome',
      [
        ['n', 0],
        ['o', 3],
        ['n', 20],
        ['e', 21],
      ],
      { up: 1 },
    ],
    ['had a white page', [['n', 0]], { white: 1 }],
    [
      'had a white page, and an error later',
      [
        ['n', 0],
        ['e', 61],
      ],
      { white: 1 },
    ],
    [
      'went on before the page was up',
      [
        ['n', 0],
        ['n', 5],
        ['o', 8],
      ],
      { up: 1 },
    ],
  ])('%s', (_name, events, outcome) => {
    expect(fold(lines(CANARY, ...events))).toMatchObject({
      canary: { ...NOBODY, visitors: 1, ...outcome },
      stable: NOBODY,
    });
    expect(fold(lines(STABLE, ...events)).stable).toEqual({ ...NOBODY, visitors: 1, ...outcome });
  });

  it('does not count before a navigation since the rollout began', () => {
    expect(fold(lines(STABLE, ['e', 0], ['o', 1]))).toMatchObject({ stable: NOBODY });
  });

  it('is not decided by a report from after a step: whose page was it?', () => {
    // Draws between 5 % and 25 % move to the canary with the step.
    let moved = pickSlot(random);
    while (line('n', moved, 0, 500).arm === line('n', moved, 0, 2500).arm) moved = pickSlot(random);
    const seen = fold([line('n', moved, BEGIN), line('e', moved, BEGIN + 2000, 2500)]);
    expect(seen.stable).toEqual({ ...NOBODY, visitors: 1 });
    expect(seen.canary).toEqual(NOBODY);
    expect(seen.errors).toBe(1);
  });

  it('may have lines that come in any order', () => {
    const all = lines(CANARY, ['n', 0], ['e', 1], ['o', 30]);
    expect(fold(all.toReversed())).toEqual(fold(all));
  });
});

describe('lines that do not count', () => {
  it('are those of other builds and of the split', () => {
    const [own] = lines(CANARY, ['n', 0]);
    if (own === undefined) throw new Error('no line');
    const foreign = [
      { ...own, build: '666' },
      { ...own, arm: 'stable' as const },
      { ...own, arm: 'split' as const },
      { ...own, weightBasisPoints: 10_000 },
    ];
    expect(fold(foreign)).toMatchObject({ canary: NOBODY, stable: NOBODY });
  });

  it('are those of the last 90 seconds: others of that time may be on their way', () => {
    const now = new Date(BEGIN + 100_000);
    const rollout = { ...BUILDS, sampling: 1 };
    const early = foldLines(lines(CANARY, ['n', 0], ['n', 20]), rollout, now);
    expect(early).toMatchObject({ canary: { visitors: 1, white: 0 }, span: { lines: 1 } });
    expect(foldLines(lines(CANARY, ['n', 11]), rollout, now).span).toBeUndefined();
  });

  it('are visitors of a minute with twenty times as many as usual, but for the first thousand', () => {
    const usual = Array.from({ length: 6 }, (_, minute) =>
      lines(pickSlot(random), ['n', minute * 60], ['o', minute * 60 + 1]),
    ).flat();
    const rush = Array.from({ length: 1500 }).flatMap(() => lines(pickSlot(random), ['n', 400]));
    const seen = fold([...usual, ...rush]);
    expect(seen.surgedAt).toBe(BEGIN + 360_000);
    // Two slots of 1,500 may be the same.
    const { stable, canary } = seen;
    expect(stable.visitors + canary.visitors).toBeLessThanOrEqual(1006);
    expect(stable.visitors + canary.visitors).toBeGreaterThan(990);
  });
});

it('expects errors of pages that were open before: only stable has such, and they are not forged', () => {
  const strays = Array.from({ length: 5000 }, (_, index) =>
    line('e', pickSlot(random, 'stable'), BEGIN + index * 100),
  );
  const seen = fold([...strays, ...lines(STABLE, ['n', 0], ['o', 1])]);
  expect(seen.unevenStrays).toBe(1);
  expect(judgeVisitors(seen, new Date(BEGIN + 600_000)).kind).toBe('few');
  const forged = strays.map(({ at }) => line('e', pickSlot(random, 'canary'), at));
  expect(fold([...strays, ...forged]).unevenStrays).toBeGreaterThan(1e6);
});

it('folds a rollout of a month in a second', () => {
  const month = Array.from({ length: 43_200 }, (_, minute) =>
    lines(pickSlot(random), ['n', minute * 60]),
  ).flat();
  const milliseconds = timeQuickest(3000, () => void fold(month, 44_000));
  expect(milliseconds).toBeLessThan(3000);
  const { stable, canary, surgedAt } = fold(month, 44_000);
  expect(stable.visitors + canary.visitors).toBeGreaterThan(42_000);
  expect(surgedAt).toBeUndefined();
});

it('judges by no visitor after now', () => {
  expect(
    foldLines(lines(CANARY, ['n', 0]), { ...BUILDS, sampling: 1 }, after(0)).span,
  ).toBeUndefined();
});
